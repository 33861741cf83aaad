"""The virtual MFA devices of IAM users: the codes they show, and which of them STS accepts."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from aws_emulator.errors import AwsError
from aws_emulator.totp import STEP_SECONDS, code_of, secret_bytes, step_of

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.state import MfaDevice, State

# One step of grace for clocks that run late or early (RFC 6238 5.2).
_NEIGHBOURS = (0, -1, 1)


class MfaDevices:
    """The users' devices from the state, and the codes used since the start."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._used: set[tuple[str, int]] = set()

    def code(self, user_arn: str) -> str:
        """Give the code a user's device shows now; a user without a device raises `LookupError`."""
        device = self._device(user_arn)
        if device is None:
            message = f"no user {user_arn} has an MFA device"
            raise LookupError(message)
        return code_of(secret_bytes(device.secret), step_of(self._clock.now()))

    def seconds_left(self) -> int:
        """Say for how long the codes of now are shown."""
        return STEP_SECONDS - int(self._clock.now() % STEP_SECONDS)

    def check(self, user_arn: str, serial_number: str, code: str) -> None:
        """Take a code of a user's device; one that is wrong or was used before is AccessDenied."""
        device = self._device(user_arn)
        if device is None or device.serial != serial_number:
            message = (
                "MultiFactorAuthentication failed, unable to validate MFA code.  "
                "Please verify your MFA serial number is valid and associated with this user."
            )
            raise AwsError("AccessDenied", message, 403)
        now, secret = step_of(self._clock.now()), secret_bytes(device.secret)
        self._used = {(serial, step) for serial, step in self._used if step >= now + min(_NEIGHBOURS)}
        for step in (now + neighbour for neighbour in _NEIGHBOURS):
            fresh = (serial_number, step) not in self._used
            if fresh and hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
                # A code is good for one success only (RFC 6238 5.2).
                self._used.add((serial_number, step))
                return
        raise AwsError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", 403)

    def _device(self, user_arn: str) -> MfaDevice | None:
        user = self._state.users.get(user_arn)
        return user.mfa if user else None
