"""A call that finds good credentials at hand, and a configuration that is as it was.

The peer is the interpreter that does nothing. Limit: 1.3 times as long, and 1.5 where a program is
started.
For comparison: boto3 and the AWS CLI resolving the same profile, which the SDK would do again after us.
"""

import sys

from benchmarks.figure import Figure, compared
from benchmarks.measure import Contender, interleaved
from benchmarks.scene import BARE, aws_cli, bare, scene

EXPORT = "aws configure export-credentials"
BOTO3 = "import boto3; boto3.Session().get_credentials().get_frozen_credentials()"
TYPED = ("atmos", "auth", "login", "")
TAB = "Tab completes an identity"
LIMITS = {
    "auth env": 1.3,
    "auth exec -- true": 1.5,
    "auth credential-process": 1.3,
    "auth whoami --offline": 1.3,
    TAB: 1.3,
}


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with scene() as place:
        place.sign_in()
        place.settle()
        cli = aws_cli()
        contenders = [
            bare(),
            Contender("auth env", place.atmos("auth", "env")),
            Contender("auth exec -- true", place.atmos("auth", "exec", "--", "true")),
            Contender("auth credential-process", place.atmos("auth", "credential-process")),
            Contender("auth whoami --offline", place.atmos("auth", "whoami", "--offline")),
            Contender(TAB, place.atmos("completion", "zsh", "--", *TYPED)),
            Contender("auth env --mode files", place.atmos("auth", "env", "--mode", "files")),
            Contender("boto3 resolves the profile", [sys.executable, "-c", BOTO3], place.profile),
            *([Contender(EXPORT, [cli, "configure", "export-credentials"], place.profile)] if cli else []),
        ]
        rows = interleaved(contenders, rounds=rounds, environ=place.environ, directory=place.directory)
    missing = [] if cli else [f"`{EXPORT}`: there was no AWS CLI 2 on the machine"]
    return Figure("Warm: the credentials are at hand", compared(rows, BARE, LIMITS), missing=missing)
