"""Who may import whom: only downwards, never sideways, and the two packages never meet."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
# From the top down; rooms on one line do not import each other.
ORDER = (
    {"cli", "library"},
    {"programs"},
    {"stacks"},
    {"wiring"},
    {"operations"},
    {"usecases"},
    {"engine", "delivery", "stores"},
    {"providers", "identities", "integrations"},
    {"aws_api"},
    {"config", "host"},
    {"domain"},
)
# The package's own front door, and fakes for tests, stand outside the house.
OUTSIDE = {"__init__", "__main__", "testing"}
# What plug-ins may import.
PUBLIC = r"domain|config\.settings|config\.durations|config\.check|testing"
ROOMS_OF_KINDS = ("providers", "identities", "integrations")
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}


def modules(package: str) -> list[Path]:
    return sorted((SOURCE / package).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def test_every_room_has_its_place_in_the_order():
    rooms = {room(name(path)) for path in modules("atmos_auth")}
    assert rooms - OUTSIDE == set(LEVEL)


@pytest.mark.parametrize("path", modules("atmos_auth"), ids=name)
def test_imports_only_go_downwards(path: Path):
    own = room(name(path))
    if own in OUTSIDE:
        return
    for line, imported in imports(path):
        if not imported.startswith("atmos_auth.") or room(imported) in (own, "__version__"):
            continue
        other = room(imported)
        assert other in LEVEL, f"{path}:{line} imports {imported}"
        assert LEVEL[other] > LEVEL[own], f"{path}:{line}: {own} must not import {imported}"


def test_the_product_and_the_emulator_never_meet():
    for package, other in (("atmos_auth", "aws_emulator"), ("aws_emulator", "atmos_auth")):
        for path in modules(package):
            assert not any(imported.split(".")[0] == other for _, imported in imports(path)), path


def test_the_example_of_a_plug_in_uses_what_plug_ins_may_use():
    """The page for their authors names these modules, and no others."""
    example = SOURCE.parent / "examples" / "plugin"
    page = (SOURCE.parent / "docs" / "how-to" / "write-a-kind.md").read_text(encoding="utf-8")
    for path in sorted(example.rglob("*.py")):
        used = {imported for _, imported in imports(path) if imported.split(".")[0] == "atmos_auth"}
        assert used
        assert {module for module in used if not re.match(rf"atmos_auth\.({PUBLIC})\b", module)} == set(), path
    assert {name for name in PUBLIC.replace("\\", "").split("|") if f"`atmos_auth.{name}`" not in page} == set()


def test_kinds_are_reached_by_name_only():
    """The registry's table is the one place that names them."""
    for path in modules("atmos_auth"):
        if room(name(path)) in ROOMS_OF_KINDS:
            continue
        for line, imported in imports(path):
            assert room(imported) not in ROOMS_OF_KINDS or not imported.startswith("atmos_auth."), (
                f"{path}:{line} imports {imported}"
            )


@pytest.mark.parametrize("package", ["atmos_auth", "aws_emulator"])
def test_every_module_opens_with_a_sentence(package: str):
    for path in modules(package):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert text, f"{path} has no docstring"
        assert text.split("\n\n")[0].rstrip()[-1] in ".:", f"{path} does not open with a sentence"
