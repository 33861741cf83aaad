"""Signing out: what goes, what stays, and what AWS is told."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from atmos_auth.domain.chain import Chain
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.ports import ProfileStore, TokenStore


class Step(NamedTuple):
    """One thing that goes: `what` in words, `run` does it and tells whether there was anything to do."""

    what: str
    run: Callable[[], bool]


class Outcome(NamedTuple):
    """What was removed, and what could not be, each in words."""

    removed: tuple[str, ...]
    failures: tuple[str, ...]


def profile_steps(chains: Iterable[Chain], profiles: ProfileStore) -> list[Step]:
    """The delivered credentials of each chain's tip."""
    return [Step(f'credentials of identity "{chain.tip.name}"', partial(profiles.remove, chain)) for chain in chains]


def session_steps(chain: Chain, kind: Any, tokens: TokenStore) -> list[Step]:
    """The portal session of a provider, if its kind keeps one: ended at the service, then forgotten here."""
    session = getattr(kind, "session", None)
    if not isinstance(session, str):
        return []

    def end_at_service() -> bool:
        token = tokens.read(session)
        if token is None:
            return False
        kind.sign_out(token)
        return True

    return [
        Step(f'portal session of provider "{chain.tip.name}", at AWS', end_at_service),
        Step(f'portal session of provider "{chain.tip.name}", on this machine', partial(tokens.remove, session)),
    ]


def carry_out(steps: Iterable[Step]) -> Outcome:
    """Run every step, whatever becomes of the others; uses the network where a session is ended at the service."""
    removed: list[str] = []
    failures: list[str] = []
    for step in steps:
        try:
            if step.run():
                removed.append(step.what)
        except AtmosAuthError as failure:
            failures.append(f"{step.what}: {failure.message}")
    return Outcome(tuple(removed), tuple(failures))
