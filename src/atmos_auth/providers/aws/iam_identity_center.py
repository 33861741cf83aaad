"""Kind `aws/iam-identity-center`: a person signs in to a portal, in a browser here or with a code anywhere."""

from hashlib import sha256
from typing import Annotated, ClassVar

from msgspec import Meta

from atmos_auth.aws_api.base64url import base64url
from atmos_auth.aws_api.sso_oidc import (
    AUTHORIZATION_CODE,
    CALLBACK_PATH,
    DEVICE_CODE,
    Client,
    SsoOidc,
    Tokens,
)
from atmos_auth.aws_api.sso_portal import SsoPortal
from atmos_auth.config.durations import seconds
from atmos_auth.config.settings import ProviderSettings, Region, Url
from atmos_auth.domain import env_names
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import (
    AccessDenied,
    CredentialRejected,
    InvalidSetting,
    NeedsPerson,
    ServiceError,
    SignInExpired,
)
from atmos_auth.domain.portals import session_key
from atmos_auth.domain.ports import Invitation, Tools

AUTO, PKCE, DEVICE = "auto", "pkce", "device"
FLOWS = (AUTO, PKCE, DEVICE)
# How long the browser may take when no device code sets the time.
BROWSER_SECONDS = 600
DEFAULT_TOKEN_SECONDS = 3600
# RFC 8628 section 3.5: each slow_down adds five seconds, for good.
SLOW_DOWN_SECONDS = 5
# The service's words for "this refresh token, or the client it was given to, is of no more use".
_REFRESH_OVER = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidClientException",
        "InvalidGrantException",
        "InvalidRequestException",
        "UnauthorizedClientException",
    }
)


class IamIdentityCenterSettings(ProviderSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A portal and how to sign in to it."""

    start_url: Annotated[Url, Meta(title="start_url")]
    region: Region
    login_flow: Annotated[
        str,
        Meta(pattern="^(auto|pkce|device)$", description="a login flow (auto, pkce, device)", examples=[AUTO]),
    ] = AUTO
    callback_port: Annotated[int, Meta(ge=0, le=65535, description="a port number (0: any free port)")] = 0
    auto_provision_identities: bool = False


class IamIdentityCenter:
    """One portal session, shared by every provider with the same `start_url` and `region`."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = SsoToken
    settings_type: ClassVar[type] = IamIdentityCenterSettings

    def __init__(self, name: str, settings: IamIdentityCenterSettings, tools: Tools) -> None:
        self.session = session_key(settings.start_url, settings.region)
        self._name = name
        self._settings = settings
        self._tools = tools

    def accepts(self, token: SsoToken) -> bool:
        """Tell whether a stored token is one of this portal."""
        settings = self._settings
        ours = (settings.start_url, settings.region, settings.spec.endpoint_url or None)
        return (token.start_url, token.region, token.endpoint_url) == ours

    def refresh(self, stale: SsoToken) -> SsoToken | None:
        """Exchange the refresh token over the network; None when it is of no more use; raises `ServiceError`."""
        now = self._tools.clock.now()
        if not (stale.refresh_token and stale.client_id and stale.client_secret):
            return None
        if stale.client_expires_at is None or stale.client_expires_at <= now:
            return None
        client = Client(stale.client_id, stale.client_secret, stale.client_expires_at)
        try:
            tokens = self._oidc().refresh(client, stale.refresh_token)
        except ServiceError as error:
            if error.code not in _REFRESH_OVER:
                raise
            self._tools.log.debug(f"the refresh token was refused: {error.code}")
            return None
        return self._token(client, tokens._replace(refresh_token=tokens.refresh_token or stale.refresh_token))

    def authenticate(self, previous: None) -> SsoToken:
        """Sign a person in; raises `NeedsPerson` where nobody sees anything, `AccessDenied` or `SignInExpired`."""
        if not self._tools.prompter.can_show:
            raise NeedsPerson(
                f"signing in to {self._settings.start_url} needs a person, and there is no terminal to show a code on",
                hints=[
                    "run it in a terminal, or with --force-tty",
                    "in CI, use an identity that needs no person",
                ],
            )
        flow = self._flow()
        if flow == DEVICE or (flow == AUTO and not self._tools.browser.is_local):
            return self._with_device_code()
        token = self._with_browser(or_give_up=flow == AUTO)
        return token if token is not None else self._with_device_code()

    def sign_out(self, token: SsoToken) -> bool:
        """End the session at the portal; tell whether there was one left to end; raises `ServiceError`."""
        live = token if token.expires_at > self._tools.clock.now() else self.refresh(token)
        if live is None:
            return False
        try:
            SsoPortal(self._tools.aws, live).logout()
        except CredentialRejected:
            return False
        return True

    def _flow(self) -> str:
        chosen = self._tools.environ.get(env_names.ATMOS_AUTH_LOGIN_FLOW, "").lower() or self._settings.login_flow
        if chosen not in FLOWS:
            raise InvalidSetting(
                f'{env_names.ATMOS_AUTH_LOGIN_FLOW} is "{chosen}", which is not a login flow',
                hints=[f"use one of: {', '.join(FLOWS)}"],
            )
        return chosen

    def _with_browser(self, *, or_give_up: bool) -> SsoToken | None:
        """Authorization code with PKCE (RFC 7636, RFC 8252); without a browser: None, or the person opens the URL."""
        tools = self._tools
        state, verifier = base64url(tools.random_bytes(16)), base64url(tools.random_bytes(48))
        challenge = base64url(sha256(verifier.encode()).digest())
        oidc = self._oidc()
        client = oidc.register(grant=AUTHORIZATION_CODE, start_url=self._settings.start_url)
        with tools.listen(path=CALLBACK_PATH, state=state, port=self._callback_port()) as listener:
            url = oidc.authorize_url(client, redirect_uri=listener.redirect_uri, state=state, code_challenge=challenge)
            deadline = tools.clock.now() + BROWSER_SECONDS
            if not tools.browser.open(url) and or_give_up:
                tools.log.debug("no browser could be started: using a device code")
                return None
            with tools.prompter.inviting(Invitation(self._title, url, None, deadline)):
                code = listener.wait(deadline)
            redirect_uri = listener.redirect_uri
        tokens = oidc.redeem_authorization_code(client, code=code, redirect_uri=redirect_uri, code_verifier=verifier)
        return self._token(client, tokens)

    def _with_device_code(self) -> SsoToken:
        """Device authorization (RFC 8628)."""
        tools = self._tools
        oidc = self._oidc()
        client = oidc.register(grant=DEVICE_CODE, start_url=self._settings.start_url)
        device = oidc.start_device_authorization(client, start_url=self._settings.start_url)
        deadline = tools.clock.now() + device.expires_in
        with tools.prompter.inviting(Invitation(self._title, device.verification_url, device.user_code, deadline)):
            if tools.browser.is_local:
                tools.browser.open(device.verification_url)
            interval = max(1.0, device.interval)
            while True:
                tools.clock.sleep(interval)
                try:
                    return self._token(client, oidc.redeem_device_code(client, device.device_code))
                except ServiceError as error:
                    interval += self._pause_after(error)
                if tools.clock.now() >= deadline:
                    raise self._expired()

    def _pause_after(self, error: ServiceError) -> float:
        """Tell by how much to slow the polling down; raises when there is nothing left to wait for."""
        if error.code == "AuthorizationPendingException":
            return 0
        if error.code == "SlowDownException" or error.retryable:
            return SLOW_DOWN_SECONDS
        if error.code == "AccessDeniedException":
            raise AccessDenied("the sign-in was denied in the browser", hints=["atmos auth login"]) from error
        if error.code == "ExpiredTokenException":
            raise self._expired() from error
        raise error

    def _expired(self) -> SignInExpired:
        return SignInExpired(
            f"nobody approved the sign-in to {self._settings.start_url} in time", hints=["atmos auth login"]
        )

    @property
    def _title(self) -> str:
        return f"Sign in to {self._settings.start_url}"

    def _callback_port(self) -> int:
        text = self._tools.environ.get(env_names.ATMOS_AUTH_CALLBACK_PORT, "")
        if not text:
            return self._settings.callback_port
        if not (text.isascii() and text.isdigit()) or int(text) > 65535:
            raise InvalidSetting(
                f'{env_names.ATMOS_AUTH_CALLBACK_PORT} is "{text}", which is not a port number',
                hints=["use 0 for any free port, or a number up to 65535"],
            )
        return int(text)

    def _oidc(self) -> SsoOidc:
        endpoint = self._settings.spec.endpoint_url or None
        return SsoOidc(self._tools.aws, region=self._settings.region, endpoint_url=endpoint)

    def _token(self, client: Client, tokens: Tokens) -> SsoToken:
        now = self._tools.clock.now()
        life = tokens.expires_in or seconds(self._settings.session.duration or DEFAULT_TOKEN_SECONDS)
        return SsoToken(
            access_token=tokens.access_token,
            expires_at=now + life,
            issued_at=now,
            start_url=self._settings.start_url,
            region=self._settings.region,
            session=self.session,
            refresh_token=tokens.refresh_token,
            client_id=client.client_id,
            client_secret=client.client_secret,
            client_expires_at=client.expires_at,
            endpoint_url=self._settings.spec.endpoint_url or None,
        )
