"""One request on its way through a service, with what the journal may say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug import Request

ANONYMOUS = "anonymous"


@dataclass(slots=True)
class Call:
    """A request that is known by service and operation; the service fills in `caller` and `notes`.

    `notes` go to the journal, so they never hold a secret.
    """

    request: Request
    service: str
    operation: str
    caller: str = ANONYMOUS
    notes: dict[str, str] = field(default_factory=dict)
