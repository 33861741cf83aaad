"""The emulator's own endpoints under `/_emulator`, so that other processes can read the journal and steer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_emulator import rest_json
from aws_emulator.clock import Clock, iso8601
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.faults import Faults
    from aws_emulator.issuer_keys import IssuerKeys
    from aws_emulator.journal import Journal
    from aws_emulator.keys import Keys
    from aws_emulator.mfa_devices import MfaDevices
    from aws_emulator.second_factors import SecondFactors

_NONE = type(None)


class Control:
    """Journal, clock, faults, revocation, keys and MFA codes over HTTP; calls here are not journalled."""

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        journal: Journal,
        keys: Keys,
        devices: MfaDevices,
        issuer_keys: IssuerKeys,
        factors: SecondFactors,
        revoke_sessions: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._journal = journal
        self._keys = keys
        self._devices = devices
        self._issuer_keys = issuer_keys
        self._factors = factors
        self._revoke_sessions = revoke_sessions

    def ReadJournal(self, call: Call) -> Response:
        """Give every entry so far."""
        return rest_json.answer({"entries": [entry.as_dict() for entry in self._journal.entries()]})

    def ClearJournal(self, call: Call) -> Response:
        """Forget the entries."""
        self._journal.clear()
        return rest_json.answer({})

    def MoveClock(self, call: Call) -> Response:
        """Advance the clock: `{"advance": seconds}`."""
        body = _object(call)
        seconds = body.get("advance")
        if set(body) != {"advance"} or isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise AwsError("ValidationException", 'Send {"advance": seconds}.')
        try:
            self._clock.advance(seconds)
        except ValueError as error:
            raise AwsError("ValidationException", str(error)) from error
        return rest_json.answer({"now": iso8601(self._clock.now())})

    def AddFault(self, call: Call) -> Response:
        """Add a fault: `{"operation": "sts:AssumeRole", "status": 503, "times": 2}`."""
        body = _object(call)
        try:
            self._faults.add(**body)
        except (AttributeError, TypeError, ValueError) as error:
            raise AwsError("ValidationException", f"This is not a fault: {error}") from error
        return rest_json.answer({}, 201)

    def ClearFaults(self, call: Call) -> Response:
        """Remove every fault."""
        self._faults.clear()
        return rest_json.answer({})

    def RevokeSessions(self, call: Call) -> Response:
        """End every sign-in."""
        _object(call)
        self._revoke_sessions()
        return rest_json.answer({})

    def RotateKey(self, call: Call) -> Response:
        """Give a user a new key: `{"user": ARN}`."""
        try:
            access_key_id, secret_access_key = self._keys.rotate(_only(call, "user"))
        except LookupError as error:
            raise AwsError("ResourceNotFoundException", str(error), 404) from error
        return rest_json.answer({"access_key_id": access_key_id, "secret_access_key": secret_access_key})

    def RotateIssuerKey(self, call: Call) -> Response:
        """Sign tokens with a new key; those signed with the old one are good for nothing."""
        _object(call)
        return rest_json.answer({"kid": self._issuer_keys.rotate()})

    def RevokeKey(self, call: Call) -> Response:
        """Honour a key no more: `{"access_key_id": id}`."""
        try:
            self._keys.revoke(_only(call, "access_key_id"))
        except LookupError as error:
            raise AwsError("ResourceNotFoundException", str(error), 404) from error
        return rest_json.answer({})

    def ReadTotp(self, call: Call) -> Response:
        """Give the code a user's MFA device shows, and for how many seconds yet: `?user=ARN`."""
        try:
            code = self._devices.code(call.request.args.get("user", ""))
        except LookupError as error:
            raise AwsError("ResourceNotFoundException", str(error), 404) from error
        return rest_json.answer({"code": code, "seconds": self._devices.seconds_left()})

    def ReadSamlTotp(self, call: Call) -> Response:
        """Give the code the app of somebody at the identity provider shows: `?person=NAME`."""
        return _of_person(call, lambda name: {"code": self._factors.totp(name)})

    def ReadSmsCode(self, call: Call) -> Response:
        """Give the code in the last text message to somebody: `?person=NAME`."""
        return _of_person(call, lambda name: {"code": self._factors.sms_code(name)})

    def ReadPushNumber(self, call: Call) -> Response:
        """Give the number that somebody's phone waits for, null for a plain push: `?person=NAME`."""
        return _of_person(call, lambda name: {"number": self._factors.expected_number(name)})

    def AnswerPush(self, call: Call) -> Response:
        """Tap on somebody's phone: `{"person": NAME, "approve": true, "number": 42}`, the number where one is asked."""
        body = _object(call)
        name, approve, number = body.get("person"), body.get("approve", True), body.get("number")
        known = body.keys() <= {"person", "approve", "number"}
        if not known or not isinstance(name, str) or not isinstance(approve, bool) or type(number) not in (int, _NONE):
            raise AwsError("ValidationException", 'Send {"person": "...", "approve": true, "number": 42}.')
        try:
            self._factors.answer_push(name, approve=approve, number=number)
        except LookupError as error:
            raise AwsError("ResourceNotFoundException", str(error), 404) from error
        return rest_json.answer({})


def _of_person(call: Call, read: Callable[[str], dict[str, Any]]) -> Response:
    try:
        return rest_json.answer(read(call.request.args.get("person", "")))
    except LookupError as error:
        raise AwsError("ResourceNotFoundException", str(error), 404) from error


def _only(call: Call, member: str) -> str:
    body = _object(call)
    value = body.get(member)
    if set(body) != {member} or not isinstance(value, str):
        raise AwsError("ValidationException", f'Send {{"{member}": "..."}}.')
    return value


def _object(call: Call) -> dict[str, Any]:
    # Pages of other sites can post forms here but cannot send this type unasked.
    if call.request.mimetype != "application/json":
        raise AwsError("ValidationException", "Send application/json.", 415)
    return rest_json.read_object(call.request)
