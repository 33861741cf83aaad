"""Path = kind = registry = documentation page."""

import re
from pathlib import Path

import pytest

from atmos_auth.domain.chain import SECTIONS
from atmos_auth.engine import registry

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "atmos_auth"


def expected_module(entry: registry.KindEntry) -> str:
    return ".".join(("atmos_auth", SECTIONS[entry.role], *entry.kind.replace("-", "_").split("/")))


@pytest.mark.parametrize("entry", registry.BUILT_IN, ids=lambda e: e.kind)
def test_the_path_is_the_kind(entry: registry.KindEntry):
    assert entry.module == expected_module(entry)
    module = registry.load(entry).__module__
    assert module == entry.module or module.startswith(f"{entry.module}.")


@pytest.mark.parametrize("entry", registry.BUILT_IN, ids=lambda e: e.kind)
def test_every_kind_has_its_page(entry: registry.KindEntry):
    page = ROOT / "docs" / "reference" / "kinds" / f"{entry.kind.replace('/', '-')}.md"
    assert re.search(rf"^# `{re.escape(entry.kind)}`", page.read_text(encoding="utf-8"), re.MULTILINE)


def test_no_kind_lacks_its_line_in_the_registry():
    """A kind that needs several modules is a folder of them."""
    registered = {entry.module for entry in registry.BUILT_IN}
    for room in SECTIONS.values():
        for path in (SOURCE / room).rglob("*.py"):
            if path.name == "__init__.py":
                continue
            module = ".".join(("atmos_auth", *path.relative_to(SOURCE).with_suffix("").parts))
            above = module.split(".")
            folders = {".".join(above[:length]) for length in range(1, len(above) + 1)}
            # A package that holds several kinds is a folder for them, and no kind of its own.
            assert folders & registered, f"{path} belongs to no kind"
