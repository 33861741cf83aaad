"""Requests that need a code of an MFA device: asked for again once when it was wrong, then explained."""

from collections.abc import Callable
from typing import TypeVar

from atmos_auth.aws_api.sts import MfaCode
from atmos_auth.domain.errors import AccessDenied, WrongMfaCode
from atmos_auth.domain.ports import Tools

# How AWS's refusals say that it was the code that was wrong.
_WRONG_CODE = ("multifactorauthentication failed", "invalid mfa", "mfa token", "one time pass code")

T = TypeVar("T")


def with_mfa(tools: Tools, serial: str, command: str | None, request: Callable[[MfaCode], T]) -> T:
    """Return what `request` brings with a code of the device `serial`; asks the person, or runs `command`.

    Raises `WrongMfaCode` when it was wrong twice; any other refusal passes through.
    """
    try:
        return request(MfaCode(serial, tools.mfa.code(serial, command)))
    except AccessDenied as denied:
        if not _was_wrong_code(denied):
            raise
        tools.prompter.warn("AWS did not accept that MFA code.")
    try:
        return request(MfaCode(serial, tools.mfa.code(serial, command)))
    except AccessDenied as denied:
        if not _was_wrong_code(denied):
            raise
        raise WrongMfaCode(
            "AWS did not accept the MFA code",
            details=[denied.message, *denied.details],
            hints=[
                "a code is valid for 30 seconds: check that this machine's and the device's clocks agree",
                f"check that the MFA ARN is the device's: {serial}",
            ],
        ) from denied


def _was_wrong_code(denied: AccessDenied) -> bool:
    return any(words in denied.message.lower() for words in _WRONG_CODE)
