"""Kind `github/oidc`: a GitHub Actions job proves which repository, branch and environment it runs for.

https://docs.github.com/en/actions/reference/security/oidc
"""

import json
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Meta, field

from atmos_auth.aws_api.base64url import from_base64url
from atmos_auth.config.settings import ProviderSettings, ProviderSpec, Region
from atmos_auth.domain import env_names
from atmos_auth.domain.credentials import WebIdentityToken
from atmos_auth.domain.errors import AuthenticationFailed, ServiceError
from atmos_auth.domain.ports import Tools, WebAnswer
from atmos_auth.host.plain_text import plain_text

DEFAULT_AUDIENCE = "sts.amazonaws.com"
REQUEST_SECONDS = 10
_PERMISSION = "give the job the permission: `permissions: { id-token: write, contents: read }`"
_FORKS = "jobs for pull requests from forks never get that permission"
# GitHub's own tokens live for five minutes; one that does not say is taken for that.
_LIFE_SECONDS = 300
_LAST_SECOND = 221_845_392_000
_RETRYABLE_STATUSES = (408, 425, 429)


class OidcSpec(ProviderSpec, frozen=True, forbid_unknown_fields=True):
    """Settings of the token."""

    audience: Annotated[str, Meta(min_length=1, examples=[DEFAULT_AUDIENCE])] = DEFAULT_AUDIENCE


class GithubOidcSettings(ProviderSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where AWS is asked, and for whom the token is made."""

    region: Region
    spec: OidcSpec = field(default_factory=OidcSpec)


class GithubOidc:
    """Asks the runner for a token; every call brings a new one, which is kept nowhere."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = WebIdentityToken
    settings_type: ClassVar[type] = GithubOidcSettings

    def __init__(self, name: str, settings: GithubOidcSettings, tools: Tools) -> None:
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: None) -> WebIdentityToken:
        """Fetch a token over the network, asking nobody; raises `AuthenticationFailed` or `ServiceError`."""
        environ, now = self._tools.environ, self._tools.clock.now()
        url = environ.get(env_names.ACTIONS_ID_TOKEN_REQUEST_URL, "")
        request_token = environ.get(env_names.ACTIONS_ID_TOKEN_REQUEST_TOKEN, "")
        if not url or not request_token:
            raise self._unavailable()
        self._tools.log.hide([request_token])
        _require_address(url)
        with self._tools.web.session(seconds=REQUEST_SECONDS, redirects=False) as web:
            answer = web.get(
                _with_audience(url, self._settings.spec.audience),
                headers={"Authorization": f"bearer {request_token}", "Accept": "application/json"},
            )
        token = _token_in(answer)
        self._tools.log.hide([token])
        claims = _claims_of(token)
        return WebIdentityToken(
            token=token,
            # By this machine's clock: a runner's may be wrong, and AWS judges by its own.
            expires_at=now + _life(claims),
            issued_at=now,
            region=self._settings.region,
            issuer=_text(claims.get("iss")),
            subject=_text(claims.get("sub")),
            audience=_text(claims.get("aud")),
            endpoint_url=self._settings.spec.endpoint_url or None,
        )

    def _unavailable(self) -> AuthenticationFailed:
        if env_names.is_github_job(self._tools.environ):
            return AuthenticationFailed(
                "this GitHub Actions job may not ask for an identity token", hints=[_PERMISSION, _FORKS]
            )
        return AuthenticationFailed(
            "GitHub OIDC is only available in GitHub Actions, and this is no job of it",
            details=[
                f"{env_names.ACTIONS_ID_TOKEN_REQUEST_URL} and {env_names.ACTIONS_ID_TOKEN_REQUEST_TOKEN} are not set"
            ],
            hints=[
                "on your own machine, use an identity that starts from another provider",
                f"in a job: {_PERMISSION}",
                "inside a container of the job, hand both variables on",
            ],
        )


def _require_address(url: str) -> None:
    """Refuse what is no plain address: a user in it would take the place of the request token."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_plain = False
    if not is_plain:
        raise AuthenticationFailed(
            f"{env_names.ACTIONS_ID_TOKEN_REQUEST_URL} is no plain address", hints=["leave it as the runner sets it"]
        )


def _with_audience(url: str, audience: str) -> str:
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "audience"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("audience", audience)])))


def _token_in(answer: WebAnswer) -> str:
    """Return the token of the runner's answer, whose text is in no error: it may be a secret."""
    if answer.status != 200:
        retryable = answer.status >= 500 or answer.status in _RETRYABLE_STATUSES
        raise ServiceError(
            f"GitHub gave no identity token: HTTP {answer.status}",
            operation="github:CreateIdToken",
            endpoint=_origin(answer.url),
            code=f"HTTP{answer.status}",
            retryable=retryable,
            hints=_remedies(answer.status, retryable=retryable),
        )
    try:
        value = json.loads(answer.text)["value"]
    except (ValueError, KeyError, TypeError, RecursionError):
        value = None
    if not isinstance(value, str) or not value.isascii() or value.count(".") != 2:
        raise ServiceError(
            "GitHub answered without an identity token",
            operation="github:CreateIdToken",
            endpoint=_origin(answer.url),
            code="NoToken",
            retryable=False,
            hints=[f"check {env_names.ACTIONS_ID_TOKEN_REQUEST_URL}: does it lead to GitHub?"],
        )
    return value


def _remedies(status: int, *, retryable: bool) -> list[str]:
    if retryable:
        return ["https://www.githubstatus.com tells of outages"]
    if status in (401, 403):
        return [_PERMISSION, _FORKS]
    return [f"leave {env_names.ACTIONS_ID_TOKEN_REQUEST_URL} as the runner sets it"]


def _claims_of(token: str) -> dict[str, Any]:
    """Return what the token says, for messages; AWS verifies it, nobody here does."""
    try:
        claims = json.loads(from_base64url(token.split(".")[1]))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _life(claims: dict[str, Any]) -> float:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not (isinstance(issued, int | float) and isinstance(expires, int | float)):
        return _LIFE_SECONDS
    # Beyond that they are no times, and too large for arithmetic.
    if not (0 <= issued < _LAST_SECOND and 0 <= expires < _LAST_SECOND):
        return _LIFE_SECONDS
    return min(max(expires - issued, 60), 3600)


def _text(claim: Any) -> str:
    if isinstance(claim, list):
        claim = ", ".join(str(item) for item in claim)
    return plain_text(str(claim or ""), limit=300)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
