"""Tokens for EKS clusters, verified as a cluster does it: a call of STS that somebody signed but left to us to send.

https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html; the checks are those of its webhook,
https://github.com/kubernetes-sigs/aws-iam-authenticator.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from werkzeug import Request
from werkzeug.test import EnvironBuilder

from aws_emulator import sigv4
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

    from aws_emulator.clock import Clock
    from aws_emulator.keys import Keys, Principal

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
# STS heeds a signature for so long, whatever X-Amz-Expires says; a cluster takes no longer wish either.
LONGEST_SECONDS = 15 * 60
_MOST_CHARACTERS = 1024 * 4
_PARAMETERS = frozenset(
    {
        "action",
        "version",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)


class TokenError(ValueError):
    """Why a token is no good."""


class EksTokens:
    """Reads tokens; `url` tells where STS answers, for a token may call nothing else."""

    def __init__(self, keys: Keys, clock: Clock, url: Callable[[], str]) -> None:
        self._keys = keys
        self._clock = clock
        self._url = url

    def caller(self, token: str, *, cluster_name: str) -> Principal:
        """Give who signed the token for this cluster; raises `TokenError`."""
        url = _decoded(token)
        parts = urlsplit(url)
        here = urlsplit(self._url())
        if (parts.scheme, parts.netloc) != (here.scheme, here.netloc):
            raise TokenError(f"unexpected hostname {parts.netloc!r} in pre-signed URL")
        if parts.path != "/":
            raise TokenError("unexpected path in pre-signed URL")
        self._check_parameters(parts)
        builder = EnvironBuilder(path="/", query_string=parts.query, base_url=f"{here.scheme}://{here.netloc}")
        builder.headers[CLUSTER_HEADER] = cluster_name
        try:
            key, _ = sigv4.authenticate(
                Request(builder.get_environ()), self._keys, "sts", self._clock.real(), lifetime=LONGEST_SECONDS
            )
        except AwsError as error:
            raise TokenError(f"STS said {error.code}: {error.message}") from error
        return key.principal

    def _check_parameters(self, parts: SplitResult) -> None:
        query = parse_qs(parts.query, keep_blank_values=True)
        for name, values in query.items():
            if name.lower() not in _PARAMETERS:
                raise TokenError(f"non-whitelisted query parameter {name!r}")
            if len(values) != 1:
                raise TokenError("query parameter with multiple values not supported")
        given = {name.lower(): values[0] for name, values in query.items()}
        if given.get("action") != "GetCallerIdentity":
            raise TokenError("unexpected action parameter in pre-signed URL")
        if CLUSTER_HEADER not in given.get("x-amz-signedheaders", "").split(";"):
            raise TokenError(f"client did not sign the {CLUSTER_HEADER} header in the pre-signed URL")
        expires = given.get("x-amz-expires", "")
        if not re.fullmatch(r"[0-9]{1,4}", expires) or int(expires) > LONGEST_SECONDS:
            raise TokenError(f"invalid X-Amz-Expires parameter in pre-signed URL: {expires}")


def _decoded(token: str) -> str:
    if len(token) > _MOST_CHARACTERS:
        raise TokenError("token is too large")
    if not token.startswith(PREFIX):
        raise TokenError(f'token is missing expected "{PREFIX}" prefix')
    text = token.removeprefix(PREFIX)
    if "=" in text or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise TokenError("token is not base64url without padding")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise TokenError("token is not base64url of a text") from error
