"""The rest-json protocol: JSON bodies in, JSON bodies out, the error's name in a header."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Request


def read_object(request: Request) -> dict[str, Any]:
    """Read the body as one JSON object; anything else is a SerializationException."""
    try:
        members = json.loads(request.get_data().decode("utf-8") or "{}")
    except ValueError as error:
        raise AwsError("SerializationException", "The request body is not JSON.") from error
    if not isinstance(members, dict):
        raise AwsError("SerializationException", "The request body is not a JSON object.")
    return members


def answer(members: Mapping[str, Any], status: int = 200) -> Response:
    """Render a result, or any JSON object, with a fresh request id."""
    response = Response(json.dumps(members), status, content_type="application/json")
    response.headers["x-amzn-RequestId"] = str(uuid.uuid4())
    response.headers["Cache-Control"] = "no-store"  # RFC 6749 5.1: tokens are never cached
    return response


def refusal(error: AwsError) -> Response:
    """Render an error; its name travels in `x-amzn-ErrorType`."""
    response = answer({"message": error.message, **error.members}, error.status)
    response.headers["x-amzn-ErrorType"] = error.code
    return response
