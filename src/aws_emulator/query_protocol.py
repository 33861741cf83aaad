"""The query protocol: form parameters in, XML out."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree as ET

from werkzeug import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Request

    from aws_emulator.errors import AwsError

STS_VERSION = "2011-06-15"
# Callers' own words are repeated in messages, and XML cannot hold every character.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STS_NAMESPACE = f"https://sts.amazonaws.com/doc/{STS_VERSION}/"

Result: TypeAlias = "Mapping[str, str | int | Result]"


def read_parameters(request: Request) -> dict[str, str]:
    """Give the parameters of a POSTed form, or of the query string of a GET (a presigned call)."""
    source = request.form if request.method == "POST" else request.args
    return dict(source.items())


def answer(action: str, result: Result) -> Response:
    """Render `<ActionResponse><ActionResult>...` with a fresh request id."""
    request_id = str(uuid.uuid4())
    root = ET.Element(f"{action}Response", xmlns=_STS_NAMESPACE)
    _append(ET.SubElement(root, f"{action}Result"), result)
    _append(ET.SubElement(root, "ResponseMetadata"), {"RequestId": request_id})
    return _response(root, 200, request_id)


def refusal(error: AwsError) -> Response:
    """Render an `<ErrorResponse>`; below 500 the fault is the sender's."""
    request_id = str(uuid.uuid4())
    root = ET.Element("ErrorResponse", xmlns=_STS_NAMESPACE)
    fault = "Sender" if error.status < 500 else "Receiver"
    _append(ET.SubElement(root, "Error"), {"Type": fault, "Code": error.code, "Message": error.message})
    _append(root, {"RequestId": request_id})
    return _response(root, error.status, request_id)


def _append(parent: ET.Element, members: Result) -> None:
    for name, value in members.items():
        child = ET.SubElement(parent, name)
        if isinstance(value, str | int):
            child.text = _NOT_XML.sub("\ufffd", str(value))
        else:
            _append(child, value)


def _response(root: ET.Element, status: int, request_id: str) -> Response:
    response = Response(ET.tostring(root, encoding="utf-8"), status, content_type="text/xml")
    response.headers["x-amzn-RequestId"] = request_id
    return response
