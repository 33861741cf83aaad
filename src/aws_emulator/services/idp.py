"""The page of the emulator's own identity provider, for AWS's sign-in or for a program that listens on this machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug import Response
from werkzeug.utils import redirect

from aws_emulator import idp_pages, pages
from aws_emulator.errors import AwsError
from aws_emulator.people_at_idp import PasswordAnswer, kind_of, masked
from aws_emulator.saml_directory import PushFactor, SmsFactor
from aws_emulator.saml_names import SIGN_IN, is_sign_in
from aws_emulator.second_factors import CHALLENGE_SECONDS, Verdict
from aws_emulator.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.identity_provider import IdentityProvider
    from aws_emulator.people_at_idp import PeopleAtIdp
    from aws_emulator.saml_directory import SecondFactor

SIGN_IN_PATH = "/idp/sso"
FACTOR_PATH = "/idp/factor"
METADATA_PATH = "/idp/metadata"
_SIGNED_IN = "idp_session"
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}/saml")
_SITE = Markup("<strong>Identity provider</strong>")
_FORM = Markup('<form method="post" id="{}" action="{}">\n{}</form>\n')
_PROBLEMS = {
    PasswordAnswer.WRONG: "The name or the password is wrong.",
    PasswordAnswer.LOCKED: "This account is locked.",
    PasswordAnswer.EXPIRED: "The password has expired.",
}


class _Asked(NamedTuple):
    """Where the response goes, and what goes back with it."""

    acs: str
    relay_state: str

    def fields(self) -> dict[str, str]:
        return {"acs": self.acs, "RelayState": self.relay_state}


class _Step(NamedTuple):
    """Somebody whose password was right, and who has yet to prove a factor."""

    name: str
    factor: SecondFactor
    asked: _Asked


def refusal(error: AwsError) -> Response:
    """Render an error as a page."""
    return pages.outcome("Not signed in", error.message, good=False, status=error.status, site=_SITE)


class Idp:
    """Password, second step, and the form that posts itself to the address the program asked for."""

    def __init__(self, clock: Clock, people: PeopleAtIdp, sessions: Tickets[str], provider: IdentityProvider) -> None:
        self._people = people
        self._sessions = sessions
        self._provider = provider
        self._steps: Tickets[_Step] = Tickets(clock, CHALLENGE_SECONDS)

    def ReadMetadata(self, call: Call) -> Response:
        """Give the metadata document to register at a service provider."""
        return Response(self._provider.metadata(), content_type="application/samlmetadata+xml")

    def ShowSignIn(self, call: Call) -> Response:
        """Ask for a password, or hand over a response for somebody who is signed in."""
        asked = _read(call.request.args)
        name = self._sessions.find(call.request.cookies.get(_SIGNED_IN, ""))
        if name is None or self._people.find(name) is None:
            return _ask_password(asked)
        call.caller = name
        call.notes["response"] = "sent"
        response = self._people.response(name, asked.acs)
        return idp_pages.hand_over(_SITE, Markup('id="samlForm"'), asked.acs, response, asked.relay_state)

    def SignIn(self, call: Call) -> Response:
        """Take name and password."""
        form = call.request.form
        asked, name = _read(form), form.get("name", "")
        answer = self._people.check_password(name, form.get("password", ""))
        call.notes["password"] = answer.name.lower()
        if answer is not PasswordAnswer.WRONG:
            call.caller = name
        if answer is not PasswordAnswer.GOOD:
            return _ask_password(asked, _PROBLEMS[answer], name)
        factor = self._people.first_factor(name)
        return self._sign_in(name, asked) if factor is None else self._ask_factor(_Step(name, factor, asked))

    def VerifyFactor(self, call: Call) -> Response:
        """Take a code, or look whether the phone was tapped."""
        token = call.request.form.get("step", "")
        step = self._steps.find(token)
        if step is None:
            raise AwsError("expired", "There is no sign-in that waits for this step.")
        call.caller = step.name
        verdict = self._people.judge(step.name, step.factor, call.request.form.get("code", "").strip())
        call.notes |= {"factor": kind_of(step.factor), "verdict": verdict.name.lower()}
        if verdict in (Verdict.WRONG, Verdict.WAITING):
            return self._ask_factor(step, "This code is wrong." if verdict is Verdict.WRONG else "", token)
        self._steps.take(token)
        if verdict is Verdict.GOOD:
            return self._sign_in(step.name, step.asked)
        raise AwsError("refused", "The phone refused the sign-in, or did not answer in time.", 403)

    def _ask_factor(self, step: _Step, problem: str = "", token: str = "") -> Response:
        hidden = pages.hidden_fields({"step": token or self._steps.issue(step)})
        if isinstance(step.factor, PushFactor):
            number = self._people.number(step.name)
            shown = Markup() if number is None else Markup('<p class="code">{}</p>\n').format(number)
            by_hand = Markup("<noscript>{}</noscript>").format(idp_pages.BUTTON.format("Continue"))
            text = Markup("<p>Approve the sign-in on your phone.</p>\n")
            form = _FORM.format("factorForm", FACTOR_PATH, text + shown + hidden + by_hand)
            return idp_pages.waiting(_SITE, "One more step", form)
        where = masked(step.factor.phone) if isinstance(step.factor, SmsFactor) else "your app"
        fields = Markup().join(
            (
                idp_pages.field("code", f"Code sent to {where}" if where != "your app" else "Code your app shows"),
                idp_pages.ERROR.format("problem", problem),
                hidden,
                idp_pages.BUTTON.format("Continue"),
            )
        )
        return idp_pages.asking(_SITE, "One more step", _FORM.format("factorForm", FACTOR_PATH, fields))

    def _sign_in(self, name: str, asked: _Asked) -> Response:
        response = redirect(f"{SIGN_IN_PATH}?{urlencode(asked.fields())}")
        response.set_cookie(_SIGNED_IN, self._sessions.issue(name), httponly=True, samesite="Lax")
        return response


def _read(values: Mapping[str, str]) -> _Asked:
    acs = values.get("acs") or SIGN_IN
    # A response is worth keys, so it goes to nobody else.
    if not is_sign_in(acs) and not _LOOPBACK.fullmatch(acs):
        raise AwsError("bad_acs", "Responses go to AWS's sign-in or to http://127.0.0.1:<port>/saml only.")
    return _Asked(acs, values.get("RelayState", ""))


def _ask_password(asked: _Asked, problem: str = "", name: str = "") -> Response:
    fields = Markup().join(
        (
            idp_pages.field("name", "Name", "email", value=name),
            idp_pages.field("password", "Password", "password"),
            idp_pages.ERROR.format("problem", problem),
            pages.hidden_fields(asked.fields()),
            idp_pages.BUTTON.format("Sign in"),
        )
    )
    return idp_pages.asking(_SITE, "Sign in", _FORM.format("signInForm", SIGN_IN_PATH, fields))
