"""Credentials and chains that look real and are worth nothing."""

from collections.abc import Iterable
from hashlib import sha1, sha256
from typing import Any

from atmos_auth.domain.chain import Chain, Link
from atmos_auth.domain.credentials import (
    AwsCredentials,
    BrowserSession,
    SamlAssertion,
    SamlRole,
    SsoToken,
    WebIdentityToken,
)

# 2026-01-02T03:04:05Z
NOW = 1_767_323_045.0


def sso_token(**fields: Any) -> SsoToken:
    """Return a portal session of one hour from NOW, refreshable, with `fields` laid over it."""
    start_url = fields.get("start_url", "https://example.awsapps.com/start")
    region = fields.get("region", "us-east-1")
    defaults: dict[str, Any] = {
        "access_token": "sample-access-token",
        "expires_at": NOW + 3600,
        "start_url": start_url,
        "region": region,
        "session": sha1(f"{start_url}|{region}".encode(), usedforsecurity=False).hexdigest(),
        "issued_at": NOW,
        "refresh_token": "sample-refresh-token",
        "client_id": "sample-client",
        "client_secret": "sample-client-secret",
        "client_expires_at": NOW + 90 * 86400,
    }
    return SsoToken(**(defaults | fields))


def aws_credentials(**fields: Any) -> AwsCredentials:
    """Return temporary keys of one hour from NOW, with `fields` laid over them."""
    defaults: dict[str, Any] = {
        "access_key_id": "ASIASAMPLESAMPLESAMP",
        "secret_access_key": "sample/secret/access/key",
        "session_token": "sample/session/token==",
        "expires_at": NOW + 3600,
        "issued_at": NOW,
        "region": "eu-west-1",
        "account_id": "123456789012",
        "principal": "arn:aws:sts::123456789012:assumed-role/Sample/session",
        "session": "5a0c8b1a6b3f4a0e9d1c2b3a4f5e6d7c8b9a0f1e",
    }
    return AwsCredentials(**(defaults | fields))


def saml_assertion(**fields: Any) -> SamlAssertion:
    """Return an assertion of five minutes from NOW that offers one role, with `fields` laid over it."""
    account = "arn:aws:iam::123456789012"
    defaults: dict[str, Any] = {
        "response": "c2FtcGxlLXNhbWwtcmVzcG9uc2U=",
        "roles": (SamlRole(f"{account}:role/Sample", f"{account}:saml-provider/Sample"),),
        "expires_at": NOW + 300,
        "issued_at": NOW,
        "region": "eu-west-1",
        "subject": "sample@example.com",
    }
    return SamlAssertion(**(defaults | fields))


def web_identity_token(**fields: Any) -> WebIdentityToken:
    """Return a GitHub job's token of five minutes from NOW, with `fields` laid over it."""
    defaults: dict[str, Any] = {
        "token": "sample.web-identity.token",
        "expires_at": NOW + 300,
        "issued_at": NOW,
        "region": "eu-west-1",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:example-org/site:ref:refs/heads/main",
        "audience": "sts.amazonaws.com",
    }
    return WebIdentityToken(**(defaults | fields))


def browser_session(**fields: Any) -> BrowserSession:
    """Return an IAM user's sign-in of twelve hours from NOW, with `fields` laid over it."""
    defaults: dict[str, Any] = {
        "refresh_token": "sample-browser-refresh-token",
        "dpop_key": "sample-private-key",
        "client_id": "arn:aws:signin:::devtools/same-device",
        "region": "us-east-1",
        "expires_at": NOW + 12 * 3600,
        "principal": "arn:aws:iam::123456789012:user/sample",
    }
    return BrowserSession(**(defaults | fields))


def chain(*links: Link | Iterable[Any]) -> Chain:
    """Return a chain of these links (or tuples that make one), each prefix with a fingerprint of its own."""
    made = tuple(link if isinstance(link, Link) else Link(*link) for link in links)
    texts = [
        repr([(link.role, link.kind, sorted(link.settings.items())) for link in made[: n + 1]])
        for n in range(len(made))
    ]
    return Chain(made, tuple(sha256(text.encode()).hexdigest()[:40] for text in texts))
