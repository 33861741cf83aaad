"""A Python program becoming an identity: through the library, and through the profile as boto3 reads it by itself."""

import subprocess
import sys

from benchmarks.measure import Contender, interleaved, table
from benchmarks.scene import scene

LOGIN = ("auth", "login", "--force-tty", "--no-browser")
PEER = "boto3 reads the profile"
BOTO3 = "import boto3; boto3.Session().get_credentials().get_frozen_credentials()"
SESSION = "from atmos_auth import Auth; Auth.load().session('prod').get_credentials().get_frozen_credentials()"
CREDENTIALS = "from atmos_auth import Auth; Auth.load().credentials('prod')"
# What one call costs in a program that runs already: milliseconds of a process are mostly imports.
MANY = "from atmos_auth import Auth\na = Auth.load()\nfor _ in range(1000): a.credentials('prod')"


def run(rounds: int) -> str:
    """Time them and return the table."""
    with scene() as place:
        subprocess.run(place.atmos(*LOGIN), cwd=place.directory, env=place.environ, check=True, capture_output=True)
        folder = f"{place.environ['HOME']}/.config/atmos/aws/my-sso"
        profile = {
            "AWS_PROFILE": "prod",
            "AWS_CONFIG_FILE": f"{folder}/config",
            "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/credentials",
        }
        figures = interleaved(
            [
                Contender(PEER, [sys.executable, "-c", BOTO3], lambda: profile),
                Contender("Auth.load().session()", [sys.executable, "-c", SESSION]),
                Contender("Auth.load().credentials()", [sys.executable, "-c", CREDENTIALS]),
                Contender("... a thousand times", [sys.executable, "-c", MANY]),
            ],
            rounds=rounds,
            environ=place.environ,
            directory=place.directory,
        )
    return table("In Python: a program becomes an identity", figures, peer=PEER)
