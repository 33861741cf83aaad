"""Repositories of 200 and of 2,000 manifests, ten components in each stack, and a base for each.

The peer is PyYAML with libyaml, which only reads all of them: what nobody can do without who reads every manifest in
Python. Limit: 4 times as long; `describe stacks` prints some 90 lines for each of 40,000 components, bases
included, and has none.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure, Row
from benchmarks.measure import Contender, interleaved
from benchmarks.repository import write_repository
from benchmarks.scene import BIN, clean_environ

SIZES = (200, 2000)
FLOOR = "PyYAML reads them"
_READ_ALL = """\
import pathlib, yaml
for path in pathlib.Path("stacks").rglob("*.yaml"):
    yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
"""
_ONE = ("c0", "-s", "acme-r0-s0")
QUESTIONS = {
    FLOOR: (sys.executable, "-c", _READ_ALL),
    "list stacks": (str(BIN / "atmos"), "list", "stacks"),
    "list components": (str(BIN / "atmos"), "list", "components"),
    "describe component": (str(BIN / "atmos"), "describe", "component", *_ONE),
    "terraform plan --dry-run": (str(BIN / "atmos"), "terraform", "plan", *_ONE, "--dry-run"),
}
ALL = "describe stacks"
LIMIT = 4.0


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with TemporaryDirectory() as folder:
        environ = {**clean_environ(), "HOME": folder}
        for size in SIZES:
            write_repository(Path(folder, str(size)), size)
        asked = [_contender(name, argv, folder, size) for size in SIZES for name, argv in QUESTIONS.items()]
        described = [_contender(ALL, (str(BIN / "atmos"), "describe", "stacks"), folder, size) for size in SIZES]
        rows = interleaved(asked, rounds=max(3, rounds // 7), environ=environ, directory=Path(folder))
        rows += interleaved(described, rounds=1, environ=environ, directory=Path(folder))
    return Figure("Stacks: how many manifests there are", _related(rows), growth="manifests")


def _contender(name: str, argv: tuple[str, ...], folder: str, size: int) -> Contender:
    return Contender(_name(name, size), argv, series=name, size=size, directory=Path(folder, str(size)))


def _name(series: str, size: int) -> str:
    return f"{series}, {size:,} manifests"


def _related(rows: list[Row]) -> list[Row]:
    named = {each.name: each for each in rows}
    return [
        each
        if each.series == FLOOR or each.size is None
        else each.against(named[_name(FLOOR, each.size)], None if each.series == ALL else LIMIT)
        for each in sorted(rows, key=lambda each: [*QUESTIONS, ALL].index(each.series or ""))
    ]
