"""Drives templates with atheris: `python fuzz_templates.py -max_total_time=10 CORPUS`."""

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports():
    from atmos_auth.domain.errors import InvalidTemplate
    from atmos_auth.domain.place import Place
    from atmos_auth.stacks.templates.template import Template

DATA = {"a": {"b": [1, "x", None]}, "b": "text", "l": ["a", "b"], "n": None, "f": 1.5}


def render_one(data: bytes) -> None:
    """Read and render the bytes; a refusal is fine, anything else is a find."""
    text = data.decode("utf-8", errors="replace")
    for missing in ("default", "error"):
        with suppress(InvalidTemplate):
            Template(text, Place("f", 1, 1)).render(DATA, missing=missing)


atheris.Setup(sys.argv, render_one)
atheris.Fuzz()
