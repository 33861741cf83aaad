"""Configurations of 10, 1,000 and 10,000 identities.

Warm, the peer is the smallest one, and the limit 1.1 times as long: a call that has its answer does not read them.
After a change, the peer is PyYAML with libyaml, which only reads the file; the limit is 3 times as long.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.figure import Figure, Row
from benchmarks.measure import Contender, interleaved
from benchmarks.scene import CONFIGURATION, Scene, bare, scene

SIZES = (10, 1_000, 10_000)
WARM, FIRST, FLOOR, TAB = "auth env, warm", "auth env, after a change", "PyYAML reads it", "Tab, after a change"
WARM_LIMIT, FIRST_LIMIT = 1.1, 3.0
READ = "import yaml; yaml.load(open('atmos.yaml'), Loader=yaml.CSafeLoader)"
TYPED = ("atmos", "auth", "login", "")


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with scene() as place:
        contenders = [bare()]
        for size in SIZES:
            same, other = _project(place, size, "same"), _project(place, size, "other")
            changed = _toucher(other)
            for series, argv, prepare, directory in (
                (WARM, place.atmos("auth", "env"), None, same),
                (FLOOR, [sys.executable, "-c", READ], None, same),
                (TAB, place.atmos("completion", "zsh", "--", *TYPED), changed, other),
                (FIRST, place.atmos("auth", "env"), changed, other),
            ):
                name = f"{series}, {size:,} identities"
                contenders.append(Contender(name, argv, prepare, series=series, size=size, directory=directory))
        place.sign_in()
        place.settle()
        rows = interleaved(contenders, rounds=max(3, rounds // 4), environ=place.environ, directory=place.directory)
    return Figure("Configurations: how many identities there are", _related(rows), growth="identities in atmos.yaml")


def _related(rows: list[Row]) -> list[Row]:
    named = {each.name: each for each in rows}
    found = []
    for each in rows:
        if each.series in (FIRST, TAB):
            found.append(each.against(named[f"{FLOOR}, {each.size:,} identities"], FIRST_LIMIT))
        elif each.series == WARM and each.size != SIZES[0]:
            found.append(each.against(named[f"{WARM}, {SIZES[0]} identities"], WARM_LIMIT))
        else:
            found.append(each)
    return sorted(found, key=lambda each: [None, WARM, FLOOR, FIRST, TAB].index(each.series))


def _project(place: Scene, size: int, name: str) -> Path:
    """Make a project of so many identities: the two of the scene, and others beside them."""
    directory = place.directory.with_name(f"{name}{size}")
    directory.mkdir()
    others = "".join(
        f"    team-{number}:\n      kind: aws/permission-set\n      via: {{ provider: my-sso }}\n"
        f"      principal: {{ name: ReadOnlyAccess, account: {{ id: '{100_000_000_000 + number}' }} }}\n"
        for number in range(size - 2)
    )
    (directory / "atmos.yaml").write_text(CONFIGURATION.format(url=place.aws.url) + others)
    return directory


def _toucher(directory: Path) -> Callable[[], Mapping[str, str]]:
    def changed() -> Mapping[str, str]:
        os.utime(directory / "atmos.yaml")
        return {}

    return changed
