"""Driver `Browser`: the person signs in in a browser window of ours, or in their own with an answer to a local port."""

from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from atmos_auth.aws_api.base64url import base64url
from atmos_auth.aws_api.partitions import is_saml_endpoint
from atmos_auth.domain.errors import AuthenticationFailed, Cancelled, NeedsPerson, SignInExpired
from atmos_auth.domain.ports import BrowserChoice, Invitation, Tools
from atmos_auth.providers.aws.saml.drivers.html_pages import FIELD

SIGN_IN_SECONDS = 600
CALLBACK_PATH = "/saml"
_OTHER_WAYS = (
    "or sign in in your own browser, if the identity provider may post to 127.0.0.1: `callback_port`",
    "or in the terminal: `driver: Okta`, `driver: ADFS` or `driver: GoogleApps`",
)


def in_window(tools: Tools, url: str, *, choice: BrowserChoice) -> str:
    """Return the SAML response that the identity provider posts to AWS; it never gets there.

    Raises `NeedsPerson` where nobody sees a window, and what `DrivenBrowser.posted` raises.
    """
    _require_person(tools, url)
    try:
        return tools.driven_browser.posted(
            url, field=FIELD, is_target=is_saml_endpoint, profile=browser_profile(url), choice=choice
        )
    except (Cancelled, SignInExpired):
        raise
    except AuthenticationFailed as failure:
        failure.hints = (*failure.hints, *_OTHER_WAYS)
        raise


def in_own_browser(tools: Tools, url: str, *, port: int) -> str:
    """Return the SAML response that the identity provider posts to a port of this machine, as it was configured to.

    The address gets a RelayState, and only an answer that brings it back counts. Raises `NeedsPerson`,
    `SignInExpired`, `AuthenticationFailed`.
    """
    _require_person(tools, url)
    state = base64url(tools.random_bytes(16))
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "RelayState"]
    address = urlunsplit(parts._replace(query=urlencode([*query, ("RelayState", state)])))
    with tools.listen_for_form(path=CALLBACK_PATH, field=FIELD, state=state, port=port) as listener:
        deadline = tools.clock.now() + SIGN_IN_SECONDS
        tools.browser.open(address)
        try:
            with tools.prompter.inviting(Invitation(f"Sign in to {_without_query(url)}", address, None, deadline)):
                return listener.wait(deadline)
        except SignInExpired as late:
            late.hints = (*late.hints, "the identity provider must send back the RelayState that it got: does it?")
            raise


def browser_profile(url: str) -> str:
    """Name the browser profile of a sign-in page: providers of one page share the session in it."""
    return sha256(url.encode()).hexdigest()[:32]


def _require_person(tools: Tools, url: str) -> None:
    if not tools.prompter.can_show:
        raise NeedsPerson(
            f"signing in to {_without_query(url)} needs a person at a browser, and there is no terminal here",
            hints=["run it in a terminal, or with --force-tty", "in CI, use an identity that needs no person"],
        )


def _without_query(url: str) -> str:
    return url.partition("?")[0]
