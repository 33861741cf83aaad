"""The first call after `atmos.yaml` was changed: credentials are at hand, all else is read anew.

The peer is the interpreter that does nothing. Limit: 5 times as long.
"""

import sys

from benchmarks.figure import Figure, compared
from benchmarks.measure import Contender, interleaved
from benchmarks.scene import BARE, bare, scene

# What a program cannot do without that is written in Python and reads YAML.
FLOOR = "import yaml, json; yaml.load(open('atmos.yaml'), Loader=yaml.CSafeLoader)"
CALLS = {
    "auth env": ("auth", "env"),
    "auth exec -- true": ("auth", "exec", "--", "true"),
    "auth credential-process": ("auth", "credential-process"),
    "auth whoami --offline": ("auth", "whoami", "--offline"),
}


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with scene() as place:
        place.sign_in()
        contenders = [
            bare(),
            *(Contender(name, place.atmos(*words), place.changed) for name, words in CALLS.items()),
            Contender("PyYAML reads atmos.yaml", [sys.executable, "-c", FLOOR]),
        ]
        rows = interleaved(contenders, rounds=rounds, environ=place.environ, directory=place.directory)
    return Figure("First: the configuration has changed", compared(rows, BARE, dict.fromkeys(CALLS, 5.0)))
