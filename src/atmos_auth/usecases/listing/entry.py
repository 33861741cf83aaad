"""One provider or identity as it is listed: its settings without secrets, what it hangs from, how it stands."""

from collections.abc import Mapping
from typing import Any, NamedTuple

SOON_SECONDS = 15 * 60
# How an entry stands. BROKEN: it is at fault itself; BLOCKED: something before it in its chain is.
VALID, SOON, EXPIRED, NONE, BROKEN, BLOCKED = "valid", "soon", "expired", "none", "broken", "blocked"

Key = tuple[str, str]


class Entry(NamedTuple):
    """One provider or identity: its settings without secrets, what it hangs from, and until when it is good.

    `role` is PROVIDER or IDENTITY, `parent` (role, name) of `via` as written. `expires_at` is epoch seconds of the
    delivered credentials, None where there are none or they have no end; `delivered` tells the two apart. `problem` is
    why it cannot be used, `blocked_by` the (role, name) that is at fault where it is not the entry itself.
    """

    role: str
    name: str
    settings: Mapping[str, Any]
    parent: Key | None = None
    expires_at: float | None = None
    delivered: bool = False
    problem: str | None = None
    blocked_by: Key | None = None

    @property
    def key(self) -> Key:
        """The role, and the name without regard to case: what others refer to it by."""
        return self.role, self.name.lower()

    @property
    def parent_key(self) -> Key | None:
        """The `key` of what it hangs from."""
        return (self.parent[0], self.parent[1].lower()) if self.parent else None

    @property
    def kind(self) -> str:
        """The kind as written, or `?`."""
        return str(self.settings.get("kind") or "?")

    @property
    def is_default(self) -> bool:
        """Whether it is marked `default: true`."""
        return self.settings.get("default") is True

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags as written; one that is no list counts as one tag."""
        tags = self.settings.get("tags")
        if isinstance(tags, list):
            return tuple(str(tag) for tag in tags if not isinstance(tag, list | Mapping))
        return (str(tags),) if isinstance(tags, str) and tags else ()

    def state(self, now: float) -> str:
        """Tell how it stands at `now` (epoch seconds): VALID, SOON, EXPIRED, NONE, BROKEN or BLOCKED."""
        if self.blocked_by is not None:
            return BLOCKED
        if self.problem is not None:
            return BROKEN
        if not self.delivered:
            return NONE
        if self.expires_at is None:
            return VALID
        left = self.expires_at - now
        return EXPIRED if left <= 0 else SOON if left < SOON_SECONDS else VALID
