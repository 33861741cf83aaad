"""Which identity is meant: the flag, then ATMOS_IDENTITY, then the one default, then the person."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import NoDefaultIdentity, NoIdentities, SelectionError, SeveralDefaults, UnknownIdentity
from atmos_auth.engine.catalog import Catalog

if TYPE_CHECKING:
    from atmos_auth.domain.ports import Prompter

_READ = 20


class Asked(NamedTuple):
    """What the caller said: a `name` (or a word that disables), or that the person should `pick` among all."""

    name: str | None = None
    pick: bool = False


def disables(word: str) -> bool:
    """Tell whether a word given as an identity switches authentication off."""
    return word.strip().lower() in env_names.DISABLING_WORDS


def select_identity(catalog: Catalog, asked: Asked, *, environ: Mapping[str, str], prompter: "Prompter") -> str | None:
    """Return the identity's name as written, or None when authentication is switched off.

    May prompt, if the prompter can ask. Raises a `SelectionError` (where nobody can be asked, for one) or `Cancelled`.
    """
    if asked.pick:
        return _pick(prompter, "Choose an identity:", _all(catalog))
    named = asked.name if asked.name is not None else environ.get(env_names.ATMOS_IDENTITY) or None
    if named is not None:
        if disables(named):
            return None
        try:
            return catalog.identity(named)[0]
        except UnknownIdentity as unknown:
            if asked.name is None:
                unknown.details = (f"it is named by {env_names.ATMOS_IDENTITY}",)
                unknown.hints = (*unknown.hints, f"unset {env_names.ATMOS_IDENTITY}")
            raise
    defaults = catalog.default_identities()
    if len(defaults) == 1:
        return defaults[0]
    if not prompter.can_ask:
        raise _undecided(catalog)
    if defaults:
        return _pick(prompter, "Multiple default identities found. Please choose one:", defaults)
    return _pick(prompter, "No default identity configured. Please choose an identity:", _all(catalog))


def require_decided(catalog: Catalog, asked: Asked, *, environ: Mapping[str, str]) -> None:
    """Raise a `SelectionError` where a person would have to be asked without having wished for it."""
    named = asked.pick or asked.name or environ.get(env_names.ATMOS_IDENTITY)
    if not named and len(catalog.default_identities()) != 1:
        raise _undecided(catalog)


def _undecided(catalog: Catalog) -> SelectionError:
    """Return the error for when neither the caller nor the configuration decides; raises `NoIdentities`."""
    defaults = catalog.default_identities()
    if defaults:
        return SeveralDefaults(
            f"multiple default identities found: {', '.join(f'`{name}`' for name in defaults)}",
            hints=[f"name one: --identity {defaults[0]}", "or leave `default: true` with one of them only"],
        )
    names = _all(catalog)
    return NoDefaultIdentity(
        "no default identity configured for authentication",
        details=[f"identities: {enumerated(names)}"],
        hints=[
            f"name one: --identity {names[0]}, or {env_names.ATMOS_IDENTITY}={names[0]}",
            "or mark one with `default: true`",
            "atmos auth list",
        ],
    )


def enumerated(names: Sequence[str]) -> str:
    """Return the names for an error: as many as a person reads, and how many more there are."""
    more = len(names) - _READ
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_READ])} and {more:,} more"


def _all(catalog: Catalog) -> list[str]:
    names = catalog.identities()
    if not names:
        raise NoIdentities(
            "no identities available: the configuration defines none",
            details=["no atmos.yaml was found here, above, or in the repository"] if catalog.is_unwritten else [],
            hints=[
                *catalog.exploring,
                "define one under `auth.identities` in atmos.yaml",
                "if a profile defines them: --profile NAME",
            ],
        )
    return names


def _pick(prompter: "Prompter", question: str, names: list[str]) -> str:
    if not prompter.can_ask:
        raise SelectionError(
            "interactive identity selection: requires a TTY",
            details=[f"identities: {enumerated(names)}"],
            hints=[f"name one: --identity {names[0]}"],
        )
    chosen = prompter.choose(question, names)
    prompter.say(f"✓ Selected identity: {chosen}")
    return chosen
