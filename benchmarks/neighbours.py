"""A first login where the AWS CLI has signed in already, against one that has to sign in."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Contender, interleaved, table
from benchmarks.scene import CONFIGURATION, Scene, scene

LOGIN = ("auth", "login", "--force-tty", "--no-browser")
PEER = "python -c pass"


def run(rounds: int) -> str:
    """Time them and return the table."""
    with scene() as place:
        shared = place.directory / "shared.yaml"
        text = CONFIGURATION.format(url=place.aws.url)
        shared.write_text(text.replace("auth:\n", "auth:\n  aws: { share_cli_sso_cache: read }\n", 1))
        session = _session_of(place)

        def after_the_cli() -> Mapping[str, str]:
            variables = place.fresh_home()
            cache = Path(variables["HOME"], ".aws", "sso", "cache")
            cache.mkdir(parents=True, mode=0o700)
            (cache / "cli.json").write_text(json.dumps(session))
            return {**variables, "AWS_ENDPOINT_URL_SSO": place.aws.url}

        figures = interleaved(
            [
                Contender(PEER, [sys.executable, "-c", "pass"]),
                Contender("login, with a sign-in", place.atmos(*LOGIN), place.fresh_home),
                Contender("login, signed in by the CLI", place.atmos(*LOGIN, "--config", str(shared)), after_the_cli),
            ],
            rounds=rounds,
            environ=place.environ,
            directory=place.directory,
        )
    return table("Neighbours: the AWS CLI's session is borrowed", figures, peer=PEER)


def _session_of(place: Scene) -> dict[str, str]:
    """Sign in once, and return the session as the AWS CLI would have written it."""
    environ = {**place.environ, **place.fresh_home()}
    subprocess.run(place.atmos(*LOGIN), cwd=place.directory, env=environ, check=True, capture_output=True)
    (path,) = Path(environ["HOME"]).glob(".cache/atmos/aws-sso/sessions/*.json")
    session = json.loads(path.read_text())
    return {name: session[name] for name in ("accessToken", "expiresAt", "startUrl", "region")}
