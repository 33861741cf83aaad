"""A warm answer against the bare interpreter, and against what the AWS CLI needs for the same profile."""

import subprocess
import sys

from benchmarks.measure import Contender, interleaved, table
from benchmarks.scene import aws_cli, scene

EXPORT = "aws configure export-credentials"
BOTOCORE = "import botocore.session; botocore.session.Session().get_credentials().get_frozen_credentials()"
TYPED = ("atmos", "auth", "login", "")
LOGIN = ("auth", "login", "--force-tty", "--no-browser")


def run(rounds: int) -> str:
    """Time them and return the table."""
    with scene() as place:
        subprocess.run(place.atmos(*LOGIN), cwd=place.directory, env=place.environ, check=True, capture_output=True)
        home = place.environ["HOME"]
        profile = {
            "AWS_PROFILE": "prod",
            "AWS_CONFIG_FILE": f"{home}/.config/atmos/aws/my-sso/config",
            "AWS_SHARED_CREDENTIALS_FILE": f"{home}/.config/atmos/aws/my-sso/credentials",
        }
        cli = aws_cli()
        figures = interleaved(
            [
                Contender("python -c pass", [sys.executable, "-c", "pass"]),
                Contender("auth env", place.atmos("auth", "env")),
                Contender("auth env --mode files", place.atmos("auth", "env", "--mode", "files")),
                Contender("auth exec -- true", place.atmos("auth", "exec", "--", "true")),
                Contender("auth whoami --offline", place.atmos("auth", "whoami", "--offline")),
                Contender("auth credential-process", place.atmos("auth", "credential-process")),
                Contender("Tab completes an identity", place.atmos("completion", "zsh", "--", *TYPED)),
                Contender("botocore reads the profile", [sys.executable, "-c", BOTOCORE], lambda: profile),
                *([Contender(EXPORT, [cli, "configure", "export-credentials"], lambda: profile)] if cli else []),
            ],
            rounds=rounds,
            environ=place.environ,
            directory=place.directory,
        )
    missing = "" if cli else f"\n  {EXPORT}: not measured, there is no AWS CLI v2 on this machine"
    return table("Warm: the credentials are at hand", figures, peer="python -c pass") + missing
