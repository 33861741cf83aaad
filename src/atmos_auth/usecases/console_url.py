"""The address that signs a person in to the web console as an identity, whatever it takes to get one."""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from atmos_auth.aws_api.console_destinations import Destination, destination
from atmos_auth.aws_api.console_federation import LONGEST_SECONDS, SHORTEST_SECONDS, ConsoleFederation
from atmos_auth.aws_api.partitions import federation_endpoint, partition_id
from atmos_auth.config.durations import seconds
from atmos_auth.domain.chain import PROVIDER, Chain, Link
from atmos_auth.domain.credentials import AwsCredentials, Credential, SsoToken
from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed, InvalidSetting, UsageError
from atmos_auth.domain.ports import Clock, Log, Web
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog
from atmos_auth.usecases.ensure import nearest_region
from atmos_auth.usecases.whoami import provider_label

FEDERATION, PORTAL = "federation", "portal"
DEFAULT_DURATION = "1h"
DEFAULT_ISSUER = "atmos"
_PORTAL_DECIDES = "The portal decides how long the session lasts: --duration has no effect."
# What AWS calls those who may sign in: roles, and federated users.
_MAY_SIGN_IN = (":assumed-role/", ":federated-user/")


class Wish(NamedTuple):
    """How the console shall open: at which page (alias or URL), for how long, and through what.

    `duration` is as a person writes it, None for what the configuration says; `issuer` is where AWS sends people whose
    session has ended; `via` is FEDERATION, or PORTAL for the portal's own shortcut.
    """

    destination: str = ""
    duration: str | int | None = None
    issuer: str = DEFAULT_ISSUER
    via: str = FEDERATION


class ConsoleUrl(NamedTuple):
    """An address to open: for fifteen minutes `url` signs in whoever has it, so it is a secret.

    `session_seconds` is how long the session lasts and `expires_at` (seconds since the epoch) when it ends, both None
    where only the portal knows. `remarks` are sentences about what is not as it was wished.
    """

    url: str
    identity: str
    provider: str
    destination: str
    account: str | None = None
    session_seconds: int | None = None
    expires_at: float | None = None
    remarks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the identity and the page, never the address."""
        return f"ConsoleUrl(identity={self.identity!r}, destination={self.destination!r})"


class ConsoleUrls:
    """Makes such addresses.

    `obtain` gets a chain's credential, asking a person if that is needed; `delivered` looks at what is there, expired
    or not; `caller` asks AWS whose the credentials are; `build` turns a link into its kind.
    """

    def __init__(
        self,
        *,
        obtain: Callable[[Chain], Credential],
        delivered: Callable[[Chain], AwsCredentials | None],
        caller: Callable[[AwsCredentials], tuple[str, str]],
        build: Callable[[Link], Any],
        web: Callable[[], Web],
        log: Callable[[], Log],
        clock: Clock,
    ) -> None:
        self._obtain = obtain
        self._delivered = delivered
        self._caller = caller
        self._build = build
        self._web = web
        self._log = log
        self._clock = clock

    def make(self, chain: Chain, wish: Wish) -> ConsoleUrl:
        """Return the address; may prompt, and uses the network unless the portal's shortcut needs none.

        Raises `UsageError` or `InvalidSetting` for a wish that cannot be granted, `AuthenticationFailed` or a class
        below it where AWS lets nobody sign in with what the chain gives, and `ServiceError`.
        """
        # Nobody should sign in for a page that there is not.
        page = destination(wish.destination)
        if wish.via == PORTAL:
            return self._shortcut(chain, wish, page)
        wanted, remarks = _duration(chain, wish)
        credentials = self._credentials(chain, wanted)
        return self._signed_in(chain, wish, page, credentials, wanted, remarks)

    def _signed_in(
        self,
        chain: Chain,
        wish: Wish,
        page: Destination,
        credentials: AwsCredentials,
        wanted: int,
        remarks: list[str],
    ) -> ConsoleUrl:
        partition = partition_id(arn=credentials.principal, region=credentials.region)
        there = page.on(partition, credentials.region)
        endpoint = (
            f"{credentials.endpoint_url.rstrip('/')}/federation"
            if credentials.endpoint_url
            else federation_endpoint(partition, credentials.region)
        )
        federation = ConsoleFederation(self._web(), endpoint=endpoint)
        takes_duration = _takes_duration(chain) and not _is_federated_user(credentials)
        try:
            token = federation.sign_in_token(credentials, seconds=wanted if takes_duration else None)
        except AccessDenied as denied:
            denied.hints = (*denied.hints, f"get new ones: atmos auth login --identity {chain.tip.name}")
            raise
        url = federation.sign_in_url(token, issuer=wish.issuer, destination=there)
        self._log().hide([token.token, url])
        now = self._clock.now()
        session = token.seconds
        if session is None and credentials.expires_at is not None:
            session = max(0, ceil(credentials.expires_at - now))
        if token.seconds is None and _is_wished(chain, wish) and not _is_federated_user(credentials):
            remarks.append(_without_duration(takes_duration=takes_duration))
        return ConsoleUrl(
            url,
            chain.tip.name,
            provider_label(chain),
            there,
            account=credentials.account_id,
            session_seconds=session,
            expires_at=now + session if session is not None else None,
            remarks=tuple(remarks),
        )

    def _credentials(self, chain: Chain, wanted: int) -> AwsCredentials:
        """Obtain credentials that AWS lets sign in, as far as can be told from here."""
        if chain.parent is None and hasattr(_kind_class(chain.tip), "federate"):
            return cast("AwsCredentials", self._build(chain.tip).federate(wanted))
        credentials = self._obtain(chain)
        if not isinstance(credentials, AwsCredentials):
            raise AuthenticationFailed(
                f"{chain.tip} gives {credentials.words()}, and the web console needs AWS credentials",
                hints=["use an identity of kind aws/ambient for what the AWS SDK finds by itself"],
            )
        if not credentials.session_token:
            raise _cannot_sign_in(chain, "long-lived keys")
        if credentials.principal is None and chain.parent is None:
            arn, account = self._caller(credentials)
            credentials = credentials._replace(principal=arn, account_id=account)
        if credentials.principal is not None and not any(word in credentials.principal for word in _MAY_SIGN_IN):
            raise _cannot_sign_in(chain, f"a session of {credentials.principal}")
        return credentials

    def _shortcut(self, chain: Chain, wish: Wish, page: Destination) -> ConsoleUrl:
        """Give the portal's own address for a permission set: its session in the browser does the rest."""
        principal, start_url = chain.tip.settings.get("principal"), str(chain.root.settings.get("start_url") or "")
        name = principal.get("name") if isinstance(principal, Mapping) else None
        if chain.parent is None or _gives(chain.parent.tip) is not SsoToken or not name or not start_url:
            raise UsageError(
                f"--via portal needs a permission set of an IAM Identity Center portal, which {chain.tip} is not",
                hints=["leave --via out"],
            )
        account = self._account(chain, cast("Mapping[str, Any]", principal))
        values = {"account_id": account, "role_name": str(name)}
        region = nearest_region(chain)
        there = page.on(partition_id(arn=None, region=region), region)
        if page != Destination():
            values["destination"] = there
        remarks = [_PORTAL_DECIDES] if wish.duration is not None else []
        return ConsoleUrl(
            f"{start_url.rstrip('/#')}/#/console?{urlencode(values)}",
            chain.tip.name,
            provider_label(chain),
            there,
            account=account,
            remarks=tuple(remarks),
        )

    def _account(self, chain: Chain, principal: Mapping[str, Any]) -> str:
        """Find the number of the permission set's account: written, known from before, or looked up."""
        written = principal.get("account")
        number = written.get("id") if isinstance(written, Mapping) else None
        if number:
            return str(number)
        known = self._delivered(chain)
        if known is None or not known.account_id:
            found = self._obtain(chain)
            known = found if isinstance(found, AwsCredentials) else None
        if known is None or not known.account_id:
            raise InvalidSetting(f"{chain.tip} does not say in which account", hints=["set `principal.account.id`"])
        return known.account_id


def opens_isolated(catalog: Catalog) -> bool:
    """Tell whether `auth.console` wants a browser profile for each identity; raises `InvalidSetting`."""
    for name in ("isolated", "isolated_sessions"):
        value = catalog.setting("console", name)
        if value is not None and not isinstance(value, bool):
            raise InvalidSetting(
                f'auth.console.{name} is "{value}", which is not true or false', place=catalog.place("console", name)
            )
        if value:
            return True
    return False


def _duration(chain: Chain, wish: Wish) -> tuple[int, list[str]]:
    """Return how many seconds the session shall last, within what AWS allows, and what is to be said of that."""
    written = wish.duration if wish.duration is not None else _configured(chain) or DEFAULT_DURATION
    try:
        wanted = seconds(written)
    except ValueError as error:
        if wish.duration is None:
            raise InvalidSetting(f"{chain.root}: console.session_duration: {error}", place=chain.root.place) from error
        raise UsageError(f"invalid duration {written!r}", hints=["for example --duration 2h"]) from error
    allowed = min(max(wanted, SHORTEST_SECONDS), LONGEST_SECONDS)
    if allowed == wanted:
        return allowed, []
    word = "12h, the longest" if wanted > allowed else "15m, the shortest"
    return allowed, [f"A console session of {written} is not possible: it lasts {word} that AWS allows."]


def _configured(chain: Chain) -> str | int | None:
    console = chain.root.settings.get("console") if chain.root.role == PROVIDER else None
    return console.get("session_duration") if isinstance(console, Mapping) else None


def _is_wished(chain: Chain, wish: Wish) -> bool:
    return wish.duration is not None or _configured(chain) is not None


def _takes_duration(chain: Chain) -> bool:
    """Tell whether AWS lets these credentials say how long: not where they come from another session of AWS's.

    Of what the environment gives it is not known, so it is tried.
    """
    parent = chain.parent
    if parent is None or _gives(parent.tip) is not AwsCredentials:
        return True
    return parent.parent is None and registry.find(parent.root.kind, parent.root.role).ambient


def _without_duration(*, takes_duration: bool) -> str:
    why = "for these credentials" if takes_duration else "for a role that was assumed from another session"
    return f"AWS takes no console session duration {why}: the session ends with the credentials."


def _is_federated_user(credentials: AwsCredentials) -> bool:
    return ":federated-user/" in (credentials.principal or "")


def _cannot_sign_in(chain: Chain, what: str) -> AuthenticationFailed:
    return AuthenticationFailed(
        f"{chain.tip} gives {what}, and AWS lets only roles and federated users sign in to the web console",
        hints=[
            "assume a role from it: an identity of kind aws/assume-role",
            "or configure the user's keys: an identity of kind aws/user",
        ],
    )


def _gives(link: Link) -> Any:
    return _kind_class(link).gives


def _kind_class(link: Link) -> Any:
    return registry.load(registry.find(link.kind, link.role, link.place))
