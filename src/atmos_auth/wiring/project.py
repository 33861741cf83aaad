"""One run in one directory: everything that is real is picked here, on first use."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from atmos_auth.config.load import Config, Request, load
from atmos_auth.config.truth import is_true, truth
from atmos_auth.delivery.aws_files import AwsFiles
from atmos_auth.domain import env_names
from atmos_auth.domain.chain import Chain, Link
from atmos_auth.domain.credentials import Credential
from atmos_auth.domain.errors import ConfigError, InvalidSetting, UsageError
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.fingerprint import user_key
from atmos_auth.engine.resolve import Resolver
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.logs import LEVELS, LogFile, Redaction
from atmos_auth.host.paths import Paths, home_directory
from atmos_auth.operations import Operations
from atmos_auth.wiring.options import Options, Streams

if TYPE_CHECKING:
    from atmos_auth.delivery.environment import ServedAt
    from atmos_auth.domain.integration import IntegrationTools
    from atmos_auth.domain.ports import (
        AwsConnections,
        Browser,
        Clock,
        DrivenBrowser,
        IsolatedBrowser,
        TokenStore,
        Tools,
        Web,
    )
    from atmos_auth.domain.secret_store import SecretStore
    from atmos_auth.engine.authenticate import Authenticator
    from atmos_auth.engine.single_flight import SingleFlight
    from atmos_auth.host.prompts import TerminalPrompter
    from atmos_auth.stores.aws_cli.folder import CliFolder
    from atmos_auth.stores.aws_cli.opening import Sessions
    from atmos_auth.stores.browser_sessions import BrowserSessions
    from atmos_auth.stores.notices import Notices
    from atmos_auth.stores.provisioned_files import ProvisionedFiles
    from atmos_auth.usecases.discover import Discovery
    from atmos_auth.usecases.integrations import Integrations
    from atmos_auth.usecases.logout_everywhere import Everywhere
    from atmos_auth.usecases.other_realms import OtherRealms
    from atmos_auth.wiring.keyrings import Keyrings
    from atmos_auth.wiring.own_command import OwnCommand

# How credentials reach the programs of `exec` and `shell`.
FILES, PROCESS, ENDPOINT = DELIVERIES = ("files", "process", "endpoint")


class Project:
    """One run in one directory with one environment; everything is built on first use, once.

    `started_at` is when the run was started, in seconds since the epoch: failures of others after that are shared.
    """

    def __init__(
        self,
        options: Options = Options(),  # noqa: B008 - immutable
        *,
        environ: Mapping[str, str] | None = None,
        directory: str | None = None,
        streams: Streams | None = None,
        clock: "Clock | None" = None,
        started_at: float | None = None,
    ) -> None:
        self._options = options
        self._process_environ = dict(os.environ if environ is None else environ) | dict(options.overrides)
        self.directory = directory or _here()
        self.streams = streams or Streams(sys.stdin, sys.stdout, sys.stderr)
        self.clock = clock or SystemClock()
        self._started_at = self.clock.now() if started_at is None else started_at
        self.redaction = Redaction()
        self.plain = self._options.color is False

    @cached_property
    def config(self) -> Config:
        """The merged configuration."""
        config = load(self._request)
        for warning in config.warnings:
            self.streams.stderr.write(f"⚠ {warning}\n")
        return config

    @cached_property
    def _request(self) -> Request:
        options = self._options
        return Request(
            cwd=self.directory,
            environ=self._process_environ,
            home=home_directory(self._process_environ),
            config_files=options.config_files,
            config_directories=options.config_directories,
            base_path=options.base_path,
            profiles=options.profiles,
        )

    def _is_verbose(self) -> bool:
        return is_true(self._process_environ.get(env_names.ATMOS_VERBOSE), default=False)

    def with_config(self, config: Config) -> "Project":
        """Return the same run over another configuration, such as that of a component with an `auth` section."""
        other = Project(
            self._options,
            environ=self._process_environ,
            directory=self.directory,
            streams=self.streams,
            clock=self.clock,
            started_at=self._started_at,
        )
        other.config, other.redaction = config, self.redaction
        if other.keeps_nothing:
            # Nobody signs in twice in one run because components say different things of identities.
            other._runtime_folder = self._runtime_folder
            if self.keeps_nothing and other.realm == self.realm:
                other.keys = self.keys
        return other

    @cached_property
    def environ(self) -> dict[str, str]:
        """The process environment with the ATMOS_* variables of `env:` that it lacks."""
        return {**self.config.promoted, **self._process_environ}

    @cached_property
    def child_base(self) -> dict[str, str]:
        """What children start from: the process environment, and over it the configuration's `env:`."""
        return {**self._process_environ, **self.configured_environment}

    @cached_property
    def script_base(self) -> dict[str, str]:
        """What scripts start from: what other children do, and what leads commands of ours in them to this project."""
        from atmos_auth.config.finding_again import variables_to_find_again

        return {**self.child_base, **variables_to_find_again(self._request, self.config)}

    @cached_property
    def configured_environment(self) -> dict[str, str]:
        """The configuration's `env:`, but for what is meant for ourselves; raises `InvalidSetting`."""
        section = self.config.resolve(("env",))
        if section is None:
            return {}
        if not isinstance(section, Mapping):
            raise InvalidSetting("env must map names to values", place=self.config.place(("env",)))
        return {str(k): _text(v) for k, v in section.items() if v is not None and not str(k).startswith("ATMOS_")}

    @cached_property
    def realm(self) -> tuple[str, str]:
        """The realm and where it was set: `env`, `config`, or `auto` for none."""
        from_environ = self.environ.get(env_names.ATMOS_AUTH_REALM)
        configured = self.config.resolve(("auth", "realm"))
        realm, source = (from_environ, "env") if from_environ else (configured, "config")
        if not realm:
            return "", "auto"
        if not isinstance(realm, str) or not _is_realm(realm):
            raise InvalidSetting(
                f'invalid realm value "{realm}" (from {source}): use a-z, 0-9 and single - or _ between them',
                place=self.config.place(("auth", "realm")) if source == "config" else None,
                hints=["for example `realm: acme`" if source == "config" else f"unset {env_names.ATMOS_AUTH_REALM}"],
            )
        return realm, source

    @cached_property
    def paths(self) -> Paths:
        """Where our files live: with a keyring in memory, where nothing outlives this process."""
        environ = self.environ
        if self.keeps_nothing:
            environ = {**environ, **dict.fromkeys(env_names.BASE_FOLDERS, self._runtime_folder)}
        return Paths(environ, realm=self.realm[0])

    @cached_property
    def _runtime_folder(self) -> str:
        from atmos_auth.host.runtime_folder import make_runtime_folder

        return make_runtime_folder(self.environ)

    @cached_property
    def log(self) -> LogFile:
        """The log of this run."""
        level, path = self._options.logs_level, self._options.logs_file
        environ = self._process_environ
        level = level or environ.get(env_names.ATMOS_LOGS_LEVEL) or environ.get(env_names.ATMOS_LOG_LEVEL)
        level = level or ("debug" if self._is_verbose() else self._configured_log("level")) or "warn"
        if level.lower() not in LEVELS:
            raise ConfigError(
                f'"{level}" is not a log level', hints=["use one of: Trace, Debug, Info, Warn, Error, Off"]
            )
        path = path or environ.get(env_names.ATMOS_LOGS_FILE) or self._configured_log("file")
        to_file = path if path and path not in ("/dev/stderr", "/dev/stdout") else None
        return LogFile(level=level.lower(), path=to_file, redaction=self.redaction, stderr=self.streams.stderr)

    def speak_up(self) -> None:
        """From now on say what happens, as --verbose has it from the start; --logs-level wins."""
        if self._options.logs_level is None:
            self._options = self._options._replace(logs_level="debug")
            vars(self).pop("log", None)

    @cached_property
    def prompter(self) -> "TerminalPrompter":
        """The person at the terminal."""
        from atmos_auth.host.prompts import TerminalPrompter

        options = self._options
        return TerminalPrompter(
            stdin=self.streams.stdin,
            stderr=self.streams.stderr,
            environ=self.environ,
            clock=self.clock,
            interactive=options.interactive and self._switch(env_names.ATMOS_INTERACTIVE, otherwise=True),
            force_tty=options.force_tty or self._switch(env_names.ATMOS_FORCE_TTY, otherwise=False),
            qr=options.qr,
            color=options.color,
        )

    @cached_property
    def sessions(self) -> "Sessions":
        """Portal sessions on disk, and what of them we have in common with the AWS CLI."""
        from atmos_auth.config.check import check
        from atmos_auth.config.settings import AwsNeighbours
        from atmos_auth.stores.aws_cli.opening import OFF, READ, WRITE, only_ours, share
        from atmos_auth.stores.token_files import TokenFiles

        own = TokenFiles(self.paths.sso_sessions, warn=self.prompter.warn)
        section = self.config.resolve(("auth", "aws"))
        if section is None:
            return only_ours(own)
        place = self.config.place(("auth", "aws"))
        misfits = check(section, AwsNeighbours, subject="invalid auth config: aws", fallback=place)
        if misfits.errors:
            raise misfits.errors[0]
        mode = section.get("share_cli_sso_cache") or OFF
        # Whoever keeps nothing gives nothing away.
        return share(READ if mode == WRITE and self.keeps_nothing else mode, own, self._cli_folder, clock=self.clock)

    @cached_property
    def _cli_folder(self) -> "CliFolder":
        from atmos_auth.stores.aws_cli.opening import cli_folder

        home = home_directory(self._process_environ)
        return cli_folder(home, self._process_environ, clock=self.clock, log=self.log, warn=self.prompter.warn)

    @cached_property
    def aws(self) -> "AwsConnections":
        """Connections to AWS."""
        from atmos_auth import __version__
        from atmos_auth.aws_api.connections import BotocoreConnections

        return BotocoreConnections(environ=self.environ, user_agent=f"atmos-auth/{__version__}", log=self.log)

    @cached_property
    def web(self) -> "Web":
        """Conversations with identity providers."""
        from atmos_auth import __version__
        from atmos_auth.host.web import RequestsWeb

        return RequestsWeb(environ=self.environ, user_agent=f"atmos-auth/{__version__}")

    @cached_property
    def browser(self) -> "Browser":
        """The person's browser."""
        from atmos_auth.host.browser import SystemBrowser
        from atmos_auth.host.no_browser import NoBrowser

        return SystemBrowser(self.environ, sys.platform) if self._options.browser else NoBrowser()

    @cached_property
    def driven_browser(self) -> "DrivenBrowser":
        """A browser that we drive."""
        from atmos_auth.host.driven_browser import PlaywrightBrowser

        return PlaywrightBrowser(
            self.paths.browser_profiles,
            environ=self.environ,
            platform=sys.platform,
            prompter=self.prompter,
            clock=self.clock,
        )

    @cached_property
    def isolated_browser(self) -> "IsolatedBrowser":
        """A browser with a profile of its own for each identity."""
        from atmos_auth.host.isolated_browser import IsolatedBrowsers

        return IsolatedBrowsers(
            self.paths.console_profiles, realm=self.realm[0], environ=self.environ, platform=sys.platform
        )

    @property
    def keeps_nothing(self) -> bool:
        """Whether what this run writes goes when it ends, as with a keyring in memory."""
        configured = self.config.resolve(("auth", "keyring", "type"))
        return bool((self.environ.get(env_names.ATMOS_KEYRING_TYPE) or configured) == "memory")

    @cached_property
    def delivery(self) -> str:
        """How the configuration wants credentials to reach programs: FILES, PROCESS or ENDPOINT."""
        configured = self.config.resolve(("auth", "delivery"))
        if not configured:
            return FILES
        if configured not in DELIVERIES:
            raise InvalidSetting(
                f'auth.delivery is "{configured}", which is not one of: {", ".join(DELIVERIES)}',
                place=self.config.place(("auth", "delivery")),
                hints=[f"write `delivery: {ENDPOINT}`"],
            )
        return str(configured)

    @cached_property
    def browser_sessions(self) -> "BrowserSessions":
        """Sign-ins of IAM users through the browser, on disk."""
        from atmos_auth.stores.browser_sessions import BrowserSessions

        return BrowserSessions(
            self.paths.browser_sessions, realm=self.realm[0], clock=self.clock, warn=self.prompter.warn
        )

    @cached_property
    def keys(self) -> "SecretStore":
        """The keyring, for when a person may be asked for its password."""
        return self.keyrings.open(self.prompter)

    @cached_property
    def tools(self) -> "Tools":
        """What kinds may use when a person may be asked."""
        from atmos_auth.domain.ports import Tools
        from atmos_auth.engine.mfa_codes import DeviceCodes
        from atmos_auth.host.form_post import FormPostListener
        from atmos_auth.host.loopback import LoopbackListener

        return Tools(
            clock=self.clock,
            random_bytes=os.urandom,
            environ=self.environ,
            prompter=self.prompter,
            browser=self.browser,
            listen=LoopbackListener(self.clock),
            aws=self.aws,
            log=self.log,
            keys=self.keys,
            mfa=DeviceCodes(self.paths.mfa, clock=self.clock, prompter=self.prompter),
            browser_sessions=self.browser_sessions,
            web=self.web,
            driven_browser=self.driven_browser,
            listen_for_form=FormPostListener(self.clock),
        )

    @cached_property
    def silent_tools(self) -> "Tools":
        """What kinds may use when nobody may be asked; a keyring in memory is the same one."""
        from atmos_auth.engine.mfa_codes import NoCodes
        from atmos_auth.host.silent_prompter import SilentPrompter
        from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring

        prompter = SilentPrompter()
        keys = self.keys if isinstance(self.keys, MemoryKeyring) else self.keyrings.open(prompter)
        return self.tools._replace(prompter=prompter, keys=keys, mfa=NoCodes())

    @cached_property
    def integration_tools(self) -> "IntegrationTools":
        """What integrations may use."""
        from atmos_auth.domain.integration import IntegrationTools

        return IntegrationTools(
            clock=self.clock,
            environ=self._process_environ,
            aws=self.aws,
            home=self.paths.home,
            directory=self.config.directory,
            docker_folder=self._docker_folder,
            kubeconfig=self.paths.kubeconfig,
            locks=self.paths.locks,
            own_command=self.own_command.anywhere,
            own_variables={n: self.environ[n] for n in env_names.DECIDING_FOR_A_RUN if self._process_environ.get(n)},
            keeps_nothing=self.keeps_nothing,
        )

    @cached_property
    def _docker_folder(self) -> str:
        """Docker's folder; one of our own where nothing may be left behind."""
        folder = self._process_environ.get(env_names.DOCKER_CONFIG) or os.path.join(self.paths.home, ".docker")
        if not self.keeps_nothing:
            return os.path.abspath(os.path.join(self.directory, folder))
        from atmos_auth.host.docker_folder import private_docker_folder

        return private_docker_folder(folder, os.path.join(self.paths.config, "docker"))

    def _integrations(
        self, obtain: Callable[[Chain], Credential] | None = None, paths: Paths | None = None
    ) -> "Integrations":
        """The integrations, over what they have done in the current realm, or in that of other `paths`."""
        from atmos_auth.delivery.integration_records import IntegrationRecords
        from atmos_auth.domain.credentials import Ambient
        from atmos_auth.usecases.integrations import Integrations

        where = paths or self.paths

        def build_integration(link: Link) -> Any:
            from atmos_auth.engine.build import build

            return build(link, self.integration_tools._replace(kubeconfig=where.kubeconfig, locks=where.locks))

        return Integrations(
            catalog=self.catalog,
            records=IntegrationRecords(where.integrations),
            build=build_integration,
            obtain=obtain or (lambda _: Ambient()),
            surroundings={env_names.DOCKER_CONFIG: self._docker_folder, "HOME": self.paths.home},
            warn=self.prompter.warn,
            clock=self.clock,
        )

    @cached_property
    def own_command(self) -> "OwnCommand":
        """What runs `atmos` again, for this project."""
        from atmos_auth.wiring.own_command import OwnCommand

        return OwnCommand(
            self._options,
            directory=self.directory,
            home=home_directory(self._process_environ),
            base_path=self.config.base_path,
        )

    @cached_property
    def keyrings(self) -> "Keyrings":
        """What opens keyrings."""
        from atmos_auth.wiring.keyrings import Keyrings

        return Keyrings(self.config, environ=self.environ, paths=self.paths, clock=self.clock)

    @cached_property
    def authenticator(self) -> "Authenticator":
        """The engine's walk along chains."""
        from atmos_auth.engine.authenticate import Authenticator
        from atmos_auth.engine.build import build
        from atmos_auth.engine.cache import CredentialCache

        return Authenticator(
            tools=self.tools,
            silent_tools=lambda: self.silent_tools,
            cache=CredentialCache(tokens=self.sessions.usable, profiles=self.profiles),
            flights=self._flights,
            build=build,
        )

    @cached_property
    def _flights(self) -> "SingleFlight":
        from atmos_auth.engine.single_flight import SingleFlight

        return SingleFlight(self.paths.locks, clock=self.clock, asked_at=self._started_at)

    @cached_property
    def provisioned_files(self) -> "ProvisionedFiles":
        """What was found at portals, on disk."""
        from atmos_auth.stores.provisioned_files import ProvisionedFiles

        return ProvisionedFiles(self.paths, warn=self.prompter.warn)

    @cached_property
    def discovery(self) -> "Discovery":
        """What looks at portals."""
        from atmos_auth.usecases.discover import Discovery

        return Discovery(
            files=self.provisioned_files,
            flights=self._flights,
            authenticator=lambda: self.authenticator,
            aws=lambda: self.aws,
            clock=self.clock,
            prompter=self.prompter,
            random_bytes=os.urandom,
        )

    @cached_property
    def catalog(self) -> Catalog:
        """The configured providers and identities, and those that were found at portals below them."""
        wanted = self.written_catalog.explorable()
        return self._explored(wanted) if wanted else self.written_catalog

    @cached_property
    def written_catalog(self) -> Catalog:
        """The providers and identities that somebody wrote down."""
        return Catalog(self.config)

    def _explored(self, wanted: Mapping[str, tuple[str, str]]) -> Catalog:
        config, unexplored = self.config, []
        written = config.peek(("auth", "identities"))
        for provider, layer in self.provisioned_files.layers(wanted, written).items():
            if layer is None:
                unexplored.append(provider)
            else:
                config = config.underlaid(layer)
        return Catalog(config, unexplored=unexplored)

    @cached_property
    def profiles(self) -> AwsFiles:
        """The delivered AWS profiles."""
        return AwsFiles(
            self.paths,
            clock=self.clock,
            config_directory=self.config.directory,
            custom_folders=self._custom_folders,
        )

    @cached_property
    def operations(self) -> Operations:
        """All that one can do here."""
        return Operations(
            catalog=self.catalog,
            resolver=Resolver(
                self.catalog,
                realm=self.realm[0],
                key=lambda: user_key(self.paths.fingerprint_key),
                environ=self.environ,
            ),
            profiles=self.profiles,
            sessions=lambda: self.sessions,
            keys=lambda: self.keys,
            authenticator=lambda: self.authenticator,
            build=self._build,
            aws=lambda: self.aws,
            browser_sessions=lambda: self.browser_sessions,
            other_realms=self._other_realms,
            web=lambda: self.web,
            log=lambda: self.log,
            consoles=lambda: self.isolated_browser,
            discovery=lambda: self.discovery,
            provisioned=lambda: self.provisioned_files,
            integrations=self._integrations,
            prompter=self.prompter,
            environ=self.environ,
            clock=self.clock,
        )

    def serve(self, identity: str, *, port: int = 0) -> "ServedAt":
        """Give the identity's credentials away on 127.0.0.1:`port` (0: any) until this process ends; tell where.

        Raises `UsageError` when the port cannot be had.
        """
        from base64 import urlsafe_b64encode

        from atmos_auth.delivery.container_endpoint import TOKEN_BYTES, ContainerEndpoint
        from atmos_auth.delivery.environment import ServedAt
        from atmos_auth.host.background import in_background
        from atmos_auth.host.files import write_private
        from atmos_auth.host.runtime_folder import make_runtime_folder

        token = urlsafe_b64encode(os.urandom(TOKEN_BYTES)).decode().rstrip("=")
        self.log.hide([token])
        served = self.operations.serving(identity)
        endpoint = ContainerEndpoint(served.answer, token=token, clock=self.clock, log=self.log, port=port)
        token_file = os.path.join(make_runtime_folder(self.environ), "token")
        write_private(token_file, token.encode())
        in_background(endpoint.serve, "endpoint")
        in_background(served.keep_fresh, "renewal")
        return ServedAt(endpoint.address, token_file)

    @cached_property
    def notices(self) -> "Notices":
        """What is said once only."""
        from atmos_auth.stores.notices import Notices

        return Notices(self.paths.notices)

    @property
    def everywhere(self) -> "Everywhere":
        """What this user has on this machine, whatever the realm and the configuration."""
        from atmos_auth.usecases.logout_everywhere import Everywhere

        return Everywhere(
            Paths(self.environ, realm=self.realm[0]),  # also where this very run would keep nothing
            profiles=self.profiles,
            build=self._build,
            keys=lambda: self.keys,
            clock=self.clock,
            warn=self.prompter.warn,
            given=self._given,
            integrated=lambda paths: self._integrations(paths=paths).undoings(),
        )

    def _given(self, own: "TokenStore") -> "TokenStore":
        from atmos_auth.stores.aws_cli.sharing_tokens import GivenTokens

        return GivenTokens(own, self._cli_folder)

    def _other_realms(self) -> "OtherRealms":
        from atmos_auth.usecases.other_realms import OtherRealms

        return OtherRealms(self.paths, clock=self.clock, notices=self.notices, warn=self.prompter.warn)

    def _build(self, link: Link) -> Any:
        from atmos_auth.engine.build import build

        return build(link, self.tools)

    def _custom_folders(self) -> Sequence[str]:
        """Folders that providers name in `spec.files.base_path`."""
        folders = []
        for name in self.catalog.providers():
            try:
                written, settings = self.catalog.provider(name)
            except ConfigError:
                continue  # it is told of where that provider is used
            link = Link(written, "provider", "", settings)
            folder = self.profiles.folder(link)
            if folder != self.paths.aws_folder(written):
                folders.append(folder)
        return folders

    def _switch(self, variable: str, *, otherwise: bool) -> bool:
        word = self.environ.get(variable, "")
        try:
            return truth(word) if word else otherwise
        except ValueError as error:
            raise ConfigError(f'{variable} is "{word}": {error}') from error

    def _configured_log(self, key: str) -> str | None:
        value = self.config.resolve(("auth", "logs", key)) or self.config.resolve(("logs", key))
        return str(value) if value else None


def _here() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        raise UsageError("the directory that you are in has been removed", hints=["cd to another one"]) from None


def _is_realm(text: str) -> bool:
    parts = text.replace("_", "-").split("-")
    return len(text) <= 64 and all(p.isascii() and p.isalnum() and p == p.lower() for p in parts)


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
