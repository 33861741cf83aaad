"""A sign-in page that behaves like Active Directory Federation Services, as clients of AWS meet it."""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from werkzeug.utils import redirect

from aws_emulator import adfs_pages, pages
from aws_emulator.errors import AwsError
from aws_emulator.people_at_idp import PasswordAnswer, kind_of
from aws_emulator.saml_directory import PushFactor
from aws_emulator.saml_names import AUDIENCE, SIGN_IN
from aws_emulator.second_factors import CHALLENGE_SECONDS, Verdict
from aws_emulator.tickets import Tickets

if TYPE_CHECKING:
    from werkzeug import Request, Response

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.people_at_idp import PeopleAtIdp
    from aws_emulator.saml_directory import SecondFactor

PATH = "/adfs/ls/IdpInitiatedSignOn.aspx"
UPDATE_PATH = "/adfs/portal/updatepassword"
_ADDRESS = f"{PATH}?loginToRp={AUDIENCE}"
_HALF_WAY, _SIGNED_IN = "MSISAuth", "MSISAuthenticated"
_PROBLEMS = {
    Verdict.WRONG: adfs_pages.WRONG_CODE,
    Verdict.WAITING: "",
    Verdict.REJECTED: adfs_pages.DENIED,
    Verdict.TIMEOUT: adfs_pages.TIMED_OUT,
}


class _Step(NamedTuple):
    """Somebody whose password was right, and who has yet to prove a factor."""

    name: str
    factor: SecondFactor
    cookie: str


def refusal(error: AwsError) -> Response:
    """Render an error as ADFS's page for errors."""
    return pages.outcome("An error occurred", error.message, good=False, status=error.status, site=adfs_pages.SITE)


def is_second_step(request: Request) -> bool:
    """Say whether a posted form is not the one for passwords."""
    return request.form.get("AuthMethod", adfs_pages.FORMS) != adfs_pages.FORMS


class Adfs:
    """The sign-in page, its second step, and the form that goes to AWS."""

    def __init__(self, clock: Clock, people: PeopleAtIdp, sessions: Tickets[str]) -> None:
        self._people = people
        self._sessions = sessions
        self._steps: Tickets[_Step] = Tickets(clock, CHALLENGE_SECONDS)

    def ShowSignIn(self, call: Call) -> Response:
        """Ask for a password, or hand over a response for somebody who is signed in."""
        _check_party(call)
        name = self._sessions.find(call.request.cookies.get(_SIGNED_IN, ""))
        if name is None or self._people.find(name) is None:
            return adfs_pages.sign_in(_action())
        call.caller = name
        call.notes["response"] = "sent"
        return adfs_pages.signed_in(self._people.response(name, SIGN_IN))

    def SignIn(self, call: Call) -> Response:
        """Take user name and password."""
        _check_party(call)
        name, password = call.request.form.get("UserName", ""), call.request.form.get("Password", "")
        answer = self._people.check_password(name, password)
        call.notes["password"] = answer.name.lower()
        if answer is PasswordAnswer.WRONG:
            return adfs_pages.sign_in(_action(), adfs_pages.WRONG_PASSWORD, name)
        call.caller = name
        if answer is PasswordAnswer.LOCKED:
            return adfs_pages.sign_in(_action(), adfs_pages.LOCKED_OUT, name)
        if answer is PasswordAnswer.EXPIRED:
            return redirect(f"{UPDATE_PATH}?{urlencode({'username': name})}")
        factor = self._people.first_factor(name)
        if factor is None:
            return self._sign_in(name)
        cookie = str(uuid.uuid4())
        response = self._ask(_Step(name, factor, cookie))
        response.set_cookie(_HALF_WAY, cookie, httponly=True, samesite="Lax")
        return response

    def VerifyFactor(self, call: Call) -> Response:
        """Take a code, or look whether the phone was tapped."""
        _check_party(call)
        token = _decoded(call.request.form.get("Context", ""))
        step = self._steps.find(token)
        if step is None or call.request.cookies.get(_HALF_WAY) != step.cookie:
            return adfs_pages.sign_in(_action())
        if call.request.form.get("AuthMethod") != adfs_pages.method_of(step.factor):
            raise AwsError("InvalidRequest", "The authentication method is not the one that was asked for.")
        call.caller = step.name
        verdict = self._people.judge(step.name, step.factor, call.request.form.get("VerificationCode", "").strip())
        call.notes |= {"factor": kind_of(step.factor), "verdict": verdict.name.lower()}
        if verdict in (Verdict.WRONG, Verdict.WAITING):
            return self._ask(step, _PROBLEMS[verdict], token)
        self._steps.take(token)
        if verdict is Verdict.GOOD:
            return self._sign_in(step.name)
        return adfs_pages.push(_action(), _encoded(token), step.factor, None, _PROBLEMS[verdict])

    def ShowUpdatePassword(self, call: Call) -> Response:
        """Say that the password has expired."""
        return adfs_pages.update_password()

    def _ask(self, step: _Step, problem: str = "", token: str = "") -> Response:
        context = _encoded(token or self._steps.issue(step))
        if isinstance(step.factor, PushFactor):
            return adfs_pages.push(_action(), context, step.factor, self._people.number(step.name), problem)
        return adfs_pages.code(_action(), context, step.factor, problem)

    def _sign_in(self, name: str) -> Response:
        response = redirect(_ADDRESS)
        response.set_cookie(_SIGNED_IN, self._sessions.issue(name), httponly=True, samesite="Lax")
        response.delete_cookie(_HALF_WAY, httponly=True, samesite="Lax")
        return response


def _check_party(call: Call) -> None:
    if call.request.args.get("loginToRp") != AUDIENCE:
        raise AwsError("InvalidRequest", "There is no such relying party.")


def _action() -> str:
    return f"{PATH}?loginToRp={quote(AUDIENCE, safe=':')}&client-request-id={uuid.uuid4()}"


def _encoded(token: str) -> str:
    return base64.b64encode(token.encode()).decode()


def _decoded(context: str) -> str:
    try:
        return base64.b64decode(context, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
