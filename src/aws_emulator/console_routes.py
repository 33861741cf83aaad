"""Which request belongs to which page of the web console, and to which action of the federation endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_emulator.routing import Fork, Operation
from aws_emulator.services import federation

if TYPE_CHECKING:
    from werkzeug import Request


def console_routes(service: federation.Federation) -> dict[tuple[str, str], Operation | Fork]:
    """Give the operations by method and path."""
    by_action = {
        action: Operation("federation", name, getattr(service, name), federation.refusal)
        for action, name in federation.ACTIONS.items()
    }
    unknown = Operation("federation", "Unknown", service.Unknown, federation.refusal)

    def pick(request: Request) -> Operation:
        values = request.form if request.method == "POST" else request.args
        return by_action.get(values.get("Action", ""), unknown)

    return {
        ("GET", federation.PATH): Fork(pick),
        ("POST", federation.PATH): Fork(pick),
        ("GET", federation.CONSOLE_PATH): Operation("console", "ShowConsole", service.ShowConsole, federation.refusal),
    }
