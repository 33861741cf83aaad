"""Sign-ins at the emulator's pages, with a person who knows the answers."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from atmos_auth.config.check import convert
from atmos_auth.host.web import RequestsWeb
from atmos_auth.providers.aws.saml import Saml, SamlSettings
from atmos_auth.testing import FakeClock, FakePrompter
from aws_emulator import Emulator

PATHS = {
    "Okta": "/app/amazon_aws/abc123/sso/saml",
    "ADFS": "/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices",
    "GoogleApps": "/o/saml2/initsso?idpid=C0abc&spid=123&forceauthn=false",
}
PASSWORDS = {name: f"example-password-of-{name}" for name in ("ann", "ben", "cleo")}


class SignIn:
    """Builds providers of one driver; `while_waiting` is called whenever a driver sleeps."""

    def __init__(self, aws: Emulator, tools_of: Callable[..., Any], driver: str) -> None:
        self.aws = aws
        self.driver = driver
        self.while_waiting: Callable[[], None] = lambda: None
        self.clock = FakeClock(time.time(), on_sleep=self._slept)
        self._tools_of = tools_of

    def _slept(self, seconds: float) -> None:
        self.aws.clock.advance(seconds)
        self.while_waiting()

    def tools(self, *answers: Any, **overrides: Any) -> Any:
        prompter = overrides.pop("prompter", None) or FakePrompter(answers)
        web = RequestsWeb(environ={}, user_agent="test")
        return self._tools_of(prompter=prompter, web=web, clock=self.clock, **overrides)

    def provider(self, made: Any, **settings: Any) -> Saml:
        written = {
            "kind": "aws/saml",
            "region": "us-east-1",
            "url": self.aws.url + PATHS[self.driver],
            "driver": self.driver,
            "spec": {"endpoint_url": self.aws.url},
        }
        return Saml("idp", convert(written | settings, SamlSettings), made)

    def calls(self, operation: str) -> int:
        return sum(f"{entry.service}:{entry.operation}" == operation for entry in self.aws.journal.entries())


@pytest.fixture(params=PATHS)
def sign_in(request: pytest.FixtureRequest, aws: Emulator, tools_of: Callable[..., Any]) -> SignIn:
    """Every driver that speaks by itself."""
    return SignIn(aws, tools_of, request.param)


@pytest.fixture
def sign_in_by(aws: Emulator, tools_of: Callable[..., Any]) -> Callable[[str], SignIn]:
    """One driver, by its name."""
    return lambda driver: SignIn(aws, tools_of, driver)
