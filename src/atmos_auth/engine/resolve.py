"""From a name to a chain: follow `via` down to a provider, or to an identity that stands alone."""

from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.domain import env_names
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.domain.errors import (
    ChainCycle,
    InvalidSetting,
    UnknownIdentity,
    UnknownProvider,
    UnknownReference,
)
from atmos_auth.domain.place import Place
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.fingerprint import fingerprints


class Resolver:
    """Builds chains from a catalog.

    `key` gives the user's fingerprint key, which is made on first use; `realm` is the namespace or empty.
    """

    def __init__(self, catalog: Catalog, *, realm: str, key: Callable[[], bytes], environ: Mapping[str, str]) -> None:
        self._catalog = catalog
        self._realm = realm
        self._key = key
        self._environ = environ

    def identity(self, name: str) -> Chain:
        """Return the chain to this identity; raises a `ConfigError` or `UnknownIdentity`."""
        return self._chain(self.links(name))

    def provider(self, name: str) -> Chain:
        """Return the chain that consists of this provider alone; raises a `ConfigError` or `UnknownProvider`."""
        return self._chain([self._provider_link(*self._catalog.provider(name))])

    def links(self, name: str) -> list[Link]:
        """Return the links from the root to this identity; raises a `ConfigError` or `UnknownIdentity`."""
        written, settings = self._catalog.identity(name)
        links: list[Link] = []
        while True:
            link = Link(written, IDENTITY, *self._kind(IDENTITY, written, settings), settings, self._place(written))
            if any(link.name == seen.name for seen in links):
                raise self._cycle([*links, link])
            links.append(link)
            step = self._step(link)
            if step is None:
                break
            role, referred, place = step
            try:
                if role == PROVIDER:
                    links.append(self._provider_link(*self._catalog.provider(referred)))
                    break
                written, settings = self._catalog.identity(referred)
            except (UnknownProvider, UnknownIdentity) as unknown:
                raise UnknownReference(
                    f'invalid auth config: {link}: referenced {role} "{referred}" does not exist',
                    place=place,
                    hints=unknown.hints,
                ) from None
        return links[::-1]

    def _chain(self, links: list[Link]) -> Chain:
        root = registry.find(links[0].kind, links[0].role, links[0].place)
        sources = env_names.AMBIENT_SOURCES if root.ambient else ()
        ambient = {name: self._environ[name] for name in sources if name in self._environ}
        return Chain(tuple(links), fingerprints(links, realm=self._realm, key=self._key(), surroundings=ambient))

    def _provider_link(self, written: str, settings: Mapping[str, Any]) -> Link:
        (kind,) = self._kind(PROVIDER, written, settings)
        return Link(written, PROVIDER, kind, settings, self._catalog.place("providers", written))

    def _kind(self, role: str, written: str, settings: Mapping[str, Any]) -> tuple[str]:
        kind = settings.get("kind")
        section = "providers" if role == PROVIDER else "identities"
        if not isinstance(kind, str) or not kind.strip():
            raise InvalidSetting(
                f'invalid {role} config: {role} kind is required for "{written}"',
                place=self._catalog.place(section, written),
                hints=[
                    *(self._catalog.exploring if role == IDENTITY else []),
                    f"kinds of {role}: {', '.join(registry.kinds(role))}",
                    "if a profile defines it: --profile NAME",
                ],
            )
        registry.find(kind, role, self._catalog.place(section, written, "kind"))
        return (kind,)

    def _step(self, link: Link) -> tuple[str, str, Place | None] | None:
        """Where `via` leads: role, name, and where that is written; None for an identity that stands alone."""
        via = link.settings.get("via")
        place = self._catalog.place("identities", link.name, "via")
        if registry.find(link.kind, IDENTITY).stands_alone:
            if via is not None and link.kind.endswith("ambient"):
                raise InvalidSetting(
                    f"invalid identity config: {link} must not have `via`",
                    place=place,
                    hints=["remove `via`: it starts from what the environment gives"],
                )
            return None
        if via is None:
            raise InvalidSetting(
                f"invalid identity config: {link} has no via configuration",
                place=link.place,
                hints=["add `via: { provider: NAME }` or `via: { identity: NAME }`"],
            )
        provider, identity = (via.get("provider"), via.get("identity")) if isinstance(via, Mapping) else (None, None)
        if provider and identity:
            raise InvalidSetting(
                f"invalid identity config: {link}: via.provider and via.identity are mutually exclusive",
                place=place,
                hints=["keep one of them"],
            )
        name = provider or identity
        if not isinstance(name, str):
            raise InvalidSetting(
                f"invalid identity config: {link}: exactly one of via.provider or via.identity must be set",
                place=place,
                hints=["write `via: { provider: NAME }` or `via: { identity: NAME }`"],
            )
        role = PROVIDER if provider else IDENTITY
        return role, name, self._catalog.place("identities", link.name, "via", role)

    def _place(self, written: str) -> Place | None:
        return self._catalog.place("identities", written)

    def _cycle(self, links: list[Link]) -> ChainCycle:
        # Without the way to it, and from one end, it reads the same whoever runs into it.
        names = [link.name for link in links]
        circle = names[names.index(names[-1]) : -1]
        first = circle.index(min(circle, key=str.lower))
        circle = [*circle[first:], *circle[:first], circle[first]]
        return ChainCycle(
            f"identity cycle detected: {' -> '.join(circle)}",
            place=self._catalog.place("identities", circle[0], "via"),
            hints=["let one of them start from a provider: `via: { provider: NAME }`"],
        )
