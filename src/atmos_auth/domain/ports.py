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


class Progress(NamedTuple):
    """How far a longer piece of work is: `done` of `total` (None: nobody knows yet), and how many seconds are left.

    `unit` is what is counted, `found` what came of it so far, `remark` what a person should know besides.
    """

    what: str
    done: int = 0
    total: int | None = None
    unit: str = ""
    found: str = ""
    seconds_left: float | None = None
    remark: str = ""


class Prompter(Protocol):
    """The conversation with the person at the terminal; everything it writes goes to stderr."""

    @property
    def is_silent(self) -> bool:
        """Whether nobody may be disturbed: then nothing is begun that only a person should begin."""

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

    def following(self, look: Callable[[], Progress]) -> AbstractContextManager[Callable[[], None]]:
        """Show how far the block is; `look` tells, in any thread. The block calls what it gets now and then."""

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

    def open_file(self, path: str) -> bool:
        """Open a file of ours by its absolute path; False when no browser could be started."""


class AuthorizationListener(Protocol):
    """A loopback port that waits for an authorization server's redirect (RFC 8252 section 7.3)."""

    redirect_uri: str

    def wait(self, deadline: float) -> str:
        """Return the authorization code; raises `AccessDenied` or, at `deadline` (epoch seconds), `SignInExpired`."""


class Listen(Protocol):
    """Opens an `AuthorizationListener` that is bound before the block starts and closed after it."""

    def __call__(self, *, path: str, state: str, port: int = 0) -> AbstractContextManager[AuthorizationListener]:
        """Bind 127.0.0.1:`port` (0: any free one); only a request for `path` that carries `state` is heeded."""


class FormListener(Protocol):
    """A loopback port that waits for a form which a web page posts from the person's browser."""

    address: str

    def wait(self, deadline: float) -> str:
        """Return the value of the awaited field; raises `SignInExpired` at `deadline` (epoch seconds)."""


class ListenForForm(Protocol):
    """Opens a `FormListener` that is bound before the block starts and closed after it."""

    def __call__(self, *, path: str, field: str, state: str, port: int = 0) -> AbstractContextManager[FormListener]:
        """Bind 127.0.0.1:`port`; only a form with `field`, posted to `path` with RelayState `state`, is heeded."""


class WebAnswer(NamedTuple):
    """What a web server answered, after redirects: the address it came from, its status, and its text."""

    url: str
    status: int
    text: str

    def __repr__(self) -> str:
        """Name the status: addresses and pages of a sign-in hold secrets."""
        return f"WebAnswer({self.status})"


class WebSession(Protocol):
    """A conversation with web servers that keeps its cookies; redirects are followed within it.

    Both methods use the network and raise `ServiceError`; an answer of any status is an answer.
    """

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> WebAnswer:
        """Fetch a page."""

    def post(
        self,
        url: str,
        *,
        form: Sequence[tuple[str, str]] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> WebAnswer:
        """Send a form's fields, or a JSON value."""


class Web(Protocol):
    """Where conversations over HTTP begin."""

    def session(self, *, seconds: float, redirects: bool = True) -> AbstractContextManager[WebSession]:
        """Begin one; every answer must be there within `seconds`."""


class BrowserChoice(NamedTuple):
    """Which browser to drive: Playwright's name of it (`chrome`), or a program; empty means any that is there.

    `download` allows fetching one where none is there.
    """

    browser_type: str = ""
    executable: str = ""
    download: bool = False


class DrivenBrowser(Protocol):
    """A web browser that we open, watch and close; the person signs in in its window."""

    def can_open(self, choice: BrowserChoice) -> bool:
        """Tell whether this browser can be driven here and a person would see its window; never raises."""

    def posted(
        self, url: str, *, field: str, is_target: Callable[[str], bool], profile: str, choice: BrowserChoice
    ) -> str:
        """Open `url` and return `field` of the first form that a page posts to an address that `is_target` picks.

        That form never leaves this machine. `profile` names the browser's own folder, so that a session there is used
        again. Prompts in the window. Raises `AuthenticationFailed`, `Cancelled`, `SignInExpired`, `InvalidSetting`.
        """

    def has_profile(self, profile: str) -> bool:
        """Tell whether the browser keeps anything for this profile."""

    def forget(self, profile: str) -> bool:
        """Remove the profile and every session in it; tell whether there was one."""


class IsolatedBrowser(Protocol):
    """Browser windows with a profile of their own for each identity."""

    def open(self, identity: str, url: str) -> bool:
        """Open `url` in the identity's own profile; False when no browser could be started; raises `StoreError`."""

    def has_profile(self, identity: str) -> bool:
        """Tell whether the identity has a profile."""

    def forget(self, identity: str) -> bool:
        """Remove the identity's profile and every session in it; tell whether there was one."""


class AwsConnections(Protocol):
    """botocore clients that know nothing of the user's own AWS variables and files."""

    def client(
        self,
        service: str,
        *,
        region: str,
        endpoint_url: str | None,
        credentials: AwsCredentials | None = None,
        attempts: int | None = None,
    ) -> Any:
        """Return a client of `service` (botocore's name); unsigned when no credentials are given.

        `attempts` is how often one request may be sent in all; None leaves that to the connections.
        """

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
    web: Web
    driven_browser: DrivenBrowser
    listen_for_form: ListenForForm


class Kind(Protocol):
    """A way to obtain a credential: built as `Kind(name, settings, tools)`, it turns the previous one into its own.

    Class attributes: `needs`, the types of credential it accepts (empty for a root); `gives`, the type it returns;
    `settings_type`, the msgspec Struct that its section of the configuration must fit. Optional: `session`, a key that
    equals that of another kind when both share what they give; `accepts(stored)`, whether a stored credential is
    one of ours; `is_signed_in_to_browser()` and `sign_out_of_browser()`, for a session that a browser keeps for it;
    `federate(duration_seconds)`, credentials for the web console where those it gives may not sign in there;
    `password_entry`, the keyring's name for a password that it keeps; `fleeting`, for a plug-in whose credential is
    good for one attempt.
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
    "BrowserChoice",
    "BrowserSessionStore",
    "Clock",
    "Credential",
    "DrivenBrowser",
    "FormListener",
    "Invitation",
    "IsolatedBrowser",
    "Kind",
    "Listen",
    "ListenForForm",
    "Log",
    "MfaCodes",
    "ProfileStore",
    "Prompter",
    "SilentlyRefreshing",
    "TokenStore",
    "Tools",
    "Web",
    "WebAnswer",
    "WebSession",
]
