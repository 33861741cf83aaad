"""Which providers are portals, and which identities somebody has already written down for what a portal has."""

from collections.abc import Mapping
from typing import Any

from atmos_auth.domain.chain import PROVIDER, Link
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import ConfigError, InvalidSetting
from atmos_auth.domain.names import Assignment
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog


def portals(catalog: Catalog) -> list[str]:
    """Name the providers that give a portal session; those that cannot be read are left out."""
    return [name for name in catalog.providers() if _portal(catalog, name) is not None]


def require_portal(catalog: Catalog, provider: Link) -> None:
    """Raise `InvalidSetting` for a provider that is no portal: it has no list of accounts and roles."""
    if _portal(catalog, provider.name) is None:
        known = portals(catalog)
        raise InvalidSetting(
            f"{provider} has no list of accounts and roles: it is no portal",
            place=provider.place,
            hints=[f"atmos auth discover --provider {name}" for name in known[:3]]
            or ["discovery needs a provider of kind aws/iam-identity-center"],
        )


def written_names(catalog: Catalog, found: Provisioned) -> dict[Assignment, list[str]]:
    """Return, for what was found at a portal, the identities in `catalog` that are the same permission set."""
    by_id: dict[tuple[str, str], Assignment] = {}
    by_name: dict[tuple[str, str], list[Assignment]] = {}
    for assignment in found.identities.values():
        by_id[assignment.account_id, assignment.role] = assignment
        by_name.setdefault((assignment.account_name, assignment.role), []).append(assignment)
    names: dict[Assignment, list[str]] = {}
    for identity in catalog.identities():
        account_id, account_name, role = _permission_set(catalog, identity, found.portal)
        same_name = by_name.get((account_name, role), [])
        # A name that several accounts share leads to none of them.
        named = same_name[0] if len(same_name) == 1 else None
        meant = by_id.get((account_id, role)) if account_id else named
        if meant is not None:
            names.setdefault(meant, []).append(identity)
    return names


def _portal(catalog: Catalog, provider: str) -> Portal | None:
    try:
        _, settings = catalog.provider(provider)
        kind, start_url, region = (settings.get(key) for key in ("kind", "start_url", "region"))
        if not (isinstance(kind, str) and isinstance(start_url, str) and isinstance(region, str)):
            return None
        gives = registry.load(registry.find(kind, PROVIDER)).gives
    except ConfigError:
        return None
    return Portal(start_url, region) if gives is SsoToken else None


def _permission_set(catalog: Catalog, identity: str, portal: Portal) -> tuple[str, str, str]:
    """Return number and name of an identity's account, and its role; all empty for what is not of this portal."""
    nothing = ("", "", "")
    try:
        _, settings = catalog.identity(identity)
    except ConfigError:
        return nothing
    via, principal = _mapping(settings.get("via")), _mapping(settings.get("principal"))
    provider, account = via.get("provider"), _mapping(principal.get("account"))
    if settings.get("kind") != "aws/permission-set" or not isinstance(provider, str):
        return nothing
    if _portal(catalog, provider) != portal:
        return nothing
    return str(account.get("id") or ""), str(account.get("name") or ""), str(principal.get("name") or "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
