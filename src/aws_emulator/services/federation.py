"""The federation endpoint: a token for keys, and for that token a browser that is signed in to the console.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.utils import redirect

from aws_emulator import console_pages, rest_json
from aws_emulator.console_sessions import LONGEST_SECONDS, SHORTEST_SECONDS, is_console, takes_duration
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from werkzeug import Response
    from werkzeug.datastructures import MultiDict

    from aws_emulator.calls import Call
    from aws_emulator.console_sessions import ConsoleSessions

PATH = "/federation"
CONSOLE_PATH = "/console"
ACTIONS = {"getSigninToken": "GetSigninToken", "login": "Login"}
_COOKIE = "console-session"
_INVALID = "The credentials in your login link were invalid. Please contact your administrator."


def refusal(error: AwsError) -> Response:
    """Render an error as a page, as AWS does for programs too."""
    return console_pages.not_signed_in(error.message, error.status)


class Federation:
    """What the federation endpoint and the console answer."""

    def __init__(self, sessions: ConsoleSessions) -> None:
        self._sessions = sessions

    def GetSigninToken(self, call: Call) -> Response:
        """Give a token for temporary keys of a role or a federated user."""
        values = _values(call)
        try:
            session = json.loads(values.get("Session", ""))
            key = self._sessions.key(session["sessionId"], session["sessionKey"], session["sessionToken"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise AwsError("InvalidCredentials", "Invalid credentials parameter") from None
        if key is None:
            raise AwsError("InvalidCredentials", "Invalid credentials parameter")
        call.caller = key.principal.arn
        seconds = None
        if "SessionDuration" in values:
            seconds = _seconds(values["SessionDuration"])
            call.notes["seconds"] = str(seconds)
            if not takes_duration(key):
                raise AwsError("InvalidCredentials", "Invalid credentials parameter")
        return rest_json.answer({"SigninToken": self._sessions.issue_token(key, seconds)})

    def Login(self, call: Call) -> Response:
        """Sign the browser in, and send it on to the page it wants."""
        values = _values(call)
        call.notes["issuer"] = values.get("Issuer", "")
        destination = values.get("Destination", "")
        if not is_console(destination):
            raise AwsError("InvalidDestination", "The destination is not a page of the console.")
        begun = self._sessions.begin(values.get("SigninToken", ""))
        if begun is None:
            raise AwsError("InvalidToken", _INVALID)
        cookie, session = begun
        call.caller = session.principal_arn
        call.notes["destination"] = destination
        response = redirect(f"{CONSOLE_PATH}?{urlencode({'page': destination})}")
        response.set_cookie(_COOKIE, cookie, path=CONSOLE_PATH, httponly=True, samesite="Lax")
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def ShowConsole(self, call: Call) -> Response:
        """Show who is signed in in this browser."""
        session = self._sessions.find(call.request.cookies.get(_COOKIE, ""))
        if session is None:
            raise AwsError("NotSignedIn", "Your session has ended. Please sign in again.", 401)
        call.caller = session.principal_arn
        return console_pages.home(session, call.request.args.get("page", ""))

    def Unknown(self, call: Call) -> Response:
        """Refuse any other action."""
        raise AwsError("InvalidAction", "Action must be getSigninToken or login.")


def _values(call: Call) -> MultiDict[str, str]:
    return call.request.form if call.request.method == "POST" else call.request.args


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not SHORTEST_SECONDS <= int(text) <= LONGEST_SECONDS:
        message = f"SessionDuration must be from {SHORTEST_SECONDS} to {LONGEST_SECONDS}."
        raise AwsError("InvalidSessionDuration", message)
    return int(text)
