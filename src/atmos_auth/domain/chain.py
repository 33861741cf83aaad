"""The ordered links that lead from a provider, or an identity that stands alone, to the identity a person named."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.domain.place import Place

PROVIDER = "provider"
IDENTITY = "identity"
# Runs after an identity has been authenticated; never a link itself.
INTEGRATION = "integration"
# The section below `auth` that holds the entries of each role.
SECTIONS = {PROVIDER: "providers", IDENTITY: "identities", INTEGRATION: "integrations"}


class Link(NamedTuple):
    """One configured provider or identity with its settings resolved; `role` is PROVIDER or IDENTITY.

    An integration is described so too, with the role INTEGRATION.
    """

    name: str
    role: str
    kind: str
    settings: Mapping[str, Any]
    place: Place | None = None

    def __str__(self) -> str:
        """Give the words a message uses for this link."""
        return f'{self.role} "{self.name}" ({self.kind})'


class Chain(NamedTuple):
    """Links in the order they run, and for each the fingerprint of everything up to and including it.

    A fingerprint is a keyed hash over the realm and every link's kind and resolved settings: another setting
    anywhere on the way means another fingerprint, so what is cached under it is always what the settings say.
    """

    links: tuple[Link, ...]
    fingerprints: tuple[str, ...]

    @property
    def tip(self) -> Link:
        """The identity (or lone provider) the chain leads to."""
        return self.links[-1]

    @property
    def root(self) -> Link:
        """The link that starts the chain without a credential."""
        return self.links[0]

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the whole chain."""
        return self.fingerprints[-1]

    @property
    def parent(self) -> "Chain | None":
        """The chain without its tip, or None when the tip is the root."""
        return Chain(self.links[:-1], self.fingerprints[:-1]) if len(self.links) > 1 else None

    def __str__(self) -> str:
        """Give the names in order, for messages."""
        return " -> ".join(link.name for link in self.links)
