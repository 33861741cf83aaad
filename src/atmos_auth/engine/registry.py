"""The one table of kinds: what a configuration may name, and where its class lives; nothing is imported before use."""

from typing import Any, NamedTuple

from atmos_auth.domain.chain import IDENTITY, INTEGRATION, PROVIDER, SECTIONS
from atmos_auth.domain.errors import UnknownKind
from atmos_auth.domain.place import Place


class KindEntry(NamedTuple):
    """A kind's name and role, where its class is, and what must be known without loading it.

    `role` is PROVIDER, IDENTITY or INTEGRATION. `stands_alone`: an identity that starts a chain. `ambient`: its
    credential is whatever the environment gives, so it is never stored, and the AWS variables are part of its
    fingerprint. `fleeting`: its credential is made for one attempt, and every attempt gets another.
    """

    kind: str
    role: str
    module: str
    class_name: str
    stands_alone: bool = False
    ambient: bool = False
    fleeting: bool = False


BUILT_IN = (
    KindEntry(
        "aws/iam-identity-center",
        PROVIDER,
        "atmos_auth.providers.aws.iam_identity_center",
        "IamIdentityCenter",
    ),
    KindEntry("aws/saml", PROVIDER, "atmos_auth.providers.aws.saml", "Saml"),
    KindEntry("github/oidc", PROVIDER, "atmos_auth.providers.github.oidc", "GithubOidc", fleeting=True),
    KindEntry("aws/permission-set", IDENTITY, "atmos_auth.identities.aws.permission_set", "PermissionSet"),
    KindEntry("aws/assume-role", IDENTITY, "atmos_auth.identities.aws.assume_role", "AssumeRole"),
    KindEntry("aws/assume-root", IDENTITY, "atmos_auth.identities.aws.assume_root", "AssumeRoot"),
    KindEntry("aws/user", IDENTITY, "atmos_auth.identities.aws.user", "AwsUser", True),
    KindEntry("aws/ambient", IDENTITY, "atmos_auth.identities.aws.ambient", "AwsAmbient", True, True),
    KindEntry("ambient", IDENTITY, "atmos_auth.identities.ambient", "AmbientIdentity", True, True),
    KindEntry("aws/ecr", INTEGRATION, "atmos_auth.integrations.aws.ecr", "Ecr"),
    KindEntry("aws/ecr-public", INTEGRATION, "atmos_auth.integrations.aws.ecr_public", "EcrPublic"),
    KindEntry("aws/eks", INTEGRATION, "atmos_auth.integrations.aws.eks", "Eks"),
)
_BY_NAME = {(entry.role, entry.kind): entry for entry in BUILT_IN}


def find(kind: str, role: str, place: Place | None = None) -> KindEntry:
    """Return the entry of a kind; built-ins first, then installed plug-ins.

    Raises `UnknownKind`, or `BrokenKind` for what a package offers and cannot keep, at `place`.
    """
    entry = _BY_NAME.get((role, kind))
    if entry is not None:
        return entry
    from atmos_auth.engine import plugins

    offers = [offer for offer in plugins.offers() if (offer.role, offer.kind) == (role, kind)]
    if not offers:
        raise _unknown(kind, role, place)
    loaded = plugins.load(offers, place)
    return KindEntry(
        kind,
        role,
        offers[0].point.module,
        offers[0].point.attr,
        stands_alone=role == IDENTITY and not loaded.needs,
        fleeting=bool(getattr(loaded, "fleeting", False)),
    )


def is_built_in(kind: str, role: str) -> bool:
    """Tell whether the kind is our own, and so the same as long as we are."""
    return (role, kind) in _BY_NAME


def kinds(role: str) -> list[str]:
    """Every kind of this role, those that plug-ins offer included, sorted."""
    from atmos_auth.engine import plugins

    offered = (offer.kind for offer in plugins.offers() if offer.role == role)
    return sorted({*(entry.kind for entry in BUILT_IN if entry.role == role), *offered})


def load(entry: KindEntry) -> Any:
    """Import the class of a kind."""
    from importlib import import_module
    from operator import attrgetter

    return attrgetter(entry.class_name)(import_module(entry.module))


def _unknown(kind: str, role: str, place: Place | None) -> UnknownKind:
    from difflib import get_close_matches

    known = kinds(role)
    close = get_close_matches(kind, known, n=1)
    hints = [f'did you mean "{close[0]}"?'] if close else []
    for other, section in SECTIONS.items():
        if other != role and kind in kinds(other):
            hints = [f'"{kind}" is a kind of {other}: move the entry to `auth.{section}`']
    return UnknownKind(
        f'invalid {role} kind: unsupported {role} kind: "{kind}"',
        place=place,
        hints=[*hints, f"kinds of {role}: {', '.join(known)}"],
    )
