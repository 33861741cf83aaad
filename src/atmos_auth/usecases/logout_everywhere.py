"""Signing out for good: whatever this user has on this machine, in every realm, known to the configuration or not."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from atmos_auth.delivery.aws_files import AwsFiles, Delivered
from atmos_auth.domain.chain import PROVIDER, Link
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.ports import Clock, TokenStore
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.host.browser_profile import BrowserProfile
from atmos_auth.host.paths import Paths
from atmos_auth.host.sweeping import files_below, sweep
from atmos_auth.stores.provisioned_files import ProvisionedFiles
from atmos_auth.stores.realms import realms_on_disk
from atmos_auth.stores.token_files import TokenFiles
from atmos_auth.usecases.logout import Plan, Step

if TYPE_CHECKING:
    from atmos_auth.usecases.integrations import Undoing


class Everywhere:
    """The plan for all realms; making it changes nothing and uses no network.

    `paths` are those of the current realm, `profiles` knows the folders that the current configuration names, and
    `integrated` gives what integrations have done in a realm; `build` turns a link into its kind, `keys` opens the
    keyring; `warn` is told of files that cannot be understood; `given`
    lays over a store what other programs have from it.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        profiles: AwsFiles,
        build: Callable[[Link], Any],
        keys: Callable[[], SecretStore],
        clock: Clock,
        warn: Callable[[str], None],
        given: Callable[[TokenStore], TokenStore] = lambda own: own,
        integrated: "Callable[[Paths], Iterable[Undoing]]" = lambda _: (),
    ) -> None:
        self._paths = paths
        self._profiles = profiles
        self._build = build
        self._keys = keys
        self._clock = clock
        self._warn = warn
        self._given = given
        self._integrated = integrated

    def plan(self, *, keychain: bool) -> Plan:
        """Plan for everything; with `keychain` the keyring is asked whose keys it holds, and may raise `StoreError`."""
        realms = realms_on_disk(self._paths)
        steps = [step for realm in realms for step in self._of_realm(realm)]
        steps += self._of_files(self._profiles, "")  # folders of the configuration's own choice
        alone = {
            self._paths.browser_sessions: ("sign-ins of IAM users through the browser, all of them", self._paths.cache),
            self._paths.answers: ("answers that could be given again, all of them", self._paths.cache),
            self._paths.console_profiles: ("web console profiles of browsers, all of them", self._paths.data),
        }
        steps += [self._sweeping(folder, *words) for folder, words in alone.items()]
        named = [f'"{realm}"' if realm else "none" for realm in realms]
        notes = [f"realms on this machine: {', '.join(named)}"] if any(realms) else []
        keys = list(self._keys_of_all()) if keychain else []
        return Plan("everything, in every realm", steps, keys, notes, is_of_all_realms=True)

    def _of_realm(self, realm: str) -> Iterator[Step]:
        paths = self._paths.in_realm(realm)
        where = f' (realm "{realm}")' if realm else ""
        for undoing in self._integrated(paths):
            key = ("integration", realm, undoing.key)
            yield Step(f"{undoing.what}{where}", key, undoing.is_there, undoing.run)
        yield from self._of_files(AwsFiles(paths, clock=self._clock, config_directory=""), where)
        yield from self._of_portals(paths.sso_sessions, where)
        lists = ProvisionedFiles(paths, warn=self._warn)
        for name in lists.providers():
            what, target = f"list of the accounts and roles of {name}{where}", ("provisioned", lists.path(name))
            yield Step(what, target, partial(lists.exists, name), partial(lists.remove, name))
        for name in _names(paths.browser_profiles):
            if os.path.isdir(os.path.join(paths.browser_profiles, name)):
                window = BrowserProfile(paths.browser_profiles, name, clock=self._clock)
                what, target = f"browser window of {name}{where}", ("browser window", window.path)
                yield Step(what, target, partial(os.path.isdir, window.path), partial(_forget, window))
        portals = os.path.dirname(paths.sso_sessions)
        yield self._sweeping(paths.aws_folders, f"what else is in {paths.aws_folders}", paths.config)
        windows = paths.browser_profiles
        # A browser that is open keeps its folder, and all that is in it.
        clear = partial(_sweep_what_is_no_window, windows, clock=self._clock, base=paths.cache)
        yield self._sweeping(windows, f"what else is in {windows}", paths.cache)._replace(run=clear)
        for folder in (portals, paths.locks):
            yield self._sweeping(folder, f"what else is in {folder}", paths.cache)

    def _of_files(self, files: AwsFiles, where: str) -> list[Step]:
        def handed_out(folder: str, profile: str) -> list[Delivered]:
            return [found for found in files.delivered() if (found.folder, found.profile) == (folder, profile)]

        def is_there(folder: str, profile: str) -> bool:
            return bool(handed_out(folder, profile))

        return [
            Step(
                f'credentials of identity "{profile}"{where}',
                ("profile", folder, profile),
                partial(is_there, folder, profile),
                partial(files.remove_profile, folder, profile),
                partial(handed_out, folder, profile),
            )
            for folder, profile in dict.fromkeys((found.folder, found.profile) for found in files.delivered())
        ]

    def _of_portals(self, folder: str, where: str) -> Iterator[Step]:
        """Each session is ended at AWS with what its own file says, then forgotten here."""
        files = TokenFiles(folder, warn=self._warn)
        tokens = self._given(files)
        for name in _names(folder):
            session, extension = os.path.splitext(name)
            token = tokens.read(session) if extension == ".json" else None
            if token is None:
                continue
            what = f"portal session of {token.start_url}{where}"
            is_there = partial(os.path.isfile, files.path(session))
            forget = partial(tokens.remove, session)
            yield Step(f"{what}, at AWS", ("session at AWS", folder, session), is_there, partial(self._end, token))
            yield Step(f"{what}, on this machine", ("session here", folder, session), is_there, forget)

    def _end(self, token: SsoToken) -> bool:
        """End the session at AWS, as the provider that it came from would; raises `ServiceError` or `ConfigError`."""
        kind = "aws/iam-identity-center"
        settings = {"kind": kind, "start_url": token.start_url, "region": token.region}
        spec = {"spec": {"endpoint_url": token.endpoint_url}} if token.endpoint_url else {}
        return bool(self._build(Link(token.start_url, PROVIDER, kind, settings | spec)).sign_out(token))

    def _sweeping(self, folder: str, what: str, base: str) -> Step:
        return Step(
            what,
            ("folder", folder),
            lambda: bool(files_below(folder)),
            partial(sweep, folder, clock=self._clock, base=base),
        )

    def _keys_of_all(self) -> Iterator[Step]:
        keys = self._keys()
        for realm in keys.realms():
            store = keys.in_realm(realm)
            where = f' (realm "{realm}")' if realm else ""
            for name in store.names():
                yield Step(
                    f'"{name}"{where}, in the keyring',
                    ("keyring", realm, name.lower()),
                    lambda: True,  # it was listed just now, and nothing of it need be read
                    partial(store.remove, name),
                )


def _forget(window: BrowserProfile) -> bool:
    with window.exclusive(seconds=0):
        return window.remove()


def _sweep_what_is_no_window(folder: str, *, clock: Clock, base: str) -> bool:
    if any(os.path.isdir(os.path.join(folder, name)) for name in _names(folder)):
        return False
    return sweep(folder, clock=clock, base=base)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
