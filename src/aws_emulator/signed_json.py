"""Callers of services that speak JSON: their signature, what their policy allows, and refusals in their words."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from aws_emulator import rest_json, sigv4
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Request

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.keys import Keys, Principal

JSON_1_1 = "application/x-amz-json-1.1"
# STS's words for a bad signature, and those of the services that speak JSON.
_WORDS = {
    "ExpiredToken": "ExpiredTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}


class Callers:
    """Tells who signed a request; `status` is the HTTP status of a service's refusals to do what is not allowed."""

    def __init__(self, keys: Keys, clock: Clock, status: int) -> None:
        self._keys = keys
        self._clock = clock
        self._status = status

    def caller(self, call: Call) -> tuple[Principal, str]:
        """Give the principal and the region that the request was signed for; raises `AwsError`."""
        try:
            key, claim = sigv4.authenticate(call.request, self._keys, call.service, self._clock.real())
        except AwsError as error:
            raise AwsError(_WORDS.get(error.code, error.code), error.message, self._status) from error
        call.caller = key.principal.arn
        return key.principal, claim.region

    def require(self, principal: Principal, action: str, resource: str) -> None:
        """Refuse an action that no policy of the principal allows."""
        if action in principal.allows and action not in principal.denies:
            return
        reason = (
            "with an explicit deny in an identity-based policy"
            if action in principal.denies
            else f"because no identity-based policy allows the {action} action"
        )
        raise AwsError(
            "AccessDeniedException",
            f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource} {reason}",
            self._status,
        )


def read_object(request: Request) -> dict[str, Any]:
    """Read the body of a request in the JSON 1.1 protocol."""
    if request.mimetype != JSON_1_1:
        raise AwsError("UnknownOperationException", "", 404)
    return rest_json.read_object(request)


def answer(members: Mapping[str, Any], status: int = 200) -> Response:
    """Render a result in the JSON 1.1 protocol."""
    response = Response(json.dumps(members), status, content_type=JSON_1_1)
    response.headers["x-amzn-RequestId"] = str(uuid.uuid4())
    return response


def refusal(error: AwsError) -> Response:
    """Render an error; its name travels in the body's `__type`."""
    return answer({"__type": error.code, "message": error.message}, error.status)
