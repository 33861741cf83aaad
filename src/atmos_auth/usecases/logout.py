"""Signing out: what goes, what stays, and what AWS is told."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from atmos_auth.delivery.aws_files import AwsFiles, Delivered
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import AtmosAuthError, ConfigError, ServiceError
from atmos_auth.domain.ports import BrowserSessionStore, IsolatedBrowser, TokenStore
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.resolve import Resolver

if TYPE_CHECKING:
    from atmos_auth.stores.provisioned_files import ProvisionedFiles
    from atmos_auth.usecases.integrations import Undoing


class Step(NamedTuple):
    """One thing that goes: `what` in words, `run` does it and tells whether there was anything to do.

    `is_there` tells beforehand whether there is; steps with equal `target` go for the same thing. `handed_out` gives
    the temporary credentials that go with it.
    """

    what: str
    target: tuple[str, ...]
    is_there: Callable[[], bool]
    run: Callable[[], bool]
    handed_out: Callable[[], Sequence[Delivered]] = tuple


class Plan(NamedTuple):
    """What is to go: `who` in words, the sessions, the long-lived keys, and what a person should know about it.

    `others` is what this configuration does not know and another one may still use; `is_of_all_realms` tells that it
    goes beyond the current realm.
    """

    who: str
    sessions: list[Step]
    keys: list[Step]
    notes: list[str]
    others: Sequence[Step] = ()
    is_of_all_realms: bool = False


class Outcome(NamedTuple):
    """What was removed, and what could not be, each in words; and the temporary credentials that went."""

    removed: tuple[str, ...]
    failures: tuple[str, ...]
    handed_out: tuple[Delivered, ...] = ()


class Logout:
    """Plans of what goes; making one changes nothing, asks nobody and uses no network.

    `build` turns a link into its kind; `keys` opens the keyring, only when a plan's keys are looked at. `lent` gives
    the session of another program that we would use where there is none of our own.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        resolver: Resolver,
        profiles: AwsFiles,
        tokens: Callable[[], TokenStore],
        keys: Callable[[], SecretStore],
        browser_sessions: Callable[[], BrowserSessionStore],
        build: Callable[[Link], Any],
        consoles: IsolatedBrowser | None = None,
        provisioned: "ProvisionedFiles | None" = None,
        integrated: "Callable[[str], Iterable[Undoing]]" = lambda _: (),
        lent: Callable[[str], SsoToken | None] = lambda _: None,
    ) -> None:
        self._catalog = catalog
        self._resolver = resolver
        self._profiles = profiles
        self._tokens = tokens
        self._keys = keys
        self._browser_sessions = browser_sessions
        self._build = build
        self._consoles = consoles
        self._provisioned = provisioned
        self._integrated = integrated
        self._lent = lent

    def identity(self, name: str) -> Plan:
        """Plan for one identity: its own credentials; what it came from stays for its siblings."""
        chain = self._resolver.identity(name)
        steps = [*self._integrations_of(chain.tip.name), *self._of_tip(chain), *self._console_of(chain)]
        return Plan(f'identity "{chain.tip.name}"', steps, self._keys_of(chain), [])

    def forgotten(self, name: str) -> Plan | None:
        """Plan for an identity that the configuration does not have; None when nothing of it is on this machine."""
        found = [delivered for delivered in self._profiles.delivered() if delivered.profile.lower() == name.lower()]
        signed_in = self._browser_sessions().read(name) is not None
        if not found and not signed_in:
            return None
        written = found[0].profile if found else name
        steps = [*self._integrations_of(written), *self._of_profiles(found)]
        if signed_in:
            what, target = f'browser sign-in of identity "{written}"', ("browser sign-in", IDENTITY, name.lower())
            steps.append(
                Step(
                    what,
                    target,
                    lambda: self._browser_sessions().read(name) is not None,
                    lambda: self._browser_sessions().remove(name),
                )
            )
        note = f'identity "{written}" is not in this configuration; what is here under that name goes'
        return Plan(f'identity "{written}"', steps, [self._key_step(written)], [note])

    def tagged(self, names: Sequence[str]) -> Plan:
        """Plan for several providers, their sessions and all their identities."""
        plans = [self.provider(name) for name in names]
        together = Plan(", ".join(plan.who for plan in plans), [], [], [])
        for plan in plans:
            together.sessions.extend(plan.sessions)
            together.keys.extend(plan.keys)
            together.notes.extend(note for note in plan.notes if note not in together.notes)
        return together

    def provider(self, name: str) -> Plan:
        """Plan for a provider's session and for every identity that starts from it."""
        written, _ = self._catalog.provider(name)
        plan = self._of_identities(f'provider "{written}"', lambda chain: chain.root[:2] == (written, PROVIDER))
        plan.keys.extend(self._password_of(written))
        sharing = [other for other in self._catalog.providers() if other != written and self._share(written, other)]
        if sharing:
            note = f"the portal session is shared: {', '.join(sharing)} will have to sign in again as well"
            plan.notes.append(note)
        plan.notes.extend(self._of_others(written))
        plan.sessions.extend(self._of_profiles(self._forgotten([written])))
        return plan._replace(sessions=[*plan.sessions, *self._session(written), *self._found_at(written)])

    def everything(self) -> Plan:
        """Plan for all identities and all providers, those that no identity uses included."""
        plan = self._of_identities("everything", lambda chain: True)
        sessions: list[Step] = []
        usable: list[str] = []
        for name in self._catalog.providers():
            try:
                sessions += [*self._session(name), *self._found_at(name)]
                plan.keys.extend(self._password_of(name))
                plan.notes.extend(note for note in self._of_others(name) if note not in plan.notes)
                usable.append(name)
            except ConfigError as broken:
                plan.notes.append(f'provider "{name}" is passed over: {broken}')
        ours = self._forgotten(usable)
        plan.sessions.extend(self._of_profiles(ours))
        others = self._of_profiles(delivered for delivered in self._forgotten() if delivered not in ours)
        return plan._replace(sessions=[*plan.sessions, *sessions], others=others)

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
                    plan.sessions.extend(self._integrations_of(chain.tip.name))
                    plan.sessions.extend([*self._of_tip(chain), *self._console_of(chain)])
                    plan.keys.extend(self._keys_of(chain))
            except ConfigError as broken:
                plan.notes.append(f'identity "{name}" is passed over: {broken}')
        return plan

    def _integrations_of(self, identity: str) -> list[Step]:
        """What integrations have written for an identity, into files of other programs."""
        return [
            Step(undoing.what, ("integration", undoing.key), undoing.is_there, undoing.run)
            for undoing in self._integrated(identity)
        ]

    def _of_tip(self, chain: Chain) -> list[Step]:
        """The delivered credentials of the chain's tip, and its sign-in through the browser if it keeps one."""
        steps = [
            Step(
                f'credentials of identity "{chain.tip.name}"',
                ("profile", self._profiles.folder(chain.root), chain.tip.name),
                partial(self._profiles.holds, chain),
                partial(self._profiles.remove, chain),
                partial(self._handed_out, self._profiles.folder(chain.root), chain.tip.name),
            )
        ]
        return [*steps, *self._browser_sign_in(chain.tip)]

    def _of_profiles(self, found: Iterable[Delivered]) -> list[Step]:
        """Steps for profiles that no identity of the configuration leads to."""
        places = dict.fromkeys((delivered.folder, delivered.profile) for delivered in found)
        return [self._profile_step(folder, profile) for folder, profile in places]

    def _profile_step(self, folder: str, profile: str) -> Step:
        return Step(
            f'credentials of identity "{profile}", which this configuration does not have',
            ("profile", folder, profile),
            lambda: bool(self._handed_out(folder, profile)),
            partial(self._profiles.remove_profile, folder, profile),
            partial(self._handed_out, folder, profile),
        )

    def _handed_out(self, folder: str, profile: str) -> list[Delivered]:
        return [
            delivered
            for delivered in self._profiles.delivered()
            if (delivered.folder, delivered.profile) == (folder, profile)
        ]

    def _forgotten(self, providers: Sequence[str] | None = None) -> list[Delivered]:
        """Find profiles on disk of identities that the configuration does not have: all, or those of these providers.

        Another project may have a provider of the same name: what came from another session is its own.
        """
        known = set()
        for name in self._catalog.identities():
            with suppress(ConfigError):
                chain = self._resolver.identity(name)
                known.add((self._profiles.folder(chain.root), chain.tip.name))
        found = [d for d in self._profiles.delivered() if (d.folder, d.profile) not in known and d.home is None]
        if providers is None:
            return found
        links = [self._resolver.provider(name).tip for name in providers]
        folders = {self._profiles.folder(link) for link in links}
        sessions = {getattr(self._build(link), "session", None) for link in links} - {None}
        return [d for d in found if d.session in sessions or (d.session is None and d.folder in folders)]

    def _browser_sign_in(self, link: Link) -> list[Step]:
        if not hasattr(_kind_class(link), "sign_out_of_browser"):
            return []
        kind = self._build(link)
        what = f'browser sign-in of {link.role} "{link.name}"'
        target = ("browser sign-in", link.role, link.name.lower())
        return [Step(what, target, kind.is_signed_in_to_browser, kind.sign_out_of_browser)]

    def _console_of(self, chain: Chain) -> list[Step]:
        """The browser profile in which the web console was open as the chain's tip."""
        if self._consoles is None:
            return []
        name = chain.tip.name
        return [
            Step(
                f'web console profile of identity "{name}"',
                ("console profile", name.lower()),
                partial(self._consoles.has_profile, name),
                partial(self._consoles.forget, name),
            )
        ]

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
        return [self._key_step(chain.tip.name)]

    def _key_step(self, name: str) -> Step:
        return Step(
            f'long-lived keys of identity "{name}", in the keyring',
            ("keyring", name.lower()),
            lambda: self._keys().get(name) is not None,
            lambda: self._keys().remove(name),
        )

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

    def _found_at(self, provider: str) -> list[Step]:
        """The list of what was found at a provider's portal."""
        if self._provisioned is None:
            return []
        return [
            Step(
                f'list of the accounts and roles of provider "{provider}"',
                ("provisioned", self._provisioned.path(provider)),
                partial(self._provisioned.exists, provider),
                partial(self._provisioned.remove, provider),
            )
        ]

    def _of_others(self, provider: str) -> list[str]:
        """What stays of a provider's portal because it is another program's: it is that program's to end."""
        session = getattr(self._build(self._resolver.provider(provider).tip), "session", None)
        token = self._lent(session) if isinstance(session, str) else None
        if token is None:
            return []
        stays = f"{token.lent_by} stays signed in to {token.start_url}"
        return [f"{stays}, and its session would be used: `aws sso logout` ends it"]

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
    handed_out: list[Delivered] = []
    for step in steps:
        try:
            going = step.handed_out()
            if step.run():
                removed.append(step.what)
                handed_out += going
        except AtmosAuthError as failure:
            failures.append(f"{step.what} is still there: {failure.message}")
    return Outcome(tuple(removed), tuple(failures), tuple(handed_out))


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
