"""Everything that is wrong with an `auth` section, found without network, prompts or credentials."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from msgspec import Struct, field

from atmos_auth.config.check import check
from atmos_auth.config.settings import AwsNeighbours, Consoles, Delivery, Keyring, Logs, Realm
from atmos_auth.domain.chain import IDENTITY, INTEGRATION, PROVIDER, SECTIONS
from atmos_auth.domain.credentials import any_of
from atmos_auth.domain.errors import AtmosAuthError, ConfigError, LinksDoNotMeet
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.following import followed, integration_link
from atmos_auth.engine.meeting import misfits_between
from atmos_auth.engine.resolve import Resolver
from atmos_auth.usecases.remarks import remarks


class General(Struct, frozen=True, forbid_unknown_fields=True):
    """The `auth` section's own settings; its entries are checked by their kinds."""

    logs: Logs = field(default_factory=Logs)
    keyring: Keyring = field(default_factory=Keyring)
    realm: Realm = ""
    delivery: Delivery = "files"
    console: Consoles = field(default_factory=Consoles)
    aws: AwsNeighbours = field(default_factory=AwsNeighbours)
    providers: dict[str, Any] = field(default_factory=dict)
    identities: dict[str, Any] = field(default_factory=dict)
    integrations: dict[str, Any] = field(default_factory=dict)


class Findings(NamedTuple):
    """`errors` make something unusable; `warnings` are what nobody will heed. Both in the order of their places."""

    errors: tuple[AtmosAuthError, ...]
    warnings: tuple[AtmosAuthError, ...]


def validate(catalog: Catalog, resolver: Resolver) -> Findings:
    """Check settings, references, cycles, and that each link gives what the next one needs."""
    errors: list[AtmosAuthError] = []
    warnings: list[AtmosAuthError] = []
    try:
        general = catalog.setting() or {}
        misfits = check(general, General, subject="invalid auth config", fallback=catalog.place())
    except ConfigError as broken:
        return Findings((broken,), ())
    errors += misfits.errors
    warnings += misfits.unknown
    for role, name in _entries(catalog):
        own_errors, own_warnings = _entry(catalog, role, name)
        errors += own_errors
        warnings += own_warnings
        if role == IDENTITY:
            errors += _chain(resolver, name)
        if role == INTEGRATION:
            errors += _following(catalog, resolver, name)
    # What is wrong need not be unknown as well, as `via` of an ambient identity is.
    places = {error.place for error in errors}
    return Findings(_once(errors), _once(warning for warning in warnings if warning.place not in places))


def _entries(catalog: Catalog) -> Iterator[tuple[str, str]]:
    of_roles = {PROVIDER: catalog.providers, IDENTITY: catalog.identities, INTEGRATION: catalog.integrations}
    for role, names in of_roles.items():
        # A section that is no mapping has been found by now.
        with suppress(ConfigError):
            yield from ((role, name) for name in names())


def _entry(catalog: Catalog, role: str, name: str) -> tuple[list[AtmosAuthError], list[AtmosAuthError]]:
    section = SECTIONS[role]
    find = {PROVIDER: catalog.provider, IDENTITY: catalog.identity, INTEGRATION: catalog.integration}[role]
    try:
        written, settings = find(name)
        kind = settings.get("kind")
        place = catalog.place(section, written)
        if not isinstance(kind, str) or not kind.strip():
            return [_kind_missing(role, written, place, catalog)], []
        entry = registry.find(kind, role, catalog.place(section, written, "kind"))
    except ConfigError as broken:
        return [broken], []
    subject = f'invalid {role} config: {role} "{written}" ({kind})'
    structure = registry.load(entry).settings_type
    misfits = check(settings, structure, subject=subject, fallback=place)
    return list(misfits.errors), [*misfits.unknown, *remarks(catalog, role, written, structure)]


def _kind_missing(role: str, name: str, place: Any, catalog: Catalog) -> ConfigError:
    return ConfigError(
        f'invalid {role} config: {role} kind is required for "{name}"',
        place=place,
        # It may be meant to add to what was found, on a machine where nobody has looked.
        hints=[
            *(catalog.exploring if role == IDENTITY else []),
            f"kinds of {role}: {', '.join(registry.kinds(role))}",
        ],
    )


def _chain(resolver: Resolver, name: str) -> list[AtmosAuthError]:
    try:
        links = resolver.links(name)
    except ConfigError as broken:
        return [broken]
    return list(misfits_between(links))


def _following(catalog: Catalog, resolver: Resolver, name: str) -> list[AtmosAuthError]:
    """What is wrong with an integration's `via`; what is wrong with the chain there is found by its own name."""
    try:
        role, referred = followed(catalog, name)
    except ConfigError as broken:
        return [broken]
    if role != IDENTITY:
        return []
    with suppress(ConfigError):
        link = integration_link(catalog, name)
        tip = resolver.links(referred)[-1]
        needs = registry.load(registry.find(link.kind, INTEGRATION)).needs
        gives = registry.load(registry.find(tip.kind, IDENTITY)).gives
        if not issubclass(gives, tuple(needs)):
            place = catalog.place("integrations", name, "via", "identity")
            return [LinksDoNotMeet(f"{link} needs {any_of(needs)}, but {tip} gives {gives.words()}", place=place)]
    return []


def _once(failures: Iterable[AtmosAuthError]) -> tuple[AtmosAuthError, ...]:
    """An entry's fault shows up again in every chain through it."""
    seen = {(failure.place, failure.message): failure for failure in failures}
    return tuple(sorted(seen.values(), key=lambda f: (f.place is None, f.place or (), f.message)))
