"""A first sign-in along portal, permission set and role, against botocore making a single client."""

import sys

from benchmarks.measure import Contender, interleaved, table
from benchmarks.scene import scene

CLIENT = "import botocore.session; botocore.session.Session().create_client('sts', region_name='us-east-1')"


def run(rounds: int) -> str:
    """Time them and return the table."""
    with scene() as place:
        figures = interleaved(
            [
                Contender("python -c pass", [sys.executable, "-c", "pass"]),
                Contender(
                    "cold login, three links",
                    place.atmos("auth", "login", "--force-tty", "--no-browser"),
                    place.fresh_home,
                ),
                Contender("botocore makes one STS client", [sys.executable, "-c", CLIENT]),
            ],
            rounds=rounds,
            environ=place.environ,
            directory=place.directory,
        )
    return table("Cold: sign in, take a permission set, assume a role", figures, peer="python -c pass")
