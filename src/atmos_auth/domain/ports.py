"""What the rooms below the engine need from the outside world, as protocols; `wiring` picks the real ones."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import AwsCredentials, BrowserSession, Credential, SsoToken
from atmos_auth.domain.fields import Field
from atmos_auth.domain.secret_store import SecretStore


class Clock(Protocol):
    """Time, in seconds since the epoch."""

    def now(self) -> float:
        """Tell the time."""

    def sleep(self, seconds: float) -> None:
        """Wait; Ctrl-C ends it."""


class Log(Protocol):
    """Where the program says what it does; every secret it was told of is masked."""

    def debug(self, message: str) -> None:
        """Note a step for someone who looks for a fault."""

    def warn(self, message: str) -> None:
        """Note something that a person should mend."""

    def hide(self, secrets: Sequence[str]) -> None:
        """Mask these values in everything written from now on."""


class Invitation(NamedTuple):
    """What a person must see to sign in: `url` to open, `code` to compare (device flow), and until when."""

    title: str
    url: str
    code: str | None
    expires_at: float


class Prompter(Protocol):
    """The conversation with the person at the terminal; everything it writes goes to stderr."""

    @property
    def can_show(self) -> bool:
        """Whether a person sees what we write."""

    @property
    def can_ask(self) -> bool:
        """Whether a person can answer here."""

    def inviting(self, invitation: Invitation) -> AbstractContextManager[None]:
        """Show the invitation and the time left while the block runs."""

    def waiting(self, message: str, until: float) -> AbstractContextManager[None]:
        """Show what is waited for, and the time left, while the block runs."""

    def choose(self, question: str, options: Sequence[str]) -> str:
        """Let the person pick one option; raises `Cancelled` on Esc or Ctrl-C."""

    def form(self, header: str, fields: Sequence[Field]) -> dict[str, str]:
        """Show `header`, have every field answered, and return the answers by name; raises `Cancelled`."""

    def code(
        self, title: str, description: str, *, digits: int = 6, check: Callable[[str], str | None] | None = None
    ) -> str:
        """Ask for a one-time code until it has `digits` digits and `check` has no complaint; raises `Cancelled`."""

    def confirm(self, question: str, *, default: bool = False) -> bool:
        """Ask a question that yes or no answers; raises `Cancelled`."""

    def say(self, message: str) -> None:
        """Write a line."""

    def warn(self, message: str) -> None:
        """Write a line that stands out."""


class Browser(Protocol):
    """The person's web browser."""

    @property
    def is_local(self) -> bool:
        """Whether a browser opened here can reach a loopback port of this machine, and a person sits before it."""

    def open(self, url: str) -> bool:
        """Open `url`; False when no browser could be started."""


class AuthorizationListener(Protocol):
    """A loopback port that waits for an authorization server's redirect (RFC 8252 section 7.3)."""

    redirect_uri: str

    def wait(self, deadline: float) -> str:
        """Return the authorization code; raises `AccessDenied` or, at `deadline` (epoch seconds), `SignInExpired`."""


class Listen(Protocol):
    """Opens an `AuthorizationListener` that is bound before the block starts and closed after it."""

    def __call__(self, *, path: str, state: str, port: int = 0) -> AbstractContextManager[AuthorizationListener]:
        """Bind 127.0.0.1:`port` (0: any free one); only a request for `path` that carries `state` is heeded."""


class AwsConnections(Protocol):
    """botocore clients that know nothing of the user's own AWS variables and files."""

    def client(
        self,
        service: str,
        *,
        region: str,
        endpoint_url: str | None,
        credentials: AwsCredentials | None = None,
    ) -> Any:
        """Return a client of `service` (botocore's name); unsigned when no credentials are given."""

    def ambient_credentials(self) -> AwsCredentials | None:
        """Resolve what the AWS SDK itself would use here: variables, shared files, roles; may use the network."""


class MfaCodes(Protocol):
    """One-time codes of MFA devices, none handed out twice."""

    def code(self, serial: str, command: str | None = None) -> str:
        """Return a code of the device with this ARN: what `command` prints, or what the person types."""


class BrowserSessionStore(Protocol):
    """Where an IAM user's sign-ins through the browser rest, by the identity's name."""

    def exclusive(self, name: str) -> AbstractContextManager[None]:
        """Hold the identity's sign-in to oneself: a refresh token may be redeemed only once."""

    def read(self, name: str) -> BrowserSession | None:
        """Return the stored sign-in, over or not; None when there is none."""

    def write(self, name: str, session: BrowserSession) -> None:
        """Replace what is stored for the identity."""

    def remove(self, name: str) -> bool:
        """Forget the identity's sign-in; tell whether there was one."""


class Tools(NamedTuple):
    """What a kind may use; handed to it at construction.

    `keys` and `mfa` ask the same person as `prompter`, or nobody where it cannot ask.
    """

    clock: Clock
    random_bytes: Callable[[int], bytes]
    environ: Mapping[str, str]
    prompter: Prompter
    browser: Browser
    listen: Listen
    aws: AwsConnections
    log: Log
    keys: SecretStore
    mfa: MfaCodes
    browser_sessions: BrowserSessionStore


class Kind(Protocol):
    """A way to obtain a credential: built as `Kind(name, settings, tools)`, it turns the previous one into its own.

    Class attributes: `needs`, the types of credential it accepts (empty for a root); `gives`, the type it returns;
    `settings_type`, the msgspec Struct that its section of the configuration must fit. Optional: `session`, a key that
    equals that of another kind when both share what they give; `accepts(stored)`, whether a stored credential is
    one of ours.
    """

    def authenticate(self, previous: Any) -> Any:
        """Obtain the credential; may prompt and use the network."""


class SilentlyRefreshing(Protocol):
    """A kind whose credential can be renewed without a person."""

    def refresh(self, stale: Any) -> Any | None:
        """Renew `stale` over the network without asking anybody; None when that is not possible any more."""


class TokenStore(Protocol):
    """Where portal sessions rest between processes."""

    def read(self, session: str) -> SsoToken | None:
        """Return the stored token, expired or not; None when there is none."""

    def write(self, token: SsoToken) -> None:
        """Replace what is stored for the token's session."""

    def remove(self, session: str) -> bool:
        """Forget the session; tell whether there was one."""


class ProfileStore(Protocol):
    """Where AWS credentials are delivered, and kept, as profiles that every SDK reads."""

    def read(self, chain: Chain) -> AwsCredentials | None:
        """Return the credentials delivered for exactly this chain; None on any difference."""

    def restore(self, chain: Chain) -> AwsCredentials | None:
        """Deliver again what another chain of the same name displaced, if it is still there."""

    def write(self, chain: Chain, credentials: AwsCredentials) -> None:
        """Deliver the credentials under the name of the chain's tip."""

    def remove(self, chain: Chain) -> bool:
        """Remove the profile of the chain's tip; tell whether there was one."""

    def remove_derived(self, session: str) -> None:
        """Remove every profile whose credentials came from this sign-in session."""


__all__ = [
    "AuthorizationListener",
    "AwsConnections",
    "Browser",
    "BrowserSessionStore",
    "Clock",
    "Credential",
    "Invitation",
    "Kind",
    "Listen",
    "Log",
    "MfaCodes",
    "ProfileStore",
    "Prompter",
    "SilentlyRefreshing",
    "TokenStore",
    "Tools",
]
