"""Which identities an integration follows: what its `via` names, checked."""

from collections.abc import Mapping

from atmos_auth.domain.chain import IDENTITY, INTEGRATION, PROVIDER, Chain, Link
from atmos_auth.domain.errors import ConfigError, InvalidSetting, UnknownIdentity, UnknownProvider, UnknownReference
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog


def integration_link(catalog: Catalog, name: str) -> Link:
    """Return the integration with its settings resolved; raises `UnknownIntegration` or a `ConfigError`."""
    written, settings = catalog.integration(name)
    place = catalog.place("integrations", written)
    kind = settings.get("kind")
    if not isinstance(kind, str) or not kind.strip():
        raise ConfigError(
            f'invalid integration config: integration kind is required for "{written}"',
            place=place,
            hints=[f"kinds of integration: {', '.join(registry.kinds(INTEGRATION))}"],
        )
    registry.find(kind, INTEGRATION, catalog.place("integrations", written, "kind"))
    return Link(written, INTEGRATION, kind, settings, place)


def followed(catalog: Catalog, name: str) -> tuple[str, str]:
    """Return role and name, as written there, of what the integration follows.

    Raises `InvalidSetting` unless `via` names exactly one, and `UnknownReference` when that is not configured.
    """
    via = catalog.setting("integrations", name, "via")
    place = catalog.place("integrations", name, "via") or catalog.place("integrations", name)
    given = {role: via.get(role) for role in (IDENTITY, PROVIDER)} if isinstance(via, Mapping) else {}
    named = {role: str(value) for role, value in given.items() if value}
    if not named:
        raise InvalidSetting(
            f'invalid integration config: integration "{name}" must define via.identity or via.provider',
            place=place,
            hints=["add `via: { identity: NAME }` or `via: { provider: NAME }`"],
        )
    if len(named) > 1:
        raise InvalidSetting(
            f'invalid integration config: integration "{name}" must define exactly one of via.identity and '
            "via.provider",
            place=place,
            hints=["remove one of the two"],
        )
    ((role, referred),) = named.items()
    try:
        written, _ = catalog.identity(referred) if role == IDENTITY else catalog.provider(referred)
    except (UnknownIdentity, UnknownProvider) as unknown:
        raise UnknownReference(
            f'invalid auth config: integration "{name}": referenced {role} "{referred}" does not exist',
            place=catalog.place("integrations", name, "via", role),
            hints=unknown.hints,
        ) from None
    return role, written


def follows(catalog: Catalog, name: str, chain: Chain) -> bool:
    """Tell whether the integration follows the chain's tip, or the provider that the chain starts from."""
    role, written = followed(catalog, name)
    link = chain.tip if role == IDENTITY else chain.root
    return (link.role, link.name) == (role, written)
