"""What a Python program can do with the identities of an atmos.yaml."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.errors import (
    AtmosAuthError,
    AuthenticationDisabled,
    ConfigError,
    CredentialsMissing,
    PartialLogout,
    StoreError,
)
from atmos_auth.library.logged_text import words_for_a_person
from atmos_auth.usecases.ensure import ASKING, OFFLINE, SILENT
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Options, Project, Streams

if TYPE_CHECKING:
    import boto3.session
    import botocore.session

    from atmos_auth.usecases.validate import Findings
    from atmos_auth.usecases.whoami import Status

T = TypeVar("T")


class Auth:
    """The identities of one configuration, as the command line has them, for a Python program.

    An `identity` is a name of the configuration, in any case; None is the one that `ATMOS_IDENTITY` names, else the one
    that is marked `default: true`. Nobody is ever asked which one is meant.

    Without `login`, no method asks a person for anything or opens a browser; sessions that can be renewed silently
    are. With `login=True` a person may be asked on the terminal that the program has, and in the browser. What is there
    already, from whichever process, serves in both cases.

    Every method may be called from several threads at once; while one of them waits for a person, the others go on.
    All raise `AtmosAuthError`: `message` is a sentence, `hints` name the commands that mend it.
    """

    def __init__(self, new_project: Callable[[], Project]) -> None:
        """Take what makes projects, each reading the configuration anew; most programs call `Auth.load()` instead."""
        self._new_project = new_project
        self._project = new_project()
        # Held by whoever uses the project.
        self._turn = threading.RLock()
        self._keeps_nothing = self._project.keeps_nothing

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None, profile: str | Sequence[str] | None = None) -> "Auth":
        """Read the configuration.

        `path` is a file that is read instead of those that would be found, or the directory where the search starts;
        None is the working directory. `profile` names configuration profiles of that file, as `--profile` does. The
        environment is that of now. Uses no network, asks nobody; raises `ConfigError` or `ProfileNotFound`.
        """
        directory, files = _start(os.path.abspath(path or os.curdir))
        profiles = (profile,) if isinstance(profile, str) else tuple(profile or ())
        options = Options(config_files=files, profiles=profiles)
        environ = dict(os.environ)

        def new_project() -> Project:
            streams = Streams(sys.stdin, sys.stdout, words_for_a_person(sys.stderr))
            return Project(options, environ=environ, directory=directory, streams=streams)

        return cls(new_project)

    @property
    def identities(self) -> tuple[str, ...]:
        """Names of all identities, as they are written, sorted; no network, nobody is asked."""
        with self._turn:
            return tuple(self._project.catalog.identities())

    def credentials(self, identity: str | None = None, *, login: bool = False) -> AwsCredentials:
        """Return keys that are good for some time yet; `expires_at` is in seconds since the epoch, None for no end.

        May use the network; asks a person only with `login`. Raises `CredentialsMissing` when somebody would have to
        sign in, or when the identity leaves programs with what their environment gives them.
        """
        return self._of(
            identity, login, lambda project, name, reach: _keys(name, project.operations.credentials(name, reach))
        )

    def login(self, identity: str | None = None) -> AwsCredentials:
        """Perform the last step of signing in anew, as `atmos auth login` does, and what follows a sign-in.

        May ask a person, on the terminal and in the browser, and use the network. Raises `NeedsPerson` where nobody is.
        """

        def sign_in(project: Project, name: str) -> AwsCredentials:
            credential = project.operations.login(name)
            project.operations.follow_up(name, credential)
            return _keys(name, credential)

        return self._with_person(identity, sign_in)

    def session(self, identity: str | None = None, *, login: bool = False) -> "boto3.session.Session":
        """Return a boto3 session that is the identity for as long as the program runs.

        Its credentials renew themselves, silently, through the same engine and the same files as everything else; when
        that would need a person, the AWS call that needed them raises `CredentialsMissing`, and works again once
        somebody has signed in, wherever. Region and endpoints are the identity's; ~/.aws is not read. May use the
        network; asks a person only with `login`. Raises `ConfigError` where boto3 is not installed.
        """
        from atmos_auth.library.sdk_sessions import boto3_session

        return boto3_session(self.botocore_session(identity, login=login))

    def botocore_session(self, identity: str | None = None, *, login: bool = False) -> "botocore.session.Session":
        """Return what `session` does, as a session of botocore, which is always installed."""
        from atmos_auth.library.credential_provider import IdentityProvider
        from atmos_auth.library.sdk_sessions import botocore_session

        credentials = self.credentials(identity, login=login)
        with self._turn:
            name = _named(self._project, identity)
            location = self._project.operations.location(name)
        return botocore_session(location, credentials.region, IdentityProvider(lambda: self.credentials(name)))

    def attach(self, session: "botocore.session.Session") -> None:
        """Let profiles that we delivered renew themselves in a session that others made.

        For programs that find `AWS_PROFILE` in their environment, as those that `atmos auth exec` runs do: where the
        session's profile is an identity's, its credentials come from here, and renew themselves in this process. Any
        other profile is left to botocore. Uses no network, asks nobody.
        """
        from atmos_auth.library.credential_provider import ProfileProvider

        provider = ProfileProvider(session, self._behind_profile)
        session.get_component("credential_provider").insert_before("shared-credentials-file", provider)

    def environment(self, identity: str | None = None, *, login: bool = False) -> dict[str, str]:
        """Return the whole environment of a program that is to run as the identity, as `atmos auth exec` makes it.

        It points at the delivered profile, holds no secret of ours, and lacks the variables that would win over it. May
        use the network; asks a person only with `login`.
        """
        return self._of(
            identity,
            login,
            lambda project, name, reach: project.operations.child_environment(name, project.child_base, reach)[0],
        )

    def run(
        self,
        identity: str | None,
        command: Sequence[str],
        *,
        login: bool = False,
        refresh: bool = False,
        **options: Any,
    ) -> "subprocess.CompletedProcess[Any]":
        """Run a program as the identity, and return what `subprocess.run` returns; `options` are passed to that.

        With `refresh` the program fetches credentials by running us, and again when these run out: for what outlives
        its credentials. May use the network; asks a person only with `login`. Raises what `subprocess.run` raises.
        """
        if "env" in options:
            raise TypeError(
                "run() makes the environment itself; for another one, use environment() and subprocess.run()"
            )
        environ = self._refreshing_environment(identity, login) if refresh else self.environment(identity, login=login)
        return subprocess.run(command, env=environ, check=options.pop("check", False), **options)

    def whoami(self, identity: str | None = None, *, offline: bool = False) -> "Status":
        """Return who one is as the identity, and until when (seconds since the epoch).

        Asks AWS unless `offline`; never asks a person. Raises `CredentialsMissing` when there never were credentials.
        """
        with self._turn:
            name = _named(self._project, identity)
            return self._project.operations.whoami(name, OFFLINE if offline else SILENT)

    def console_url(
        self,
        identity: str | None = None,
        *,
        destination: str = "",
        duration: str | int | None = None,
        login: bool = False,
    ) -> str:
        """Return an address that signs whoever opens it in to the web console: a secret, good for fifteen minutes.

        `destination` is an alias (`s3`) or a URL of the console; `duration` how long the session lasts, in seconds or
        as in `1h30m`. Uses the network; asks a person only with `login`. Raises `AccessDenied` where the identity's
        credentials cannot open the console.
        """
        from atmos_auth.usecases.console_url import Wish

        wish = Wish(destination, duration)
        return self._of(
            identity, login, lambda project, name, reach: project.operations.console_url(name, wish, reach).url
        )

    def logout(self, identity: str) -> tuple[str, ...]:
        """Remove the identity's credentials from this machine, and return what went, in words.

        What the identity came from stays for its siblings, as with `atmos auth logout NAME`. Asks nobody, uses no
        network. Raises `PartialLogout` when something could not be removed.
        """
        from atmos_auth.usecases.logout import carry_out, pending

        with self._turn:
            plan = self._project.operations.logout.identity(identity)
            outcome = carry_out(pending(plan.sessions))
        if outcome.failures:
            raise PartialLogout(f"{plan.who} is not signed out entirely", details=outcome.failures)
        return outcome.removed

    def validate(self) -> "Findings":
        """Check the configuration: `errors` make something unusable, `warnings` are what nobody will heed.

        Uses no network, asks nobody, and raises nothing for what it finds.
        """
        with self._turn:
            return self._project.operations.validate()

    def _of(self, identity: str | None, login: bool, work: Callable[[Project, str, str], T]) -> T:
        """Do the work without asking anybody, and only if that cannot be done, and `login` allows it, with a person."""
        try:
            with self._turn:
                return work(self._project, _named(self._project, identity), SILENT)
        except (CredentialsMissing, StoreError):
            if not login:
                raise
        return self._with_person(identity, lambda project, name: work(project, name, ASKING))

    def _with_person(self, identity: str | None, work: Callable[[Project, str], T]) -> T:
        """Do what may wait for a person, in a project of its own, so that nobody else has to wait as well."""
        if self._keeps_nothing:
            # Another project would have its own memory, and the outcome would be lost with it.
            with self._turn:
                return work(self._project, _named(self._project, identity))
        project = self._new_project()
        return work(project, _named(project, identity))

    def _refreshing_environment(self, identity: str | None, login: bool) -> dict[str, str]:
        def make(project: Project, name: str, reach: str) -> dict[str, str]:
            process = project.own_command.line("auth", "credential-process", f"--identity={name}")
            return project.operations.refreshing_environment(name, project.child_base, process, reach=reach)[0]

        return self._of(identity, login, make)

    def _behind_profile(
        self, profile: str, credentials_file: str, config_file: str
    ) -> Callable[[], AwsCredentials] | None:
        """Return what obtains the credentials of one of our profiles, as a program with these files finds it."""
        with self._turn:
            try:
                is_ours = self._project.operations.is_read_from(profile, credentials_file, config_file)
            except AtmosAuthError:
                return None
        return (lambda: self.credentials(profile)) if is_ours else None


def _named(project: Project, identity: str | None) -> str:
    name = project.operations.select_unasked(Asked(identity))
    if name is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity", "or unset ATMOS_IDENTITY"]
        )
    return name


def _keys(name: str, credential: Credential) -> AwsCredentials:
    if isinstance(credential, AwsCredentials):
        return credential
    raise CredentialsMissing(
        f'identity "{name}" has no credentials of its own: programs keep what their environment gives them',
        hints=["use boto3.Session() as it is"],
    )


def _start(path: str) -> tuple[str, tuple[str, ...]]:
    """Return where a search begins, and the files that are read instead of those it would find."""
    if os.path.isdir(path):
        return path, ()
    if os.path.exists(path):
        return os.getcwd(), (path,)
    raise ConfigError(f"there is no file or directory {path}", hints=["check the spelling"])
