"""Outputs as JSON and YAML."""

import json as standard
from typing import Any


def json(value: Any) -> str:
    """Return a value, or a mapping of all, as JSON."""
    return standard.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def yaml(value: Any) -> str:
    """Return a value, or a mapping of all, as YAML."""
    from atmos_auth.cli.yaml_text import yaml_text

    # A value alone needs no mark of its end.
    return yaml_text(value).removesuffix("...\n")
