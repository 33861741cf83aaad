"""Every entry of a configuration, the broken ones too: one that cannot be used never hides the others."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from atmos_auth.config.tree import Tagged
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AtmosAuthError, ConfigError
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog
from atmos_auth.usecases.listing.chains import Chains, Fault
from atmos_auth.usecases.listing.entry import Entry, Key
from atmos_auth.usecases.listing.redaction import redacted


def listing(
    catalog: Catalog, *, chain_of: Callable[[str], Chain], stored: Callable[[Chain], AwsCredentials | None]
) -> list[Entry]:
    """Return providers, then identities, each sorted by name; no network, no prompts.

    Functions of the settings run, as they do for every use of an entry. Raises `ConfigError` only where a whole section
    cannot be read.
    """
    kinds = _Kinds()
    sections = ((PROVIDER, catalog.providers(), catalog.provider), (IDENTITY, catalog.identities(), catalog.identity))
    found = [_read(catalog, role, name, read) for role, names, read in sections for name in names]
    entries = [
        entry._replace(parent=_parent(entry.settings, kinds)) if entry.role == IDENTITY else entry for entry in found
    ]
    known = {entry.key for entry in entries}
    faults = {entry.key: reason for entry in entries if (reason := _own_fault(entry, kinds, known))}
    chains = Chains({entry.key: entry.parent_key for entry in entries}, faults, chain_of)
    names = {entry.key: (entry.role, entry.name) for entry in entries}
    return [_with_standing(entry, chains[entry.key], names, stored) for entry in entries]


def _read(catalog: Catalog, role: str, name: str, read: Callable[[str], tuple[str, Mapping[str, Any]]]) -> Entry:
    try:
        written, settings = read(name)
        return Entry(role, written, redacted(settings))
    except ConfigError as broken:
        settings = _as_far_as_readable(catalog, role, name)
        return Entry(role, name, redacted(settings), problem=broken.message)


def _as_far_as_readable(catalog: Catalog, role: str, name: str) -> Mapping[str, Any]:
    """Return the settings of a broken entry, with the name of a function for what it would give."""
    try:
        settings = catalog.unresolved("providers" if role == PROVIDER else "identities", name)
    except ConfigError:
        return {}
    return _without_functions(settings) if isinstance(settings, Mapping) else {}


def _without_functions(value: Any) -> Any:
    if isinstance(value, Tagged):
        return value.tag
    if isinstance(value, Mapping):
        return {key: _without_functions(inner) for key, inner in value.items()}
    return [_without_functions(inner) for inner in value] if isinstance(value, list) else value


class _Kind(NamedTuple):
    stands_alone: bool = False
    fault: str = ""


class _Kinds:
    """What must be known of each kind; asked of the registry once, for installed packages are searched slowly."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _Kind] = {}

    def __call__(self, role: str, kind: str) -> _Kind:
        if (role, kind) not in self._known:
            try:
                self._known[role, kind] = _Kind(registry.find(kind, role).stands_alone)
            except ConfigError as unknown:
                self._known[role, kind] = _Kind(fault=unknown.message)
        return self._known[role, kind]


def _parent(settings: Mapping[str, Any], kinds: _Kinds) -> Key | None:
    via, kind = settings.get("via"), settings.get("kind")
    if not isinstance(via, Mapping) or (isinstance(kind, str) and kinds(IDENTITY, kind).stands_alone):
        return None
    return next(((role, str(via[role])) for role in (PROVIDER, IDENTITY) if via.get(role)), None)


def _own_fault(entry: Entry, kinds: _Kinds, known: set[Key]) -> str:
    """Return why an entry cannot be used whatever it hangs from, as far as that is known without walking its chain."""
    if entry.problem:
        return entry.problem
    kind = entry.settings.get("kind")
    if not isinstance(kind, str) or not kind.strip():
        return f'invalid {entry.role} config: {entry.role} kind is required for "{entry.name}"'
    fault = kinds(entry.role, kind).fault
    via = entry.settings.get("via")
    if not fault and entry.parent and entry.parent_key not in known and isinstance(via, Mapping) and len(via) == 1:
        role, name = entry.parent
        return f'invalid auth config: {entry.role} "{entry.name}" ({kind}): referenced {role} "{name}" does not exist'
    return fault


def _with_standing(
    entry: Entry,
    chain: Chain | Fault,
    names: Mapping[Key, Key],
    stored: Callable[[Chain], AwsCredentials | None],
) -> Entry:
    if isinstance(chain, Fault):
        return entry._replace(problem=chain.message, blocked_by=names[chain.at] if chain.at != entry.key else None)
    if entry.role == PROVIDER:
        return entry
    try:
        credentials = stored(chain)
    except AtmosAuthError as unreadable:
        return entry._replace(problem=unreadable.message)
    if credentials is None:
        return entry
    return entry._replace(expires_at=credentials.expires_at, delivered=True)
