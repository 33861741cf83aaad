"""The sign-in service's pages, where a person signs in as an IAM user for a program; only POST ever decides."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.utils import redirect

from aws_emulator import user_pages
from aws_emulator.authorization_codes import is_challenge, may_redirect
from aws_emulator.errors import AwsError
from aws_emulator.redirects import origin_of, with_query
from aws_emulator.services.signin import CROSS_DEVICE, SAME_DEVICE
from aws_emulator.state import AUTHORIZE_SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.sign_in_codes import SignInCodes
    from aws_emulator.state import State

AUTHORIZE_PATH = "/v1/authorize"
CONFIRMATION_PATH = "/v1/sessions/confirmation"
# The port is whichever the program got (RFC 8252 7.3).
_CALLBACK = "http://127.0.0.1/oauth/callback"


def refusal(error: AwsError) -> Response:
    """Render an error as a page."""
    return user_pages.not_signed_in(error.message, error.status)


@dataclass(frozen=True, slots=True)
class _SignInRequest:
    client_id: str
    redirect_uri: str
    code_challenge: str
    state: str

    def redirect(self, **members: str) -> Response:
        """Send the browser back to the program."""
        return redirect(with_query(self.redirect_uri, members | {"state": self.state}))


class UserSignInPages:
    """The page that asks, and the page that shows what to paste on another machine."""

    def __init__(self, state: State, codes: SignInCodes) -> None:
        self._state = state
        self._codes = codes

    def ShowSignIn(self, call: Call) -> Response:
        """Show which program asks, and as whom the person may answer."""
        call.caller = self._state.first_user() or call.caller
        asked, problem = self._read(call.request.args, call)
        if problem is not None:
            return _refuse(asked, problem, call)
        if self._state.auto_approve or not self._state.users:
            return self._grant(asked, self._state.first_user(), call)
        return user_pages.ask(
            list(self._state.users),
            self._state.first_user(),
            dict(call.request.args.items()),
            AUTHORIZE_PATH,
            on_another_device=asked.client_id == CROSS_DEVICE,
            redirect_origin=origin_of(asked.redirect_uri),
        )

    def DecideSignIn(self, call: Call) -> Response:
        """Take the person's decision and send the browser back to the program."""
        form = call.request.form
        decision, user_arn = form.get("decision"), form.get("user", self._state.first_user())
        asked, problem = self._read(form, call)
        if problem is not None:
            return _refuse(asked, problem, call)
        if decision not in ("allow", "deny") or user_arn not in self._state.users:
            raise AwsError("ValidationException", "Please choose a user, then allow or deny.")
        call.caller = user_arn
        call.notes["decision"] = decision
        if decision == "deny":
            return asked.redirect(error="access_denied", error_description="The person denied the request.")
        return self._grant(asked, user_arn, call)

    def ShowConfirmation(self, call: Call) -> Response:
        """Show the text that the person carries to the machine where the program waits."""
        values = call.request.args
        if "error" in values:
            call.notes["error"] = values["error"]
            return user_pages.not_signed_in(values.get("error_description") or values["error"])
        if not self._codes.waits(values.get("code", "")):
            raise AwsError("ValidationException", "There is no such sign-in, or its time is over.", 404)
        answer = urlencode({"state": values.get("state", ""), "code": values["code"]})
        return user_pages.confirmation(base64.b64encode(answer.encode()).decode())

    def _read(self, values: Mapping[str, str], call: Call) -> tuple[_SignInRequest, tuple[str, str] | None]:
        """Give the request, and what the program must be told is wrong with it."""
        client_id, redirect_uri = values.get("client_id", ""), values.get("redirect_uri", "")
        # Before these checks nothing may be sent there: it could be anybody's address.
        if client_id not in (SAME_DEVICE, CROSS_DEVICE):
            raise AwsError("ValidationException", "The client is unknown.")
        if not _may_receive(client_id, redirect_uri, call):
            raise AwsError("ValidationException", "This redirect URI is not one of the client's.")
        asked = _SignInRequest(client_id, redirect_uri, values.get("code_challenge", ""), values.get("state", ""))
        problem = None
        if values.get("response_type") != "code":
            problem = ("unsupported_response_type", "response_type must be code.")
        elif values.get("code_challenge_method") != "SHA-256":
            problem = ("invalid_request", "code_challenge_method must be SHA-256.")
        elif not is_challenge(asked.code_challenge):
            problem = ("invalid_request", "code_challenge must be a SHA-256 hash as base64url without padding.")
        elif values.get("scope") != "openid":
            problem = ("invalid_scope", "scope must be openid.")
        return asked, problem

    def _grant(self, asked: _SignInRequest, user_arn: str, call: Call) -> Response:
        user = self._state.users.get(user_arn)
        if user is None:
            return _refuse(asked, ("access_denied", "There is no IAM user who could sign in."), call)
        if AUTHORIZE_SIGN_IN in user.denies:
            message = f"User: {user_arn} is not authorized to perform: {AUTHORIZE_SIGN_IN}"
            return _refuse(asked, ("access_denied", message), call)
        code = self._codes.issue(asked.client_id, user_arn, asked.redirect_uri, asked.code_challenge)
        return asked.redirect(code=code)


def _may_receive(client_id: str, redirect_uri: str, call: Call) -> bool:
    if client_id == SAME_DEVICE:
        return may_redirect(redirect_uri, (_CALLBACK,))
    port = call.request.environ["SERVER_PORT"]
    hosts = (call.request.host, f"127.0.0.1:{port}", f"localhost:{port}")
    return redirect_uri in [f"http://{host}{CONFIRMATION_PATH}" for host in hosts]


def _refuse(asked: _SignInRequest, problem: tuple[str, str], call: Call) -> Response:
    error, description = problem
    call.notes["error"] = error
    return asked.redirect(error=error, error_description=description)
