"""A first login where the AWS CLI has signed in already, and its session is borrowed.

The peer is a login that has to sign in. Limit: the same time. Each round is checked to sign in nobody.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figure import Broken, Figure, compared
from benchmarks.measure import Contender, interleaved
from benchmarks.scene import CONFIGURATION, LOGIN, Scene, scene

PEER = "auth login, with a sign-in"
OURS = "auth login, signed in by the AWS CLI"
SIGN_IN = "sso-oidc:StartDeviceAuthorization"


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
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
            place.forget_calls()
            return {**variables, "AWS_ENDPOINT_URL_SSO": place.aws.url}

        def nobody_signed_in() -> None:
            if place.aws.journal.count(SIGN_IN):
                raise Broken("somebody was asked to sign in although the AWS CLI had done so")

        borrowing = place.atmos(*LOGIN, "--config", str(shared))
        contenders = [
            Contender(PEER, place.atmos(*LOGIN), place.fresh_home),
            Contender(OURS, borrowing, after_the_cli, after=nobody_signed_in),
        ]
        rows = interleaved(contenders, rounds=max(3, rounds // 2), environ=place.environ, directory=place.directory)
    rows = compared(rows, PEER, {OURS: 1.0})
    return Figure("Neighbours: the AWS CLI's session is borrowed", rows, {f"{SIGN_IN}, borrowing": 0})


def _session_of(place: Scene) -> dict[str, str]:
    """Sign in once, and return the session as the AWS CLI would have written it."""
    home = place.fresh_home()
    place.sign_in(home=home)
    (path,) = Path(home["HOME"]).glob(".cache/atmos/aws-sso/sessions/*.json")
    session = json.loads(path.read_text())
    return {name: session[name] for name in ("accessToken", "expiresAt", "startUrl", "region")}
