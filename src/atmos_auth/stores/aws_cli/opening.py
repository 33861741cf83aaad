"""The one place that decides what the AWS CLI and we have in common: `auth.aws.share_cli_sso_cache`."""

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from atmos_auth.domain import env_names
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.ports import Clock, Log, TokenStore
from atmos_auth.stores.aws_cli.folder import CliFolder
from atmos_auth.stores.aws_cli.sharing_tokens import GivenTokens, LentTokens

OFF, READ, WRITE = "off", "read", "write"


class Sessions(NamedTuple):
    """`usable` is where to look for a session, `own` only what is ours.

    `lent` gives another program's session, if there is one; after `decline` none is given any more.
    """

    usable: TokenStore
    own: TokenStore
    lent: Callable[[str], SsoToken | None]
    decline: Callable[[], None]


def only_ours(own: TokenStore) -> Sessions:
    """Have nothing in common with anybody."""
    return Sessions(own, own, lent=lambda _: None, decline=lambda: None)


def share(mode: str, own: TokenStore, folder: CliFolder, *, clock: Clock) -> Sessions:
    """Have in common with the AWS CLI what the mode says."""
    if mode == WRITE:
        own = GivenTokens(own, folder)
    elif mode != READ:
        return only_ours(own)
    lending = LentTokens(own, folder, clock=clock)
    return Sessions(lending, own, lent=lending.lent, decline=lending.decline)


def cli_folder(
    home: str, environ: Mapping[str, str], *, clock: Clock, log: Log, warn: Callable[[str], None]
) -> CliFolder:
    """Return the AWS CLI's folder, for the endpoint that these variables make it use."""
    from atmos_auth.stores.aws_cli.session_names import names_of

    return CliFolder(
        os.path.join(home, ".aws", "sso", "cache"),
        endpoint=_endpoint(environ),
        names=names_of(home, environ),
        clock=clock,
        log=log,
        warn=warn,
    )


def _endpoint(environ: Mapping[str, str]) -> str | None:
    """Return where the AWS CLI reaches portals; None: at AWS.

    Only the person's own variables decide: a configuration that names an endpoint must not be able to draw there a
    token that the AWS CLI has for AWS.
    """
    if environ.get(env_names.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, "").lower() == "true":
        return None
    everywhere = environ.get(env_names.AWS_ENDPOINT_URL)
    return environ.get(env_names.AWS_ENDPOINT_URL_SSO) or everywhere or None
