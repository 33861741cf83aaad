"""Chains of 2, 5 and 10 roles behind a permission set: the first sign-in, and every call after it.

Cold, the peer is botocore sending the same requests, and the limit 1.2 times as long. Warm, the peer is the shortest
chain, and the limit 1.1 times as long: what was once resolved costs no more for being long.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from aws_emulator.state import Role, TrustedPrincipal
from benchmarks.figure import Broken, Figure, Row
from benchmarks.measure import Contender, interleaved
from benchmarks.scene import CALLS, CONFIGURATION, LOGIN, Scene, bare, scene

LENGTHS = (2, 5, 10)
PROGRAM = Path(__file__).with_name("botocore_login.py")
COLD, PEER, WARM = "auth login", "botocore, the same requests", "auth env, warm"
COLD_LIMIT, WARM_LIMIT = 1.2, 1.1


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with scene() as place:
        projects = {length: _project(place, length) for length in LENGTHS}
        for directory in projects.values():
            place.sign_in(directory=directory)
        place.settle()

        def anew() -> Mapping[str, str]:
            place.forget_calls()
            return place.fresh_home()

        contenders = [bare()]
        for length, directory in projects.items():
            env = place.atmos("auth", "env")
            peer = [sys.executable, str(PROGRAM), place.aws.url, *map(_arn, range(length))]
            contenders += [
                Contender(f"{WARM}, {length} roles", env, series=WARM, size=length, directory=directory),
                Contender(f"{PEER}, {length} roles", peer, series=PEER, size=length, directory=directory),
                Contender(
                    f"{COLD}, {length} roles",
                    place.atmos(*LOGIN),
                    anew,
                    series=COLD,
                    after=_expectation(place, length),
                    size=length,
                    directory=directory,
                ),
            ]
        rows = interleaved(contenders, rounds=max(3, rounds // 6), environ=place.environ, directory=place.directory)
    counted = {**dict.fromkeys(CALLS[:2], 1), f"{CALLS[2]} for each role": 1}
    return Figure("Chains: each role behind the one before", _related(rows), counted, growth="roles in the chain")


def _related(rows: list[Row]) -> list[Row]:
    named = {each.name: each for each in rows}
    found = []
    for each in rows:
        if each.series == COLD:
            found.append(each.against(named[f"{PEER}, {each.size} roles"], COLD_LIMIT))
        elif each.series == WARM and each.size != LENGTHS[0]:
            found.append(each.against(named[f"{WARM}, {LENGTHS[0]} roles"], WARM_LIMIT))
        else:
            found.append(each)
    return sorted(found, key=lambda each: [None, WARM, PEER, COLD].index(each.series))


def _project(place: Scene, length: int) -> Path:
    """Make a project whose identity has so many roles behind its permission set, and the roles."""
    directory = place.directory.with_name(f"chain{length}")
    directory.mkdir()
    lines = [CONFIGURATION.format(url=place.aws.url).replace("      default: true\n", "")]
    before = "base"
    for number in range(length):
        account = "111111111111" if number == 0 else "333333333333"
        trusted = TrustedPrincipal(f"arn:aws:iam::{account}:root")
        place.aws.state.roles.setdefault(_arn(number), Role(trusts=[trusted]))
        lines.append(f"    role{number}:\n      kind: aws/assume-role\n      via: {{ identity: {before} }}\n")
        lines.append(f'      principal: {{ assume_role: "{_arn(number)}" }}\n')
        before = f"role{number}"
    (directory / "atmos.yaml").write_text("".join([*lines, "      default: true\n"]))
    return directory


def _arn(number: int) -> str:
    return f"arn:aws:iam::333333333333:role/Chain{number}"


def _expectation(place: Scene, length: int) -> Callable[[], None]:
    def expect() -> None:
        found = [place.aws.journal.count(call) for call in CALLS]
        if found != [1, 1, length]:
            raise Broken(f"a chain of {length} roles: {CALLS} were called {found} times")

    return expect
