"""The portal's pages, where a person allows or denies what a client asked for; only POST ever decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug import Response
from werkzeug.utils import redirect

from aws_emulator import pages
from aws_emulator.authorization_codes import AuthorizationCodes, is_challenge, may_redirect
from aws_emulator.device_codes import Decision, DeviceAuthorization, DeviceCodes
from aws_emulator.errors import AwsError
from aws_emulator.redirects import origin_of, with_query
from aws_emulator.registrations import AUTHORIZATION_CODE, Client, Registrations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_emulator.calls import Call
    from aws_emulator.state import State

_DECIDED = {
    Decision.APPROVED: "This code was allowed before.",
    Decision.USED: "This code was used before.",
    Decision.DENIED: "This code was denied before.",
}


def refusal(error: AwsError) -> Response:
    """Render an error as a page."""
    return pages.outcome("That did not work", error.message, good=False, status=error.status)


@dataclass(frozen=True, slots=True)
class _AuthorizationRequest:
    client: Client
    redirect_uri: str
    code_challenge: str
    state: str
    scopes: tuple[str, ...]


class _RedirectedError(Exception):
    """An error the client learns through its redirect URI (RFC 6749 4.1.2.1)."""

    def __init__(self, redirect_uri: str, error: str, state: str) -> None:
        super().__init__(error)
        self.error = error
        self.location = with_query(redirect_uri, {"error": error, "state": state})


class SignInPages:
    """The start page, the device page and the authorization page."""

    def __init__(
        self,
        state: State,
        registrations: Registrations,
        device_codes: DeviceCodes,
        authorization_codes: AuthorizationCodes,
    ) -> None:
        self._state = state
        self._registrations = registrations
        self._device_codes = device_codes
        self._authorization_codes = authorization_codes

    def ShowPortal(self, call: Call) -> Response:
        """Show who is signed in and what they may reach."""
        call.caller = self._state.person
        assigned = self._state.assigned(self._state.person)
        accounts = self._state.accounts
        rows = [(each, accounts[each].name, sets) for each, sets in sorted(assigned.items()) if each in accounts]
        return pages.portal(self._state.person, rows)

    def ShowDevice(self, call: Call) -> Response:
        """Show a user code's request, or ask for the code."""
        call.caller = self._state.person
        user_code = call.request.args.get("user_code", "")
        if not user_code:
            return pages.code_form()
        found, problem = self._find(user_code, call)
        if found is None:
            return problem
        if self._state.auto_approve:
            self._device_codes.decide(found, approved=True)
            return _decided(found.client, approved=True)
        return pages.ask(
            found.client.name,
            self._state.person,
            found.client.scopes,
            {"user_code": found.user_code},
            "/device",
            user_code=found.user_code,
        )

    def DecideDevice(self, call: Call) -> Response:
        """Take the person's decision about a user code."""
        call.caller = self._state.person
        approved = _decision(call.request.form)
        found, problem = self._find(call.request.form.get("user_code", ""), call)
        if found is None:
            return problem
        call.notes["decision"] = "allow" if approved else "deny"
        self._device_codes.decide(found, approved=approved)
        return _decided(found.client, approved=approved)

    def ShowAuthorization(self, call: Call) -> Response:
        """Show what a client asks for through the browser."""
        call.caller = self._state.person
        try:
            asked = self._read(call.request.args)
        except _RedirectedError as error:
            call.notes["error"] = error.error
            return redirect(error.location)
        if self._state.auto_approve:
            return self._grant(asked)
        return pages.ask(
            asked.client.name,
            self._state.person,
            asked.scopes,
            dict(call.request.args.items()),
            "/authorize",
            redirect_origin=origin_of(asked.redirect_uri),
        )

    def DecideAuthorization(self, call: Call) -> Response:
        """Take the person's decision and send the browser back to the client."""
        call.caller = self._state.person
        approved = _decision(call.request.form)
        try:
            asked = self._read(call.request.form)
        except _RedirectedError as error:
            call.notes["error"] = error.error
            return redirect(error.location)
        call.notes["decision"] = "allow" if approved else "deny"
        if not approved:
            denied = {"error": "access_denied", "state": asked.state}
            return redirect(with_query(asked.redirect_uri, denied))
        return self._grant(asked)

    def _find(self, user_code: str, call: Call) -> tuple[DeviceAuthorization | None, Response]:
        found = self._device_codes.of_person(user_code)
        if found is None:
            call.notes["problem"] = "unknown"
            return None, pages.code_form("There is no such code. Please compare it again.", user_code, 404)
        if self._state.auto_approve and found.decision in (Decision.APPROVED, Decision.USED):
            return None, _decided(found.client, approved=True)
        if found.decision is not Decision.PENDING:
            call.notes["problem"] = found.decision.value
            return None, pages.code_form(f"{_DECIDED[found.decision]} Start again on your device.", status=409)
        if self._device_codes.has_expired(found):
            call.notes["problem"] = "expired"
            return None, pages.code_form("This code has expired. Start again on your device.", status=410)
        return found, Response()

    def _read(self, values: Mapping[str, str]) -> _AuthorizationRequest:
        client = self._registrations.find(values.get("client_id", ""))
        if client is None:
            raise AwsError("InvalidClientException", "The client is unknown or its registration has expired.", 400)
        redirect_uri, state = values.get("redirect_uri", ""), values.get("state", "")
        # Before this check nothing may be sent there: it could be anybody's address.
        if not may_redirect(redirect_uri, client.redirect_uris):
            raise AwsError("InvalidRedirectUriException", "The client did not register this redirect URI.", 400)
        challenge = values.get("code_challenge", "")
        # AWS's own tools write `scopes`, RFC 6749 says `scope`.
        scopes = tuple((values.get("scopes") or values.get("scope") or "").replace(",", " ").split())
        problem = None
        if AUTHORIZATION_CODE not in client.grant_types:
            problem = "unauthorized_client"
        elif values.get("response_type") != "code":
            problem = "unsupported_response_type"
        elif values.get("code_challenge_method") != "S256" or not is_challenge(challenge):
            problem = "invalid_request"
        elif not set(scopes) <= set(client.scopes):
            problem = "invalid_scope"
        if problem:
            raise _RedirectedError(redirect_uri, problem, state)
        return _AuthorizationRequest(client, redirect_uri, challenge, state, scopes or client.scopes)

    def _grant(self, asked: _AuthorizationRequest) -> Response:
        code = self._authorization_codes.issue(
            asked.client, self._state.person, asked.redirect_uri, asked.code_challenge
        )
        return redirect(with_query(asked.redirect_uri, {"code": code, "state": asked.state}))


def _decided(client: Client, *, approved: bool) -> Response:
    if approved:
        return pages.outcome("Access allowed", f"{client.name} is connected. You may close this window.", good=True)
    return pages.outcome("Access denied", f"{client.name} gets nothing. You may close this window.", good=False)


def _decision(form: Mapping[str, str]) -> bool:
    decision = form.get("decision")
    if decision not in ("allow", "deny"):
        raise AwsError("InvalidRequestException", "Please allow or deny.", 400)
    return decision == "allow"
