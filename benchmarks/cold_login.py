"""A first sign-in: a device code that is approved at once, a permission set, a role behind it.

The peer is botocore sending the same requests, in one program that keeps nothing. Limit: 1.2 times as long. Both wait
for the second between two questions that the portal asks for. Each round is checked to ask AWS once for each link.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figure import Figure, compared
from benchmarks.measure import Contender, interleaved
from benchmarks.scene import CALLS, LOGIN, ROLE, scene

PROGRAM = Path(__file__).with_name("botocore_login.py")
CLIENT = "import botocore.session; botocore.session.Session().create_client('sts', region_name='us-east-1')"
PEER = "botocore, the same requests"
OURS = "auth login, three links"


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with scene() as place:

        def anew() -> Mapping[str, str]:
            place.forget_calls()
            return place.fresh_home()

        contenders = [
            Contender(PEER, [sys.executable, str(PROGRAM), place.aws.url, ROLE]),
            Contender(OURS, place.atmos(*LOGIN), anew, after=place.expect_one_sign_in),
            Contender("botocore makes one client", [sys.executable, "-c", CLIENT]),
        ]
        rows = interleaved(contenders, rounds=max(3, rounds // 2), environ=place.environ, directory=place.directory)
    counted = dict.fromkeys(CALLS, 1)
    return Figure("Cold: sign in, take a permission set, assume a role", compared(rows, PEER, {OURS: 1.2}), counted)
