"""Signing out: what goes, what stays, and what AWS is told."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from atmos_auth.delivery.aws_files import AwsFiles
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.domain.errors import AtmosAuthError, ConfigError, ServiceError
from atmos_auth.domain.ports import TokenStore
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.resolve import Resolver


class Step(NamedTuple):
    """One thing that goes: `what` in words, `run` does it and tells whether there was anything to do.

    `is_there` tells beforehand whether there is; steps with equal `target` go for the same thing.
    """

    what: str
    target: tuple[str, ...]
    is_there: Callable[[], bool]
    run: Callable[[], bool]


class Plan(NamedTuple):
    """What is to go: `who` in words, the sessions, the long-lived keys, and what a person should know about it."""

    who: str
    sessions: list[Step]
    keys: list[Step]
    notes: list[str]


class Outcome(NamedTuple):
    """What was removed, and what could not be, each in words."""

    removed: tuple[str, ...]
    failures: tuple[str, ...]


class Logout:
    """Plans of what goes; making one changes nothing, asks nobody and uses no network.

    `build` turns a link into its kind; `keys` opens the keyring, only when a plan's keys are looked at.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        resolver: Resolver,
        profiles: AwsFiles,
        tokens: Callable[[], TokenStore],
        keys: Callable[[], SecretStore],
        build: Callable[[Link], Any],
    ) -> None:
        self._catalog = catalog
        self._resolver = resolver
        self._profiles = profiles
        self._tokens = tokens
        self._keys = keys
        self._build = build

    def identity(self, name: str) -> Plan:
        """Plan for one identity: its own credentials; what it came from stays for its siblings."""
        chain = self._resolver.identity(name)
        return Plan(f'identity "{chain.tip.name}"', self._of_tip(chain), self._keys_of(chain), [])

    def provider(self, name: str) -> Plan:
        """Plan for a provider's session and for every identity that starts from it."""
        written, _ = self._catalog.provider(name)
        plan = self._of_identities(f'provider "{written}"', lambda chain: chain.root[:2] == (written, PROVIDER))
        plan.keys.extend(self._password_of(written))
        sharing = [other for other in self._catalog.providers() if other != written and self._share(written, other)]
        if sharing:
            note = f"the portal session is shared: {', '.join(sharing)} will have to sign in again as well"
            plan.notes.append(note)
        return plan._replace(sessions=[*plan.sessions, *self._session(written)])

    def everything(self) -> Plan:
        """Plan for all identities and all providers, those that no identity uses included."""
        plan = self._of_identities("everything", lambda chain: True)
        for name in self._catalog.providers():
            plan.sessions.extend(self._session(name))
            plan.keys.extend(self._password_of(name))
        return plan

    def from_scratch(self, chain: Chain) -> Plan:
        """Plan for whatever the chain could start from again, the session at AWS first: it may be out of reach."""
        steps: list[Step] = []
        for length in range(1, len(chain.links) + 1):
            part = Chain(chain.links[:length], chain.fingerprints[:length])
            steps += self._of_tip(part) if part.tip.role == IDENTITY else self._session(part.tip.name)
        return Plan(f"{chain.tip}", steps, [], [])

    def _of_identities(self, who: str, goes: Callable[[Chain], bool]) -> Plan:
        """Collect the steps of all identities that `goes` picks; a broken one must not keep the others signed in."""
        plan = Plan(who, [], [], [])
        for name in self._catalog.identities():
            try:
                chain = self._resolver.identity(name)
                if goes(chain):
                    plan.sessions.extend(self._of_tip(chain))
                    plan.keys.extend(self._keys_of(chain))
            except ConfigError as broken:
                plan.notes.append(f'identity "{name}" is passed over: {broken}')
        return plan

    def _of_tip(self, chain: Chain) -> list[Step]:
        """The delivered credentials of the chain's tip, and its sign-in through the browser if it keeps one."""
        steps = [
            Step(
                f'credentials of identity "{chain.tip.name}"',
                ("profile", self._profiles.folder(chain.root), chain.tip.name),
                partial(self._profiles.holds, chain),
                partial(self._profiles.remove, chain),
            )
        ]
        return [*steps, *self._browser_sign_in(chain.tip)]

    def _browser_sign_in(self, link: Link) -> list[Step]:
        if not hasattr(_kind_class(link), "sign_out_of_browser"):
            return []
        kind = self._build(link)
        what = f'browser sign-in of {link.role} "{link.name}"'
        target = ("browser sign-in", link.role, link.name.lower())
        return [Step(what, target, kind.is_signed_in_to_browser, kind.sign_out_of_browser)]

    def _password_of(self, provider: str) -> list[Step]:
        """The password that a provider's kind keeps in the keyring, if it keeps one."""
        entry = getattr(self._build(self._resolver.provider(provider).tip), "password_entry", None)
        if not isinstance(entry, str):
            return []
        return [
            Step(
                f'password of provider "{provider}", in the keyring',
                ("keyring", entry.lower()),
                lambda: self._keys().get(entry) is not None,
                lambda: self._keys().remove(entry),
            )
        ]

    def _keys_of(self, chain: Chain) -> list[Step]:
        if not hasattr(_kind_class(chain.tip), "key_entry"):
            return []
        name = chain.tip.name
        return [
            Step(
                f'long-lived keys of identity "{name}", in the keyring',
                ("keyring", name.lower()),
                lambda: self._keys().get(name) is not None,
                lambda: self._keys().remove(name),
            )
        ]

    def _session(self, provider: str) -> list[Step]:
        """The session of a provider, if its kind keeps one: ended at the service, then forgotten here."""
        link = self._resolver.provider(provider).tip
        kind = self._build(link)
        session = getattr(kind, "session", None)
        if not isinstance(session, str):
            return self._browser_sign_in(link)
        tokens = self._tokens()

        def end_at_service() -> bool:
            token = tokens.read(session)
            return token is not None and bool(kind.sign_out(token))

        def is_there() -> bool:
            return tokens.read(session) is not None

        what = f'portal session of provider "{provider}"'
        return [
            Step(f"{what}, at AWS", ("session at AWS", session), is_there, end_at_service),
            Step(f"{what}, on this machine", ("session here", session), is_there, partial(tokens.remove, session)),
        ]

    def _share(self, one: str, other: str) -> bool:
        """Tell whether both providers have the same session."""
        try:
            kinds = [self._build(self._resolver.provider(name).tip) for name in (one, other)]
        except ConfigError:
            return False
        sessions = {getattr(kind, "session", None) for kind in kinds}
        return len(sessions) == 1 and None not in sessions


def pending(steps: Iterable[Step]) -> list[Step]:
    """Return the steps that have something to do, one per target; changes nothing."""
    by_target: dict[tuple[str, ...], Step] = {}
    for step in steps:
        by_target.setdefault(step.target, step)
    return [step for step in by_target.values() if step.is_there()]


def carry_out(steps: Sequence[Step]) -> Outcome:
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


def drop(steps: Sequence[Step]) -> None:
    """Run the steps in order, up to the first whose service is out of reach: raises that `ServiceError`."""
    for step in steps:
        try:
            step.run()
        except ServiceError as failure:
            if failure.retryable:
                raise


def _kind_class(link: Link) -> Any:
    return registry.load(registry.find(link.kind, link.role, link.place))
