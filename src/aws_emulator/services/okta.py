"""An organization that behaves like Okta's classic Authentication API, as clients of AWS meet it.

https://developer.okta.com/docs/reference/api/authn/
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup
from werkzeug.utils import redirect

from aws_emulator import idp_pages, pages, rest_json
from aws_emulator.clock import iso8601
from aws_emulator.errors import AwsError
from aws_emulator.people_at_idp import PasswordAnswer, kind_of, masked
from aws_emulator.saml_directory import PushFactor, SmsFactor
from aws_emulator.saml_names import SIGN_IN
from aws_emulator.second_factors import CHALLENGE_SECONDS, Verdict
from aws_emulator.tickets import Tickets

if TYPE_CHECKING:
    from werkzeug import Request, Response

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.people_at_idp import PeopleAtIdp
    from aws_emulator.saml_directory import SecondFactor

APP_PATH = "/app/amazon_aws/abc123/sso/saml"
AUTHN_PATH = "/api/v1/authn"
COOKIE_PATH = "/login/sessionCookieRedirect"
# By kind of factor: its id, its type and who provides it.
_FACTORS = {
    "totp": ("uftemulatortotp", "token:software:totp", "GOOGLE"),
    "sms": ("mblemulatorsms", "sms", "OKTA"),
    "push": ("opfemulatorpush", "push", "OKTA"),
}
VERIFY_PATHS = {kind: f"{AUTHN_PATH}/factors/{factor[0]}/verify" for kind, factor in _FACTORS.items()}
_SIGNED_IN = "sid"
_SITE = Markup("<strong>Okta</strong>")
_SIGN_IN_PAGE = Markup("""<div id="okta-sign-in">
<p>Okta's own page would show its sign-in widget here. The emulator has only the API under it, for programs.</p>
</div>""")
# What Okta's error codes stand for; a fault may also name one of them itself.
_CODE_OF_STATUS = {400: "E0000001", 401: "E0000004", 403: "E0000006", 404: "E0000007", 429: "E0000047"}
_SUMMARIES = {
    "E0000001": "Api validation failed",
    "E0000004": "Authentication failed",
    "E0000006": "You do not have permission to perform the requested action",
    "E0000007": "Not found",
    "E0000009": "Internal Server Error",
    "E0000011": "Invalid token provided",
    "E0000047": "API call exceeded rate limit due to too many requests.",
    "E0000068": "Invalid Passcode/Answer",
}


def refusal(error: AwsError) -> Response:
    """Render an error as Okta does; one that has no code of Okta gets that of its status."""
    code = error.code if error.code in _SUMMARIES else _CODE_OF_STATUS.get(error.status, "E0000009")
    body: dict[str, Any] = {
        "errorCode": code,
        "errorSummary": _SUMMARIES[code],
        "errorLink": code,
        "errorId": f"oae{uuid.uuid4().hex[:16]}",
        "errorCauses": [{"errorSummary": error.message}] if code == "E0000068" else [],
    }
    return rest_json.answer(body, error.status)


def page_refusal(error: AwsError) -> Response:
    """Render an error as a page."""
    return pages.outcome("Error", error.message, good=False, status=error.status, site=_SITE)


@dataclass(slots=True)
class _Transaction:
    """A sign-in on its way: who, and the kind of the factor that was challenged last."""

    name: str
    ends: float
    expired: bool = False
    challenged: set[str] = field(default_factory=set)


class Okta:
    """Password, factors and session of one organization."""

    def __init__(self, clock: Clock, people: PeopleAtIdp, sessions: Tickets[str]) -> None:
        self._clock = clock
        self._people = people
        self._sessions = sessions
        self._transactions: Tickets[_Transaction] = Tickets(clock, CHALLENGE_SECONDS)
        self._session_tokens: Tickets[str] = Tickets(clock, CHALLENGE_SECONDS)

    def ShowApp(self, call: Call) -> Response:
        """Hand over a response for somebody who is signed in; show others the sign-in page."""
        name = self._sessions.find(call.request.cookies.get(_SIGNED_IN, ""))
        if name is None or self._people.find(name) is None:
            return pages.page("Sign in", _SIGN_IN_PAGE, site=_SITE)
        call.caller = name
        call.notes["response"] = "sent"
        return idp_pages.hand_over(_SITE, Markup('id="appForm"'), SIGN_IN, self._people.response(name, SIGN_IN), "")

    def Authenticate(self, call: Call) -> Response:
        """Take user name and password."""
        body = _object(call)
        name, password = body.get("username"), body.get("password")
        if not isinstance(name, str) or not isinstance(password, str) or not name:
            raise AwsError("E0000001", "username and password are required")
        answer = self._people.check_password(name, password)
        call.notes["password"] = answer.name.lower()
        if answer is PasswordAnswer.WRONG:
            raise AwsError("E0000004", "Authentication failed", 401)
        call.caller = name
        if answer is PasswordAnswer.LOCKED:
            return rest_json.answer({"status": "LOCKED_OUT", "_embedded": {}, "_links": {}})
        transaction = _Transaction(name, self._clock.now() + CHALLENGE_SECONDS, answer is PasswordAnswer.EXPIRED)
        if answer is PasswordAnswer.GOOD and not self._people.factors_of(name):
            return self._success(transaction)
        token = self._transactions.issue(transaction)
        if transaction.expired:
            return self._answer("PASSWORD_EXPIRED", transaction, {"stateToken": token})
        factors = [_factor(call.request, each) for each in self._people.factors_of(name)]
        return self._answer("MFA_REQUIRED", transaction, {"stateToken": token}, {"factors": factors})

    def VerifyFactor(self, call: Call) -> Response:
        """Start a challenge, take its answer, or say whether the phone was tapped."""
        body = _object(call)
        token, code = body.get("stateToken"), body.get("passCode", "")
        transaction = self._transactions.find(token) if isinstance(token, str) else None
        if transaction is None or transaction.expired:
            raise AwsError("E0000011", "Invalid token provided", 401)
        if not isinstance(code, str):
            raise AwsError("E0000001", "passCode must be a text")
        call.caller = transaction.name
        factor = self._factor(call, transaction.name)
        kind = kind_of(factor)
        call.notes["factor"] = kind
        if kind != "totp" and kind not in transaction.challenged:
            # The first call only sends the code or the prompt, whatever comes with it.
            self._people.begin(transaction.name, factor)
            transaction.challenged.add(kind)
            call.notes["verdict"] = "challenged"
            if kind == "sms":
                return self._challenged(call, transaction, factor, str(token), "CHALLENGE")
        return self._judge(call, transaction, factor, str(token), code)

    def StartSession(self, call: Call) -> Response:
        """Trade a session token for the cookie of a session, once, and go on within this organization."""
        goal = call.request.args.get("redirectUrl", "")
        if urlsplit(goal)[:2] != urlsplit(call.request.host_url)[:2]:
            raise AwsError("E0000006", "The page to continue to is not one of this organization.", 403)
        response = redirect(goal)
        name = self._session_tokens.take(call.request.args.get("token", ""))
        if name is None:
            call.notes["session"] = "refused"
            return response
        call.caller = name
        call.notes["session"] = "started"
        response.set_cookie(_SIGNED_IN, self._sessions.issue(name), httponly=True, samesite="Lax")
        return response

    def _factor(self, call: Call, name: str) -> SecondFactor:
        for factor in self._people.factors_of(name):
            if call.request.path == VERIFY_PATHS[kind_of(factor)]:
                return factor
        raise AwsError("E0000007", "Not found", 404)

    def _judge(self, call: Call, transaction: _Transaction, factor: SecondFactor, token: str, code: str) -> Response:
        verdict = self._people.judge(transaction.name, factor, code)
        call.notes["verdict"] = verdict.name.lower()
        if verdict is Verdict.WRONG:
            raise AwsError("E0000068", "Your token doesn't match our records. Please try again.", 403)
        if verdict is Verdict.GOOD:
            self._transactions.take(token)
            return self._success(transaction)
        if verdict is not Verdict.WAITING:
            # Asking once more sends a new prompt.
            transaction.challenged.discard(kind_of(factor))
        return self._challenged(call, transaction, factor, token, verdict.name)

    def _challenged(
        self, call: Call, transaction: _Transaction, factor: SecondFactor, token: str, result: str
    ) -> Response:
        shown = _factor(call.request, factor)
        number = self._people.number(transaction.name) if isinstance(factor, PushFactor) else None
        if number is not None and result == "WAITING":
            shown["_embedded"] = {"challenge": {"correctAnswer": number}}
        name = "poll" if isinstance(factor, PushFactor) else "verify"
        links = {"next": {"name": name, **shown["_links"]["verify"]}}
        members = {"stateToken": token, "factorResult": result}
        return self._answer("MFA_CHALLENGE", transaction, members, {"factor": shown}, links)

    def _success(self, transaction: _Transaction) -> Response:
        return self._answer("SUCCESS", transaction, {"sessionToken": self._session_tokens.issue(transaction.name)})

    def _answer(
        self,
        status: str,
        transaction: _Transaction,
        members: dict[str, str],
        embedded: dict[str, Any] | None = None,
        links: dict[str, Any] | None = None,
    ) -> Response:
        login = transaction.name
        user = {"id": f"00u{uuid.uuid5(uuid.NAMESPACE_URL, login).hex[:17]}", "profile": {"login": login}}
        body = {"expiresAt": iso8601(transaction.ends), "status": status}
        return rest_json.answer(
            body | members | {"_embedded": {"user": user} | (embedded or {}), "_links": links or {}}
        )


def _factor(request: Request, factor: SecondFactor) -> dict[str, Any]:
    kind = kind_of(factor)
    identifier, factor_type, provider = _FACTORS[kind]
    profile = {"phoneNumber": masked(factor.phone)} if isinstance(factor, SmsFactor) else {"name": "A phone"}
    if kind == "totp":
        profile = {"credentialId": "authenticator"}
    href = request.host_url.rstrip("/") + VERIFY_PATHS[kind]
    return {
        "id": identifier,
        "factorType": factor_type,
        "provider": provider,
        "vendorName": provider,
        "profile": profile,
        "_links": {"verify": {"href": href, "hints": {"allow": ["POST"]}}},
    }


def _object(call: Call) -> dict[str, Any]:
    if call.request.mimetype != "application/json":
        raise AwsError("E0000001", "Send application/json.", 415)
    try:
        return rest_json.read_object(call.request)
    except AwsError as error:
        raise AwsError("E0000001", error.message) from error
