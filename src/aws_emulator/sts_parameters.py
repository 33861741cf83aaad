"""The parameters of an STS call, each checked against the constraint the API reference gives it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from aws_emulator import query_protocol
from aws_emulator.errors import AwsError
from aws_emulator.state import split_role_arn

if TYPE_CHECKING:
    from werkzeug import Request

_NAME_PATTERN = r"[\w+=,.@-]*"
_MOST_POLICIES = 10
# Marked so in the service model: messages do not repeat them.
_SENSITIVE = ("WebIdentityToken", "SAMLAssertion")


class Parameters:
    """Readers for the parameters; a value outside its constraint is a ValidationError."""

    def __init__(self, request: Request) -> None:
        self._values = query_protocol.read_parameters(request)

    def text(self, name: str, least: int = 1, most: int = 2048) -> str:
        """Give a required text within a length."""
        value = self._values.get(name)
        if value is None:
            raise _invalid("null", name, "Member must not be null")
        if len(value) < least:
            raise _invalid(value, name, f"Member must have length greater than or equal to {least}")
        if len(value) > most:
            raise _invalid(value, name, f"Member must have length less than or equal to {most}")
        return value

    def optional(self, name: str) -> str | None:
        """Give a text that may be absent."""
        return self._values.get(name)

    def seconds(self, name: str, least: int, most: int, default: int) -> int:
        """Give a number of seconds within bounds, or the default."""
        value = self._values.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,10}", value):
            raise AwsError("MalformedInput", f"{name} must be a whole number.")
        if int(value) < least:
            raise _invalid(value, name, f"Member must have value greater than or equal to {least}")
        if int(value) > most:
            raise _invalid(value, name, f"Member must have value less than or equal to {most}")
        return int(value)

    def role_arn(self) -> str:
        """Give RoleArn, which must be the ARN of a role."""
        value = self.text("RoleArn", 20)
        if split_role_arn(value) is None:
            raise AwsError("ValidationError", f"{value} is invalid")
        return value

    def session_name(self) -> str:
        """Give RoleSessionName: 2 to 64 of letters, digits, underscore and `+=,.@-`."""
        value = self.text("RoleSessionName", 2, 64)
        self._check_pattern("RoleSessionName", value, _NAME_PATTERN)
        return value

    def federated_name(self) -> str:
        """Give Name: 2 to 32 of letters, digits, underscore and `+=,.@-`."""
        value = self.text("Name", 2, 32)
        self._check_pattern("Name", value, _NAME_PATTERN)
        return value

    def policy_arns(self) -> list[str]:
        """Give the ARNs of managed session policies, 10 at most."""
        found = [value for name, value in self._values.items() if re.fullmatch(r"PolicyArns\.member\.\d+\.arn", name)]
        if len(found) > _MOST_POLICIES:
            message = f"PolicyArns must have length less than or equal to {_MOST_POLICIES}"
            raise AwsError("ValidationError", message)
        for arn in found:
            if not re.fullmatch(r"(?a)arn:aws:iam::(aws|[0-9]{12}):policy/[\w+=,.@/-]+", arn):
                raise AwsError("ValidationError", f"ARN {arn} is not valid.")
        return found

    def source_identity(self) -> dict[str, str]:
        """Give SourceIdentity as the element that the answer repeats, empty if there is none."""
        if "SourceIdentity" not in self._values:
            return {}
        value = self.text("SourceIdentity", 2, 64)
        self._check_pattern("SourceIdentity", value, _NAME_PATTERN)
        return {"SourceIdentity": value}

    def external_id(self) -> str | None:
        """Give ExternalId if there is one."""
        if "ExternalId" not in self._values:
            return None
        value = self.text("ExternalId", 2, 1224)
        if not re.fullmatch(r"[\w+=,.@:/-]*", value, re.ASCII):
            raise _invalid(value, "ExternalId", r"Member must satisfy regular expression pattern: [\w+=,.@:\/-]*")
        return value

    def check_policy(self) -> None:
        """Refuse a session policy that is not a JSON object; what it says changes nothing here."""
        policy = self._values.get("Policy")
        if policy is None:
            return
        try:
            document = json.loads(policy)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise AwsError("MalformedPolicyDocument", "The policy is not in the valid JSON format.")

    def mfa(self) -> tuple[str, str] | None:
        """Give SerialNumber and TokenCode if they are there; one without the other is AccessDenied."""
        given = {"SerialNumber", "TokenCode"} & self._values.keys()
        if not given:
            return None
        if len(given) == 1:
            message = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
            raise AwsError("AccessDenied", message, 403)
        serial, code = self.text("SerialNumber", 9, 256), self.text("TokenCode", 6, 6)
        self._check_pattern("SerialNumber", serial, r"[\w+=/:,.@-]*")
        self._check_pattern("TokenCode", code, r"[\d]*")
        return serial, code

    def _check_pattern(self, name: str, value: str, pattern: str) -> None:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise _invalid(value, name, f"Member must satisfy regular expression pattern: {pattern}")


def _invalid(value: str, name: str, constraint: str) -> AwsError:
    member = name[0].lower() + name[1:]
    place = f"Value at '{member}'" if name in _SENSITIVE else f"Value '{value}' at '{member}'"
    message = f"1 validation error detected: {place} failed to satisfy constraint: {constraint}"
    return AwsError("ValidationError", message)
