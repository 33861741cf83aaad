"""The library's table of contents: everything one can do with the identities of one configuration."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from atmos_auth.delivery import environment
from atmos_auth.delivery.aws_files import AwsFiles, ProfileLocation
from atmos_auth.delivery.environment import Environment
from atmos_auth.domain.chain import PROVIDER, Chain, Link
from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.errors import CredentialsMissing, NeedsPerson
from atmos_auth.domain.ports import AwsConnections, Clock, Prompter, TokenStore
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.resolve import Resolver
from atmos_auth.usecases.ensure import (
    ASKING,
    OFFLINE,
    SILENT,
    ensure,
    nearest_region,
    passes_through,
    require_refreshable,
)
from atmos_auth.usecases.mend_keys import pointing_at_keys
from atmos_auth.usecases.select_identity import Asked, select_identity

if TYPE_CHECKING:
    from atmos_auth.domain.fields import Field
    from atmos_auth.engine.authenticate import Authenticator
    from atmos_auth.usecases.listing import Entry
    from atmos_auth.usecases.logout import Logout
    from atmos_auth.usecases.validate import Findings
    from atmos_auth.usecases.whoami import Status


class Auth:
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
        tokens: Callable[[], TokenStore],
        keys: Callable[[], SecretStore],
        authenticator: Callable[[], "Authenticator"],
        build: Callable[[Link], Any],
        aws: Callable[[], AwsConnections],
        prompter: Prompter,
        environ: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self.catalog = catalog
        self._resolver = resolver
        self._profiles = profiles
        self._tokens = tokens
        self._keys = keys
        self._authenticator = authenticator
        self._build = build
        self._aws = aws
        self._prompter = prompter
        self._environ = environ
        self._clock = clock

    def select(self, asked: Asked) -> str | None:
        """Tell which identity is meant, None when authentication is switched off; may prompt."""
        return select_identity(self.catalog, asked, environ=self._environ, prompter=self._prompter)

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
        with pointing_at_keys(self.catalog, chain):
            return self._authenticator().credential(chain, anew=True)

    def login_provider(self, provider: str) -> Credential:
        """Sign in to a provider, or renew its session; one whose credential nobody keeps is only tried."""
        chain = self._resolver.provider(provider)
        self._point_out(chain)
        return self._authenticator().credential(chain, anew=True)

    def credentials(self, identity: str, reach: str = ASKING) -> Credential:
        """Return usable credentials, at the least cost that `reach` allows."""
        return self._ensure(self.chain(identity), reach)

    def keys_environment(self, identity: str, reach: str = ASKING) -> Environment:
        """Return variables that hold the credentials themselves."""
        chain = self.chain(identity)
        credential = self._ensure(chain, reach)
        if not isinstance(credential, AwsCredentials):
            return environment.passing_through(chain.tip.name, credential.region, _own_variables(chain))
        return environment.with_keys(chain.tip.name, credential, _own_variables(chain))

    def files_environment(self, identity: str, reach: str | None = ASKING) -> Environment:
        """Return variables that point at the delivered profile; with `reach` None the profile need not exist."""
        chain = self.chain(identity)
        return self._pointing(chain, self._ensure(chain, reach) if reach is not None else self._profiles.read(chain))

    def child_environment(self, identity: str, base: Mapping[str, str]) -> tuple[dict[str, str], Credential]:
        """Return the whole environment for a child that runs as the identity, and the credential it will find."""
        chain = self.chain(identity)
        credential = self._ensure(chain, ASKING)
        variables = self._pointing(chain, credential)
        return environment.for_child(variables, base, delivered=not passes_through(chain)), credential

    def refreshing_environment(
        self, identity: str, base: Mapping[str, str], process: str
    ) -> tuple[dict[str, str], Credential]:
        """Return what `child_environment` does, for a child that outlives its credentials.

        It gets them from `process`, a command line that prints them as SDKs expect of a credential process. Raises
        `InvalidSetting` for chains that start from what the environment gives, which the child no longer has.
        """
        chain = self.chain(identity)
        require_refreshable(chain)
        credential = self._ensure(chain, ASKING)
        if not isinstance(credential, AwsCredentials):
            raise CredentialsMissing(f'identity "{chain.tip.name}" gives no credentials that could be renewed')
        location = self._profiles.write_refreshing(chain, credential, process)
        variables = environment.with_files(chain.tip.name, location, credential.region, _own_variables(chain))
        return environment.for_child(variables, base, delivered=True), credential

    def location(self, identity: str) -> ProfileLocation:
        """Tell where the identity's profile is, whether or not it exists."""
        return self._profiles.locate(self.chain(identity))

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
        from atmos_auth.usecases.listing import listing

        return listing(self.catalog, chain_of=self.chain, stored=self._profiles.read)

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
            tokens=self._tokens,
            keys=self._keys,
            build=self._build,
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

    def provider_chain(self, provider: str) -> Chain:
        """Return the chain that consists of this provider alone."""
        return self._resolver.provider(provider)

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

    def _point_out(self, chain: Chain) -> None:
        """Warn of what should be written otherwise in the links' settings."""
        from atmos_auth.usecases.remarks import remarks_on

        for remark in remarks_on(self.catalog, chain):
            self._prompter.warn("\n".join((str(remark), *(f"  {hint}" for hint in remark.hints))))

    def _ensure(self, chain: Chain, reach: str) -> Credential:
        with pointing_at_keys(self.catalog, chain):
            return ensure(chain, reach, profiles=self._profiles, authenticator=self._authenticator, clock=self._clock)

    def _pointing(self, chain: Chain, credential: Credential | None) -> Environment:
        region = credential.region if credential is not None else nearest_region(chain)
        if passes_through(chain):
            return environment.passing_through(chain.tip.name, region, _own_variables(chain))
        return environment.with_files(chain.tip.name, self._profiles.locate(chain), region, _own_variables(chain))

    def _own(self, chain: Chain, reach: str) -> Credential:
        """What the identity itself amounts to: for an ambient one, what the SDK finds."""
        if passes_through(chain) and reach != OFFLINE:
            return self._authenticator().silent().credential(chain)
        return self._ensure(chain, reach)

    def _caller(self, credentials: AwsCredentials) -> tuple[str, str]:
        from atmos_auth.aws_api.partitions import FALLBACK_REGION
        from atmos_auth.aws_api.sts import Sts

        region = credentials.region or FALLBACK_REGION
        return Sts(self._aws(), credentials, region=region, endpoint_url=credentials.endpoint_url).caller_identity()


def _own_variables(chain: Chain) -> dict[str, str]:
    """The identity's `env` list as a mapping."""
    entries = chain.tip.settings.get("env") or []
    return {str(e["key"]): str(e["value"]) for e in entries if isinstance(e, Mapping) and e.get("key") and "value" in e}
