"""Everything one can do with the identities of one configuration."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from atmos_auth.delivery import environment
from atmos_auth.delivery.aws_files import AwsFiles, Guest, ProfileLocation
from atmos_auth.delivery.environment import Environment, ServedAt
from atmos_auth.domain.chain import PROVIDER, Chain, Link
from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.errors import AtmosAuthError, ConfigError, CredentialsMissing, InvalidSetting, NeedsPerson
from atmos_auth.domain.freshness import FRESH, freshness
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.resolve import Resolver
from atmos_auth.usecases.ensure import (
    ASKING,
    OFFLINE,
    SILENT,
    ensure,
    is_refreshable,
    nearest_endpoint,
    nearest_region,
    passes_through,
    require_refreshable,
)
from atmos_auth.usecases.mend_keys import pointing_at_keys
from atmos_auth.usecases.own_variables import own_variables
from atmos_auth.usecases.select_identity import Asked, require_decided, select_identity

if TYPE_CHECKING:
    from atmos_auth.aws_api.eks import ClusterToken
    from atmos_auth.aws_api.sts import CallerIdentity
    from atmos_auth.domain.fields import Field
    from atmos_auth.domain.ports import (
        AwsConnections,
        BrowserSessionStore,
        Clock,
        IsolatedBrowser,
        Log,
        Prompter,
        Web,
    )
    from atmos_auth.domain.provisioned import Provisioned
    from atmos_auth.domain.secret_store import SecretStore
    from atmos_auth.engine.authenticate import Authenticator
    from atmos_auth.stores.aws_cli.opening import Sessions
    from atmos_auth.stores.provisioned_files import ProvisionedFiles
    from atmos_auth.usecases.console_url import ConsoleUrl, Wish
    from atmos_auth.usecases.discover import Discovery
    from atmos_auth.usecases.integrations import Integrations
    from atmos_auth.usecases.listing import Entry
    from atmos_auth.usecases.logout import Logout
    from atmos_auth.usecases.other_realms import OtherRealms
    from atmos_auth.usecases.required_identities import Companion
    from atmos_auth.usecases.serve_credentials import ServedCredentials
    from atmos_auth.usecases.validate import Findings
    from atmos_auth.usecases.whoami import Status


class Operations:
    """The identities of one configuration.

    Methods take identity names in any case. Where a `reach` may be given, OFFLINE only looks, SILENT may use the
    network but asks nobody, ASKING may start a sign-in. All raise `AtmosAuthError`.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        resolver: Resolver,
        profiles: AwsFiles,
        sessions: Callable[[], "Sessions"],
        keys: Callable[[], "SecretStore"],
        authenticator: Callable[[], "Authenticator"],
        build: Callable[[Link], Any],
        aws: Callable[[], "AwsConnections"],
        browser_sessions: Callable[[], "BrowserSessionStore"],
        other_realms: Callable[[], "OtherRealms"],
        integrations: Callable[[Callable[[Chain], Credential]], "Integrations"],
        web: Callable[[], "Web"],
        log: Callable[[], "Log"],
        consoles: Callable[[], "IsolatedBrowser"],
        discovery: Callable[[], "Discovery"],
        provisioned: Callable[[], "ProvisionedFiles"],
        prompter: "Prompter",
        environ: Mapping[str, str],
        clock: "Clock",
    ) -> None:
        self.catalog = catalog
        self._resolver = resolver
        self._profiles = profiles
        self._sessions = sessions
        self._keys = keys
        self._authenticator = authenticator
        self._build = build
        self._aws = aws
        self._browser_sessions = browser_sessions
        self._other_realms = other_realms
        self._integrations = integrations
        self._web = web
        self._log = log
        self._consoles = consoles
        self._discovery = discovery
        self._provisioned = provisioned
        self._prompter = prompter
        self._environ = environ
        self._clock = clock

    def select(self, asked: Asked) -> str | None:
        """Tell which identity is meant, None when authentication is switched off; may prompt."""
        return select_identity(self.catalog, asked, environ=self._environ, prompter=self._prompter)

    def select_unasked(self, asked: Asked) -> str | None:
        """Tell what `select` does without asking anybody, unless the caller wants to be asked."""
        require_decided(self.catalog, asked, environ=self._environ)
        return self.select(asked)

    def chain(self, identity: str) -> Chain:
        """Return the links that lead to the identity."""
        return self._resolver.identity(identity)

    def check(self, chain: Chain) -> None:
        """Raise `LinksDoNotMeet` if the chain cannot be walked to its end; nothing is asked or sent."""
        from atmos_auth.engine.meeting import require_meeting

        require_meeting(chain.links)

    def login(self, identity: str) -> Credential:
        """Perform the last step anew and deliver its result, signing in on the way if that is needed."""
        chain = self.chain(identity)
        self.check(chain)
        self._point_out(chain)
        if self._profiles.read(chain) is None:
            self._other_realms().point_out(chain)
        with pointing_at_keys(self.catalog, chain):
            return self._authenticator().credential(chain, anew=True)

    @cached_property
    def integrations(self) -> "Integrations":
        """What follows an authentication; the same for the whole run, so that nothing is done twice."""
        return self._integrations(lambda chain: self._own(chain, SILENT))

    def follow_up(self, identity: str, credential: Credential) -> list[str]:
        """Run the integrations that follow a sign-in; return a sentence for each, and warn of those that failed."""
        if not self.catalog.integrations():
            return []
        return self.integrations.after_sign_in(self.chain(identity), credential)

    def eks_token(self, identity: str, *, cluster: str, region: str) -> "ClusterToken":
        """Return a token that lets the identity in to an EKS cluster; asks nobody.

        Raises `CredentialsMissing` when somebody would have to sign in first.
        """
        from atmos_auth.aws_api.eks import cluster_token

        chain = self.chain(identity)
        credential = self._own(chain, SILENT)
        if not isinstance(credential, AwsCredentials):
            raise CredentialsMissing(f'identity "{chain.tip.name}" has no credentials of its own to sign a token with')
        return cluster_token(credential, name=cluster, region=region, now=self._clock.now())

    def login_provider(self, provider: str) -> Credential:
        """Sign in to a provider, or renew its session; raises `InvalidSetting` for one that has none to keep."""
        chain = self._resolver.provider(provider)
        if not isinstance(getattr(self._build(chain.tip), "session", None), str):
            users = [name for name in self.catalog.identities() if self._starts_from(name, chain.tip)]
            raise InvalidSetting(
                f"{chain.tip} keeps no session: what it gives is good for one role, right away",
                place=chain.tip.place,
                hints=[f"atmos auth login {name}" for name in users[:3]] or ["name an identity that starts from it"],
            )
        self._point_out(chain)
        return self._authenticator().credential(chain, anew=True)

    def credentials(self, identity: str, reach: str = ASKING) -> Credential:
        """Return usable credentials, at the least cost that `reach` allows."""
        return self._ensure(self.chain(identity), reach)

    def credentials_in_time(self, identity: str, seconds: float) -> Credential:
        """Return usable credentials, at the latest after `seconds`; asks nobody.

        Raises `CredentialsMissing` where it takes longer, whatever it is that takes long.
        """
        chain = self.chain(identity)
        found = self._profiles.read(chain)
        # What is at hand needs no thread to watch over it.
        if found is not None and freshness(found, self._clock.now()) == FRESH:
            return found
        from atmos_auth.host.deadline import within

        try:
            return within(seconds, lambda: self._ensure(chain, SILENT))
        except TimeoutError:
            raise CredentialsMissing(
                f'credentials for identity "{chain.tip.name}" could not be had within {seconds:.0f} seconds',
                hints=[f"atmos auth login --identity {chain.tip.name}", "see what takes so long: --verbose"],
            ) from None

    def keys_environment(self, identity: str, reach: str = ASKING) -> Environment:
        """Return variables that hold the credentials themselves."""
        chain = self.chain(identity)
        credential = self._ensure(chain, reach)
        if not isinstance(credential, AwsCredentials):
            through = environment.passing_through(chain.tip.name, credential.region, own_variables(chain.tip))
            return self._told(chain, through)
        return self._told(chain, environment.with_keys(chain.tip.name, credential, own_variables(chain.tip)))

    def files_environment(self, identity: str, reach: str | None = ASKING) -> Environment:
        """Return variables that point at the delivered profile; with `reach` None the profile need not exist."""
        chain = self.chain(identity)
        credential = self._ensure(chain, reach) if reach is not None else self._profiles.read(chain)
        return self._told(chain, self._pointing(chain, credential))

    def process_environment(self, identity: str, process: str, reach: str | None = None) -> Environment:
        """Return variables that point at a profile whose credentials programs get, and get anew, by running `process`.

        With `reach` None no credentials need exist yet. Raises `InvalidSetting` for chains that start from what the
        environment gives.
        """
        chain = self.chain(identity)
        require_refreshable(chain, instead="use another mode: --mode files")
        if reach is not None:
            self._ensure(chain, reach)
        # The profile says where its credentials work, and holds none.
        region, endpoint = nearest_region(chain), nearest_endpoint(chain)
        place = self._profiles.read(chain) or AwsCredentials("", "", region=region, endpoint_url=endpoint)
        location = self._profiles.write_refreshing(chain, place, process)
        own = own_variables(chain.tip)
        return self._told(chain, environment.with_files(chain.tip.name, location, place.region, own))

    def cleared(self, identity: str | None, present: Mapping[str, str]) -> Environment:
        """Return what clears all that the environments of this identity, or of any, ever hold; `present` is now."""
        from atmos_auth.usecases.clear_environment import cleared

        if identity is None:
            return cleared(None, {}, present)
        chain = self.chain(identity)
        return cleared(chain, self._integrated_so_far(chain), present)

    def left_by(self, former: str, present: Mapping[str, str]) -> tuple[str, ...]:
        """Name the variables in `present` that an environment of the identity `former` has left there."""
        from atmos_auth.usecases.clear_environment import left_by

        chain = self.chain(former)
        locations = (self._profiles.locate(chain), *self._profiles.refreshing(chain))
        return left_by(chain, locations, self._integrated_so_far(chain), present)

    def child_environment(
        self, identity: str, base: Mapping[str, str], reach: str = ASKING
    ) -> tuple[dict[str, str], Credential]:
        """Return the whole environment for a child that runs as the identity, and the credential it will find."""
        chain = self.chain(identity)
        credential = self._ensure(chain, reach)
        variables = self._pointing(chain, credential)
        child = environment.for_child(variables, base, delivered=not passes_through(chain))
        return self._integrated(chain, credential, child), credential

    def deliver_required(self, identity: str) -> "list[Companion]":
        """Authenticate the identities marked `required: true`, each under its own name beside the identity's profile.

        The identity itself must be delivered already. May prompt; a required identity that fails is a warning.
        """
        chain = self.chain(identity)
        return self._companions(chain, lambda other, keys: self._profiles.write_beside(chain, other, keys))

    def is_refreshable(self, identity: str) -> bool:
        """Tell whether a program could get the identity's credentials anew."""
        return is_refreshable(self.chain(identity))

    def refreshing_environment(
        self,
        identity: str,
        base: Mapping[str, str],
        process: str,
        *,
        required: Callable[[str], str] | None = None,
        serve: Callable[[str], ServedAt] | None = None,
        reach: str = ASKING,
    ) -> tuple[dict[str, str], Credential]:
        """Return what `child_environment` does, for a child that outlives its credentials.

        It gets them from `process`, a command line that prints them as SDKs expect of a credential process, or from
        where `serve` gives them away, if that is given. `required` gives the command line of another identity, and has
        those marked `required: true` stand beside it. Raises `InvalidSetting` for chains that start from what the
        environment gives, which the child no longer has.
        """
        chain = self.chain(identity)
        credential = self._renewable(chain, reach)
        guests: list[Guest] = []
        if required is not None:
            there = self._companions(chain, lambda other, _: require_refreshable(other))
            guests = [
                Guest(c.chain.tip.name, c.credentials, required(c.chain.tip.name))
                for c in there
                if serve is None or not self._would_win(c.chain)
            ]
        variables = self._refreshing(chain, credential, process, guests, serve)
        return self._integrated(chain, credential, environment.for_child(variables, base, delivered=True)), credential

    def endpoint_environment(
        self, identity: str, process: str, serve: Callable[[str], ServedAt]
    ) -> tuple[Environment, Credential]:
        """Return variables that point at where `serve` gives the identity's credentials away; may prompt before.

        Raises what `refreshing_environment` does.
        """
        chain = self.chain(identity)
        credential = self._renewable(chain)
        return self._told(chain, self._refreshing(chain, credential, process, [], serve)), credential

    def serving(self, identity: str) -> "ServedCredentials":
        """Return what answers programs that ask for the identity's credentials again and again; asks nobody."""
        from atmos_auth.usecases.serve_credentials import ServedCredentials

        chain = self.chain(identity)
        return ServedCredentials(
            chain.tip.name,
            stamp=lambda: self._profiles.stamp(chain),
            read=lambda: self._profiles.read(chain),
            renew=lambda: self._ensure(chain, SILENT, lambda: self._authenticator().forgetful()),
            clock=self._clock,
            log=self._log(),
        )

    def console_url(self, identity: str, wish: "Wish | None" = None, reach: str = ASKING) -> "ConsoleUrl":
        """Return an address that signs whoever opens it in to the web console as the identity."""
        from atmos_auth.usecases.console_url import ConsoleUrls, Wish

        urls = ConsoleUrls(
            obtain=lambda chain: self._own(chain, reach),
            delivered=self._profiles.read,
            caller=self._caller,
            build=self._build,
            web=self._web,
            log=self._log,
            clock=self._clock,
        )
        chain = self.chain(identity)
        with pointing_at_keys(self.catalog, chain):
            return urls.make(chain, wish or Wish())

    def opens_isolated(self) -> bool:
        """Tell whether the configuration wants each identity's console in a browser profile of its own."""
        from atmos_auth.usecases.console_url import opens_isolated

        return opens_isolated(self.catalog)

    def location(self, identity: str) -> ProfileLocation:
        """Tell where the identity's profile is, whether or not it exists."""
        return self._profiles.locate(self.chain(identity))

    def is_read_from(self, identity: str, credentials_file: str, config_file: str) -> bool:
        """Tell whether a program that is given these two files reads the identity's profile there."""
        return self._profiles.is_read_from(self.chain(identity), credentials_file, config_file)

    def whoami(self, identity: str, reach: str = SILENT) -> "Status":
        """Return who one is as this identity; asks AWS itself unless OFFLINE; never a person."""
        from atmos_auth.usecases.whoami import whoami

        chain = self.chain(identity)
        return whoami(
            chain,
            obtain=lambda: self._own(chain, reach),
            stored=lambda: self._profiles.read(chain),
            ask_aws=None if reach == OFFLINE else self._caller,
            now=self._clock.now(),
        )

    def entries(self) -> "list[Entry]":
        """List what is configured, without network or prompts."""
        from atmos_auth.delivery.profiles_at_once import ProfilesAtOnce
        from atmos_auth.usecases.listing import listing

        return listing(self.catalog, chain_of=self.chain, stored=ProfilesAtOnce(self._profiles.locate).read)

    def validate(self) -> "Findings":
        """Check the configuration, without network or prompts."""
        from atmos_auth.usecases.validate import validate

        return validate(self.catalog, self._resolver)

    @property
    def logout(self) -> "Logout":
        """What plans what goes; nothing goes before a plan is carried out."""
        from atmos_auth.usecases.logout import Logout

        return Logout(
            catalog=self.catalog,
            resolver=self._resolver,
            profiles=self._profiles,
            tokens=lambda: self._sessions().own,
            keys=self._keys,
            browser_sessions=self._browser_sessions,
            build=self._build,
            consoles=self._consoles(),
            provisioned=self._provisioned(),
            integrated=self.integrations.undoings,
            lent=lambda session: self._sessions().lent(session),
        )

    def sign_out_of(self, chain: Chain) -> None:
        """Drop whatever the chain could start from again.

        Nothing is dropped where no new sign-in could follow: raises `NeedsPerson` where nobody sees what to do, and
        `ServiceError` when AWS is out of reach.
        """
        from atmos_auth.usecases.logout import drop

        root = self._build(chain.root)
        in_browser = chain.root.role == PROVIDER and hasattr(root, "is_signed_in_to_browser")
        drops_sign_in = hasattr(root, "sign_out") or (in_browser and root.is_signed_in_to_browser())
        if drops_sign_in and not self._prompter.can_show:
            raise NeedsPerson(
                "starting from scratch needs a person to sign in, and there is no terminal here",
                hints=["run it in a terminal, or without --force"],
            )
        drop(self.logout.from_scratch(chain).sessions)
        if isinstance(getattr(root, "session", None), str):
            self._sessions().decline()

    def provider_chain(self, provider: str) -> Chain:
        """Return the chain that consists of this provider alone."""
        return self._resolver.provider(provider)

    def portals(self) -> list[str]:
        """Name the providers whose accounts and roles can be looked for."""
        from atmos_auth.usecases.portals import portals

        return portals(self.catalog)

    def discover(self, provider: str, *, refresh: bool = False) -> "tuple[Provisioned, bool]":
        """Return what a provider's portal has, and whether that was known already; may prompt.

        What was found lately is looked for again with `refresh` only. Raises `InvalidSetting` for a provider that is
        no portal, and what `Discovery.look` raises.
        """
        from atmos_auth.usecases.portals import require_portal

        chain = self._resolver.provider(provider)
        require_portal(self.catalog, chain.tip)
        at_hand = None if refresh else self._discovery().at_hand(chain)
        return (at_hand, True) if at_hand is not None else (self._discovery().look(chain, refresh=refresh), False)

    def provision(self, chain: Chain, *, anew: bool = False) -> "Provisioned | None":
        """Look at the portal that the chain starts from, if its identities are wanted and nobody did so lately.

        After a sign-in from scratch it is looked at `anew`. Returns what was found, None when there was no need to
        look or it failed; a failure is a warning.
        """
        root = Chain(chain.links[:1], chain.fingerprints[:1])
        if root.tip.settings.get("auto_provision_identities") is not True:
            return None
        discovery = self._discovery()
        try:
            if anew:
                discovery.forget_unfinished(root)
            return discovery.look(root, refresh=anew) if anew or discovery.is_due(root) else None
        except AtmosAuthError as failure:
            hints = "".join(f"\n  {hint}" for hint in failure.hints)
            self._prompter.warn(f"the identities of {root.tip} could not be looked for: {failure.message}{hints}")
            return None

    def configurable(self) -> list[str]:
        """Name the identities whose keys are kept in the keyring."""
        from atmos_auth.usecases.configure_user import configurable

        return configurable(self.catalog)

    def check_configurable(self, identity: str) -> None:
        """Raise `InvalidSetting` when this identity has no keys to configure."""
        from atmos_auth.usecases.configure_user import check_configurable

        check_configurable(self.catalog, identity)

    def key_fields(self, identity: str) -> "list[Field] | None":
        """Return what to ask for to store the identity's keys; None when the configuration holds them."""
        fields: list[Field] | None = self._build(self.chain(identity).tip).key_fields()
        return fields

    def configure_user(self, identity: str, answers: Mapping[str, str]) -> Mapping[str, str]:
        """Store the identity's keys in the keyring, and return the entry without its secret; may ask a password."""
        from atmos_auth.usecases.configure_user import configure_user

        chain = self.chain(identity)
        kind = self._build(chain.tip)
        return configure_user(chain.tip.name, kind, answers, keys=self._keys(), forget=self._profiles.remove_derived)

    def login_through_browser(self, identity: str) -> Credential:
        """Sign an IAM user in through the browser, whatever is stored; raises `InvalidSetting` for other kinds."""
        chain = self.chain(identity)
        return self._authenticator().through_browser().credential(chain, anew=True)

    def _starts_from(self, identity: str, root: Link) -> bool:
        try:
            return self._resolver.links(identity)[0].name == root.name
        except ConfigError:
            return False

    def _point_out(self, chain: Chain) -> None:
        """Warn of what should be written otherwise in the links' settings."""
        from atmos_auth.usecases.remarks import remarks_on

        for remark in remarks_on(self.catalog, chain):
            self._prompter.warn("\n".join((str(remark), *(f"  {hint}" for hint in remark.hints))))

    def _renewable(self, chain: Chain, reach: str = ASKING) -> AwsCredentials:
        """Return credentials that a program can get anew."""
        require_refreshable(chain)
        credential = self._ensure(chain, reach)
        if not isinstance(credential, AwsCredentials):
            raise CredentialsMissing(f'identity "{chain.tip.name}" gives no credentials that could be renewed')
        if getattr(self._build(chain.root), "signs_in_anew", False):
            self._prompter.warn(
                f"{chain.root} asks for every sign-in: what the program gets is not renewed after it ends"
            )
        return credential

    def _would_win(self, guest: Chain) -> bool:
        """Tell whether a profile is the one that SDKs take where none is named, and prefer to an endpoint."""
        if guest.tip.name != "default":
            return False
        self._prompter.warn(
            'the required identity "default" is left out: its profile would win over the endpoint\n'
            "  use --refresh=process"
        )
        return True

    def _refreshing(
        self,
        chain: Chain,
        credential: AwsCredentials,
        process: str,
        guests: Sequence[Guest],
        serve: Callable[[str], ServedAt] | None,
    ) -> Environment:
        own = own_variables(chain.tip)
        location = self._profiles.write_refreshing(chain, credential, process, guests)
        if serve is None:
            return environment.with_files(chain.tip.name, location, credential.region, own)
        return environment.with_endpoint(
            chain.tip.name,
            location,
            serve(chain.tip.name),
            region=credential.region,
            endpoint_url=credential.endpoint_url,
            extra=own,
        )

    def _ensure(
        self, chain: Chain, reach: str, authenticator: "Callable[[], Authenticator] | None" = None
    ) -> Credential:
        try:
            with pointing_at_keys(self.catalog, chain):
                return ensure(
                    chain,
                    reach,
                    profiles=self._profiles,
                    authenticator=authenticator or self._authenticator,
                    clock=self._clock,
                    when_missing=(lambda: self._other_realms().point_out(chain)) if reach == ASKING else None,
                )
        except CredentialsMissing as missing:
            missing.details = (*missing.details, *self._other_realms().words(chain))
            raise

    def _companions(self, chain: Chain, deliver: Callable[[Chain, AwsCredentials], None]) -> "list[Companion]":
        from atmos_auth.usecases.required_identities import companions

        names = self.catalog.required_identities()
        if passes_through(chain):
            if any(name != chain.tip.name for name in names):
                self._prompter.warn(f"{chain.tip} has no AWS files: no profiles of required identities can stand there")
            return []
        return companions(
            chain,
            names,
            chain_of=self.chain,
            obtain=lambda other: self._ensure(other, ASKING),
            deliver=deliver,
            warn=self._prompter.warn,
        )

    def _integrated(self, chain: Chain, credential: Credential, child: dict[str, str]) -> dict[str, str]:
        """Run the integrations of a chain that are due, and lay their variables over a child's environment."""
        if not self.catalog.integrations():
            return child
        from atmos_auth.usecases.integrations import joined

        return joined(child, self.integrations.before_handover(chain, credential))

    def _integrated_so_far(self, chain: Chain) -> Mapping[str, str]:
        return self.integrations.variables(chain) if self.catalog.integrations() else {}

    def _told(self, chain: Chain, variables: Environment) -> Environment:
        """Add the variables of what integrations have done so far."""
        so_far = self._integrated_so_far(chain)
        if not so_far:
            return variables
        from atmos_auth.usecases.integrations import told

        return variables._replace(variables=variables.variables | told(so_far, self._environ))

    def _pointing(self, chain: Chain, credential: Credential | None) -> Environment:
        region = credential.region if credential is not None else nearest_region(chain)
        if passes_through(chain):
            return environment.passing_through(chain.tip.name, region, own_variables(chain.tip))
        return environment.with_files(chain.tip.name, self._profiles.locate(chain), region, own_variables(chain.tip))

    def _own(self, chain: Chain, reach: str) -> Credential:
        """What the identity itself amounts to: for an ambient one, what the SDK finds."""
        if passes_through(chain) and reach != OFFLINE:
            return self._authenticator().silent().credential(chain)
        return self._ensure(chain, reach)

    def _caller(self, credentials: AwsCredentials) -> tuple[str, str]:
        caller = self.caller_identity(credentials)
        return caller.arn, caller.account_id

    def caller_identity(self, credentials: AwsCredentials) -> "CallerIdentity":
        """Ask AWS whom it takes these credentials for; uses the network, raises `ServiceError` and its kin."""
        from atmos_auth.aws_api.partitions import FALLBACK_REGION
        from atmos_auth.aws_api.sts import Sts

        region = credentials.region or FALLBACK_REGION
        return Sts(self._aws(), credentials, region=region, endpoint_url=credentials.endpoint_url).caller_identity()
