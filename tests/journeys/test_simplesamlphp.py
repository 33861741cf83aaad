"""The browser that we drive, at an identity provider that others wrote."""

import stat
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import headless_chromium
import pytest
import simplesamlphp
from lxml import etree
from playwright.sync_api import Page, expect
from signxml import XMLVerifier

from atmos_auth.domain.ports import BrowserChoice
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.driven_browser import PlaywrightBrowser
from atmos_auth.testing import FakePrompter
from installed import in_chromium

PASSWORD = "canary: of jane's 100%"
PROVIDER = "arn:aws:iam::111111111111:saml-provider/company"
ROLES = (f"arn:aws:iam::111111111111:role/Admin,{PROVIDER}", f"{PROVIDER},arn:aws:iam::111111111111:role/Reader")
SAML = {"a": "urn:oasis:names:tc:SAML:2.0:assertion", "p": "urn:oasis:names:tc:SAML:2.0:protocol"}

pytestmark = [
    in_chromium,
    pytest.mark.skipif(simplesamlphp.missing() is not None, reason=str(simplesamlphp.missing())),
]


@pytest.fixture
def idp(tmp_path: Path) -> Iterator[simplesamlphp.IdentityProvider]:
    users = {"jane": simplesamlphp.User(PASSWORD, ROLES, session_seconds=7200)}
    with simplesamlphp.identity_provider(tmp_path / "idp", users) as idp:
        yield idp


def test_a_person_signs_in_and_the_session_is_used_again(
    idp: simplesamlphp.IdentityProvider, tmp_path: Path, environ: dict[str, str]
):
    profiles = tmp_path / "profiles"
    prompter = FakePrompter()
    browser = PlaywrightBrowser(
        str(profiles), environ=environ, platform="linux", prompter=prompter, clock=SystemClock(), seconds=60
    )

    def posted() -> etree._Element:
        """Sign in, and give the response as far as its signature reaches."""
        response = browser.posted(
            idp.url,
            field="SAMLResponse",
            is_target=lambda url: url == simplesamlphp.SIGN_IN,
            profile="company",
            choice=BrowserChoice(executable=headless_chromium.program(tmp_path)),
        )
        signed = XMLVerifier().verify(b64decode(response), x509_cert=idp.certificate, expect_references=True)
        return next(part.signed_xml for part in signed if part.signed_xml.tag.endswith("}Response"))

    def act(page: Page) -> None:
        page.fill("#username", "jane")
        page.fill("#password", "wrong")
        page.click("#submit_button")
        expect(page.get_by_text("Incorrect username or password", exact=True)).to_be_visible()
        page.fill("#username", "jane")
        page.fill("#password", PASSWORD)
        page.click("#submit_button")

    with headless_chromium.person(profiles, act):
        first = posted()
    second = posted()
    assert first.get("ID") != second.get("ID")
    for response in (first, second):
        assert response.get("Destination") == simplesamlphp.SIGN_IN
        assert response.findtext("a:Issuer", namespaces=SAML) == idp.entity_id
        assert attribute(response, "Role") == list(ROLES)
        assert attribute(response, "RoleSessionName") == ["jane@example.org"]
        assert attribute(response, "SessionDuration") == ["7200"]
        recipients = response.xpath("//a:SubjectConfirmationData/@Recipient", namespaces=SAML)
        assert recipients == [simplesamlphp.SIGN_IN]
        assert response.findtext(".//a:Audience", namespaces=SAML) == simplesamlphp.SERVICE_PROVIDER
    kept = [path for path in profiles.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert kept == []
    assert stat.S_IMODE((profiles / "company" / "session-cookies.json").stat().st_mode) == 0o600


def attribute(response: etree._Element, name: str) -> list[str]:
    path = f"//a:Attribute[@Name='https://aws.amazon.com/SAML/Attributes/{name}']/a:AttributeValue/text()"
    return [str(value) for value in response.xpath(path, namespaces=SAML)]
