"""Reading SAML responses: every honest one is understood, every hostile one refused with a reason, none crashes."""

import re
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.providers.aws.saml import assertion
from saml_cases import ADMIN, PROVIDER, READ_ONLY, Case, cases

NOW = 1_767_323_045.0
ISSUER = "https://idp.example.com/idp"
CASES = cases()
FUZZ_SECONDS = 10


def good(**content) -> str:
    return Case("good", None, None, content).build(ISSUER, NOW)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_is_read_or_refused_with_its_reason(case: Case):
    response = case.build(ISSUER, NOW)
    if case.reader is None:
        assert assertion.read(response, NOW).roles
        return
    started = time.monotonic()
    with pytest.raises(AuthenticationFailed) as caught:
        assertion.read(response, NOW)
    assert case.reader in caught.value.message
    assert caught.value.hints
    assert caught.value.message.isprintable()
    # A bomb is defused, not sat through.
    assert time.monotonic() - started < 10


def test_what_is_offered():
    offer = assertion.read(good(roles=[f"{ADMIN},{PROVIDER}", f"{PROVIDER}, {READ_ONLY}"], session_seconds=7200), NOW)
    assert [(role.role_arn, role.provider_arn) for role in offer.roles] == [(ADMIN, PROVIDER), (READ_ONLY, PROVIDER)]
    assert (offer.subject, offer.session_seconds, offer.life_seconds) == ("ann@example.com", 7200, 300)


def test_a_role_that_is_sent_twice_is_one():
    assert len(assertion.read(good(roles=[f"{ADMIN},{PROVIDER}"] * 3), NOW).roles) == 1


@pytest.mark.parametrize(("said", "meant"), [(60, 900), (900, 900), (99999, 43200)])
def test_a_session_is_asked_for_within_what_aws_takes(said, meant):
    assert assertion.read(good(session_seconds=said), NOW).session_seconds == meant


@pytest.mark.parametrize("off_by", [-299, -120, 0, 120, 299])
def test_a_clock_that_is_five_minutes_off_does_no_harm(off_by):
    offer = assertion.read(good(), NOW + off_by)
    # However wrong our clock is, the assertion is good for the minutes that it was given.
    assert offer.life_seconds == 300


@pytest.mark.parametrize("off_by", [-301, 601, 1e9, -1e9])
def test_a_clock_that_is_further_off_is_named(off_by):
    with pytest.raises(AuthenticationFailed) as caught:
        assertion.read(good(), NOW + off_by)
    assert any("date -u" in hint for hint in caught.value.hints)


@pytest.mark.parametrize("time_text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9998-01-01"])
@pytest.mark.parametrize("where", ["IssueInstant", "NotBefore", "NotOnOrAfter"])
def test_a_time_beyond_all_calendars_is_refused(where: str, time_text: str):
    document = b64decode(good(begins=0)).decode()
    changed = re.sub(rf'(<saml:(Assertion|Conditions)[^>]*{where}=")[^"]*', rf"\g<1>{time_text}", document)
    assert changed != document
    with pytest.raises(AuthenticationFailed, match=r"is no time|too long ago"):
        assertion.read(b64encode(changed.encode()).decode(), NOW)


def test_line_breaks_in_the_base64_are_none_of_our_business():
    response = good()
    assert assertion.read("\r\n".join(response[n : n + 76] for n in range(0, len(response), 76)), NOW).roles


def test_nothing_is_fetched_for_a_document(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    document = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><x>&e;</x>'
    with pytest.raises(AuthenticationFailed) as caught:
        assertion.read(b64encode(document.encode()).decode(), NOW)
    assert "canary" not in str(caught.value)


def test_what_the_identity_provider_says_is_shown_as_plain_text():
    document = b64decode(good(status="urn:oasis:names:tc:SAML:2.0:status:Responder")).decode()
    said = "<samlp:StatusMessage>no\x85way \u202eevil</samlp:StatusMessage></samlp:Status>"
    response = b64encode(document.replace("</samlp:Status>", said).encode()).decode()
    with pytest.raises(AuthenticationFailed, match=r"sign-in failed: Responder \(no way evil\)"):
        assertion.read(response, NOW)


@settings(deadline=None, max_examples=400)
@given(response=st.one_of(st.text(), st.binary().map(lambda data: b64encode(data).decode())))
def test_no_text_makes_it_fall_over(response: str):
    with pytest.raises(AuthenticationFailed):
        assertion.read(response, NOW)


DOCUMENT = b64decode(good())


@settings(deadline=None, max_examples=400)
@given(data=st.data())
def test_no_change_of_a_good_one_makes_it_fall_over(data: st.DataObject):
    document = bytearray(DOCUMENT)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(document) - 1))
        piece = data.draw(
            st.one_of(st.binary(max_size=3), st.sampled_from([b"<!--x-->", b"&amp;", b"<a>", b"]]>", b"\0"]))
        )
        document[at : at + data.draw(st.integers(0, 20))] = piece
    with suppress(AuthenticationFailed):
        assert assertion.read(b64encode(bytes(document)).decode(), NOW).roles


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no build for this Python")
def test_atheris_finds_nothing_in_ten_seconds(tmp_path: Path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, case in enumerate(CASES):
        response = case.build(ISSUER, NOW)
        if len(response) < 20_000 and case.reader != "is not base64":
            try:
                (corpus / str(number)).write_bytes(b64decode(response))
            except ValueError:
                (corpus / str(number)).write_bytes(response.encode())
    result = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("fuzz_assertion.py")),
            f"-max_total_time={FUZZ_SECONDS}",
            "-max_len=20000",
            "-timeout=10",
            f"-artifact_prefix={tmp_path}/",
            str(corpus),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-6000:]
    assert "Done" in result.stderr
