"""A Python program that becomes an identity, through the library.

The peer is boto3 resolving the same profile by itself. Limit: the same time for credentials; a session, which renews
itself, may take a quarter more.
"""

import sys

from benchmarks.figure import Figure, compared
from benchmarks.measure import Contender, interleaved
from benchmarks.scene import scene

PEER = "boto3 resolves the profile"
BOTO3 = "import boto3; boto3.Session().get_credentials().get_frozen_credentials()"
SESSION = "from atmos_auth import Auth; Auth.load().session('prod').get_credentials().get_frozen_credentials()"
CREDENTIALS = "from atmos_auth import Auth; Auth.load().credentials('prod')"
# What one call costs in a program that runs already: milliseconds of a process are mostly imports.
MANY = "from atmos_auth import Auth\na = Auth.load()\nfor _ in range(1000): a.credentials('prod')"
LIMITS = {"Auth.load().session()": 1.25, "Auth.load().credentials()": 1.0}


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with scene() as place:
        place.sign_in()
        contenders = [
            Contender(PEER, [sys.executable, "-c", BOTO3], place.profile),
            Contender("Auth.load().session()", [sys.executable, "-c", SESSION]),
            Contender("Auth.load().credentials()", [sys.executable, "-c", CREDENTIALS]),
            Contender("the same, and a thousand calls", [sys.executable, "-c", MANY]),
        ]
        rows = interleaved(contenders, rounds=rounds, environ=place.environ, directory=place.directory)
    return Figure("In Python: a program becomes an identity", compared(rows, PEER, LIMITS))
