"""Pages of identity providers: what is in them is found, and nothing in them makes the reader fall over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.ports import WebAnswer
from atmos_auth.providers.aws.saml.drivers.html_pages import Page

URL = "https://idp.example.com/sign-in?secret=canary"


def page(text: str) -> Page:
    return Page(WebAnswer(URL, 200, text))


def test_a_form_is_found_with_what_it_holds():
    (form,) = page(
        """<form id=f action="next?x=1"><input name=user><input name=pass type=password value=""><input type=hidden
        name=token value="a&amp;b"><input type=checkbox name=keep value=1><input type=submit name=go value=Go>
        <select name=lang><option value=en selected>English</select><textarea name=note>n</textarea></form>"""
    ).forms
    assert form.action == "https://idp.example.com/next?x=1"
    assert form.typed == ("user", "pass", "note")
    assert dict(form.filled({"user": "jo"})) == {"user": "jo", "pass": "", "token": "a&b", "lang": "en", "note": "n"}
    assert form.id == "f"


@pytest.mark.parametrize(
    "action",
    [
        "https://signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com:443/saml",
        "https://eu-west-1.signin.aws.amazon.com/saml",
        "https://signin.amazonaws-us-gov.com/saml",
        "https://signin.amazonaws.cn/saml",
        "https://signin.amazonaws-eusc.eu/saml",
        "https://us-east-1.signin.aws.amazon.com/saml/acs/SAML123",
    ],
)
def test_a_response_for_aws_is_found_in_every_partition(action):
    text = f'<form method=post action="{action}"><input type=hidden name=SAMLResponse value="abc="></form>'
    assert page(text).saml_response() == "abc="


@pytest.mark.parametrize(
    "action",
    [
        "http://signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com.evil.example/saml",
        "https://evil.example/signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com@evil.example/saml",
        "https://signin.aws.amazon.com/other",
        "https://xsignin.aws.amazon.com/saml",
        "javascript:alert(1)",
        "http://[",
        "",
    ],
)
def test_a_response_for_anybody_else_is_not_taken(action):
    text = f'<form method=post action="{action}"><input type=hidden name=SAMLResponse value="canary"></form>'
    with pytest.raises(AuthenticationFailed) as caught:
        page(text).saml_response()
    assert "canary" not in f"{caught.value} {caught.value.hints}"


def test_words_under_an_id():
    found = page("<span id=a></span><div id=b>Wrong\n <b>password</b>\x1b.</div><title> Sign\nin </title>")
    assert found.text_of(("a", "b")) == "Wrong password."
    assert found.text_of(("c",)) == ""
    assert (found.has_id("a"), found.has_id("c"), found.title) == (True, False, "Sign in")


def test_its_place_is_without_what_may_be_secret():
    assert (page("").place, "canary" in repr(page(""))) == ("https://idp.example.com/sign-in", False)


def read_whole(found: Page) -> None:
    """Everything that can be asked of a page is answered."""
    assert isinstance(found.title, str)
    assert all(isinstance(form.names(), set) for form in found.forms)
    assert isinstance(found.text_of(("a",)), str)
    assert isinstance(found.has_id("a"), bool)


@pytest.mark.parametrize(
    "text", ["", " ", "<", "<form", "\0", "<?xml version='1.0' encoding='utf-7'?><a/>", "<a>" * 5000]
)
def test_what_is_hardly_a_page(text):
    read_whole(page(text))


pieces = st.sampled_from(
    ["<form>", "</form>", "<input name=a>", "<select name=s>", "<option>", "<title>", "id=a", "<!--", "&#0;"]
)


@settings(deadline=None, max_examples=300)
@given(text=st.one_of(st.text(), st.lists(pieces | st.text(max_size=5)).map("".join)))
def test_no_page_makes_it_fall_over(text):
    read_whole(page(text))
