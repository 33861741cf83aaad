"""Sign-in pages that behave like Google's, as clients of AWS meet them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from werkzeug.utils import redirect

from aws_emulator import google_pages, pages
from aws_emulator.errors import AwsError
from aws_emulator.people_at_idp import PasswordAnswer, kind_of
from aws_emulator.saml_names import SIGN_IN
from aws_emulator.second_factors import CHALLENGE_SECONDS, Verdict
from aws_emulator.tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Request, Response

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.people_at_idp import PeopleAtIdp
    from aws_emulator.saml_directory import SecondFactor

APP_PATH = "/o/saml2/initsso"
SIGN_IN_PATH = "/ServiceLogin"
LOOKUP_PATH = "/signin/v1/lookup"
PASSWORD_PATH = "/signin/challenge/sl/password"  # noqa: S105 - an address
# By kind of factor: the address, and the type that the form tells.
CHALLENGES = {
    "totp": ("/signin/challenge/totp/2", "6"),
    "sms": ("/signin/challenge/ipp/3", "9"),
    "push": ("/signin/challenge/az/5", "39"),
}
REJECTED_PATH = "/signin/rejected"
DISABLED_PATH = "/signin/disabled"
CHANGE_PATH = "/speedbump/changepassword"
CAPTCHA_PATH = "/Captcha"
_HALF_WAY, _SIGNED_IN = "GAPS", "SID"
_FORM_SECONDS = 3600
_FREE_TRIES = 3
_LETTERS = "abcdefghkmnprstuvwxyz"


class _Step(NamedTuple):
    """Somebody whose password was right, and who has yet to prove a factor."""

    name: str
    factor: SecondFactor
    goal: str


def refusal(error: AwsError) -> Response:
    """Render an error as a page."""
    return pages.outcome("Something went wrong", error.message, good=False, status=error.status, site=google_pages.SITE)


class Google:
    """E-mail address, password, second step, and the form that goes to AWS; each form works once."""

    def __init__(self, clock: Clock, people: PeopleAtIdp, sessions: Tickets[str]) -> None:
        self._people = people
        self._sessions = sessions
        self._steps: Tickets[_Step] = Tickets(clock, CHALLENGE_SECONDS)
        self._forms: Tickets[str] = Tickets(clock, _FORM_SECONDS)
        self._pictures: Tickets[str] = Tickets(clock, _FORM_SECONDS)
        self._failures: dict[str, int] = {}

    def ShowApp(self, call: Call) -> Response:
        """Hand over a response for somebody who is signed in; send others to the sign-in."""
        if not call.request.args.get("idpid") or not call.request.args.get("spid"):
            raise AwsError("app_not_configured", "This app is not configured.", 403)
        name = self._sessions.find(call.request.cookies.get(_SIGNED_IN, ""))
        if name is None or self._people.find(name) is None:
            return redirect(f"{SIGN_IN_PATH}?{urlencode({'continue': call.request.url})}")
        call.caller = name
        call.notes["response"] = "sent"
        return google_pages.signed_in(self._people.response(name, SIGN_IN))

    def ShowSignIn(self, call: Call) -> Response:
        """Ask for an e-mail address."""
        return self._identify(call.request, _goal(call.request, call.request.args.get("continue", "")))

    def Lookup(self, call: Call) -> Response:
        """Take an e-mail address, and ask for the password."""
        form = call.request.form
        goal, name = self._check_form(call, "lookup"), form.get("Email", "")
        if self._people.find(name) is None:
            call.notes["account"] = "unknown"
            return self._identify(call.request, goal, google_pages.UNKNOWN_ACCOUNT, name)
        call.caller = name
        return self._password(call.request, goal, name)

    def SignIn(self, call: Call) -> Response:
        """Take the password."""
        form = call.request.form
        name = form.get("Email", "")
        goal = self._check_form(call, f"password {name}")
        call.caller = name
        if self._is_suspicious(name) and self._pictures.take(form.get("logintoken", "")) != _captcha_text(form):
            call.notes["captcha"] = "wrong"
            return self._password(call.request, goal, name, captcha_problem=google_pages.WRONG_CAPTCHA)
        answer = self._people.check_password(name, form.get("Passwd", ""))
        call.notes["password"] = answer.name.lower()
        if answer is PasswordAnswer.WRONG:
            self._failures[name] = self._failures.get(name, 0) + 1
            return self._password(call.request, goal, name, problem=google_pages.WRONG_PASSWORD)
        self._failures.pop(name, None)
        if answer is not PasswordAnswer.GOOD:
            return redirect(DISABLED_PATH if answer is PasswordAnswer.LOCKED else CHANGE_PATH)
        factor = self._people.first_factor(name)
        if factor is None:
            return self._sign_in(name, goal)
        response = redirect(f"{CHALLENGES[kind_of(factor)][0]}?{urlencode({'continue': goal})}")
        step = self._steps.issue(_Step(name, factor, goal))
        response.set_cookie(_HALF_WAY, step, httponly=True, samesite="Lax")
        return response

    def ShowChallenge(self, call: Call) -> Response:
        """Ask for the second step."""
        step = self._step(call)
        return self._challenge(call.request, step)

    def VerifyFactor(self, call: Call) -> Response:
        """Take a code, or look whether the phone was tapped."""
        step, form = self._step(call), call.request.form
        if self._forms.take(form.get("TL", "")) != f"TL {step.name}":
            raise AwsError("expired", "This form was used before, or its time is over.")
        self._check_form(call, f"challenge {step.name}")
        verdict = self._people.judge(step.name, step.factor, form.get("Pin", "").replace(" ", ""))
        call.notes |= {"factor": kind_of(step.factor), "verdict": verdict.name.lower()}
        if verdict is Verdict.WRONG:
            return self._challenge(call.request, step, google_pages.WRONG_CODE)
        if verdict is Verdict.WAITING:
            return self._challenge(call.request, step)
        self._steps.take(call.request.cookies.get(_HALF_WAY, ""))
        if verdict is Verdict.GOOD:
            return self._sign_in(step.name, step.goal)
        return redirect(REJECTED_PATH if verdict is Verdict.REJECTED else f"{REJECTED_PATH}?rrk=timeout")

    def ShowRejected(self, call: Call) -> Response:
        """Say that nobody was signed in, because of what the phone said or did not say."""
        text = "The sign-in was refused on the phone."
        if call.request.args.get("rrk") == "timeout":
            text = "The prompt on the phone was not answered in time."
        return pages.outcome("Couldn't sign you in", text, good=False, site=google_pages.SITE)

    def ShowDisabled(self, call: Call) -> Response:
        """Say that the account is disabled."""
        text = "This account cannot be used. Ask your administrator."
        return pages.outcome("Account disabled", text, good=False, site=google_pages.SITE)

    def ShowChangePassword(self, call: Call) -> Response:
        """Ask for a new password."""
        return google_pages.change_password(CHANGE_PATH)

    def ShowCaptcha(self, call: Call) -> Response:
        """Give the image of a CAPTCHA."""
        text = self._pictures.find(call.request.args.get("ctoken", ""))
        if text is None:
            raise AwsError("expired", "There is no such image.", 404)
        return google_pages.picture(text)

    def _step(self, call: Call) -> _Step:
        step = self._steps.find(call.request.cookies.get(_HALF_WAY, ""))
        if step is None or call.request.path != CHALLENGES[kind_of(step.factor)][0]:
            raise AwsError("expired", "There is no sign-in that waits for this step.")
        call.caller = step.name
        return step

    def _check_form(self, call: Call, step: str) -> str:
        if self._forms.take(call.request.form.get("gxf", "")) != step:
            raise AwsError("expired", "This form was used before, or its time is over.")
        return _goal(call.request, call.request.form.get("continue", ""))

    def _identify(self, request: Request, goal: str, problem: str = "", email: str = "") -> Response:
        fields = {"continue": goal, "gxf": self._forms.issue("lookup")}
        return google_pages.identify(_host(request) + LOOKUP_PATH, fields, problem, email)

    def _password(
        self, request: Request, goal: str, name: str, *, problem: str = "", captcha_problem: str = ""
    ) -> Response:
        fields = {"continue": goal, "gxf": self._forms.issue(f"password {name}"), "Email": name}
        captcha = ""
        if self._is_suspicious(name):
            fields["logintoken"] = self._pictures.issue("".join(secrets.choice(_LETTERS) for _ in range(6)))
            captcha = f"{CAPTCHA_PATH}?{urlencode({'v': '2', 'ctoken': fields['logintoken']})}"
        return google_pages.password(
            _host(request) + PASSWORD_PATH, fields, problem=problem, captcha=captcha, captcha_problem=captcha_problem
        )

    def _challenge(self, request: Request, step: _Step, problem: str = "") -> Response:
        path, kind = CHALLENGES[kind_of(step.factor)]
        fields = {
            "challengeId": path.rpartition("/")[2],
            "challengeType": kind,
            "continue": step.goal,
            "TL": self._forms.issue(f"TL {step.name}"),
            "gxf": self._forms.issue(f"challenge {step.name}"),
        }
        return google_pages.challenge(path, fields, step.factor, self._people.number(step.name), problem)

    def _is_suspicious(self, name: str) -> bool:
        return self._failures.get(name, 0) >= _FREE_TRIES

    def _sign_in(self, name: str, goal: str) -> Response:
        response = redirect(goal)
        response.set_cookie(_SIGNED_IN, self._sessions.issue(name), httponly=True, samesite="Lax")
        response.delete_cookie(_HALF_WAY, httponly=True, samesite="Lax")
        return response


def _host(request: Request) -> str:
    return request.host_url.rstrip("/")


def _goal(request: Request, address: str) -> str:
    # Anything else would make the sign-in a way to send people to any page.
    if not address.startswith(f"{_host(request)}{APP_PATH}?"):
        raise AwsError("bad_continue", "The page to continue to is not one of this host.")
    return address


def _captcha_text(form: Mapping[str, str]) -> str:
    return form.get("logincaptcha", "").strip().lower()
