"""An IAM user's sign-in through the browser: authorization code with PKCE and DPoP, renewed for twelve hours.

RFC 7636, RFC 8252, RFC 9449; the service's own dialect is in `aws_api.sign_in`.
"""

import re
from base64 import b64decode
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import parse_qs, urlsplit

from atmos_auth.aws_api.base64url import base64url
from atmos_auth.aws_api.dpop import DpopKey
from atmos_auth.aws_api.partitions import FALLBACK_REGION
from atmos_auth.aws_api.sign_in import (
    CALLBACK_PATH,
    CONFIRMATION_PATH,
    CROSS_DEVICE,
    SAME_DEVICE,
    SignIn,
    SignInTokens,
)
from atmos_auth.domain.credentials import AwsCredentials, BrowserSession
from atmos_auth.domain.errors import AuthenticationFailed, NeedsPerson, ServiceError
from atmos_auth.domain.fields import Field
from atmos_auth.domain.ports import Invitation, Tools
from atmos_auth.identities.aws.user.settings import AwsUserSettings

SESSION_SECONDS = 12 * 3600
# A session about to end is not worth a call.
SESSION_MARGIN_SECONDS = 60
BROWSER_SECONDS = 300
_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):[!-~]+")
_OVER = frozenset({"AUTHCODE_EXPIRED", "TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED", "invalid_grant", "invalid_token"})


class BrowserSignIn:
    """Browser sign-ins of one IAM user."""

    def __init__(self, name: str, settings: AwsUserSettings, tools: Tools) -> None:
        self._name = name
        self._tools = tools
        self._region = settings.credentials.region or settings.region or FALLBACK_REGION
        self._exported_region = settings.credentials.region or settings.region or None
        self._endpoint_url = settings.spec.endpoint_url or None

    def renew(self) -> AwsCredentials | None:
        """Redeem the stored refresh token, over the network, asking nobody; None when there is none of use.

        Raises `ServiceError` when the service cannot be reached: the token stays for the next attempt.
        """
        store = self._tools.browser_sessions
        with store.exclusive(self._name):
            session = store.read(self._name)
            if session is None or not self._is_live(session):
                return None
            renewed = self._redeemed(session)
            if renewed is None:
                # Somebody else may have redeemed it: only the token that is stored now is really over.
                latest = store.read(self._name)
                if latest is not None and latest.refresh_token != session.refresh_token and self._is_live(latest):
                    renewed = self._redeemed(latest)
            if renewed is None:
                store.remove(self._name)
            return renewed

    def sign_in(self) -> AwsCredentials:
        """Let a person sign in; raises `NeedsPerson`, `AccessDenied`, `SignInExpired`, `Cancelled`, `ServiceError`."""
        tools = self._tools
        if not tools.prompter.can_show:
            raise NeedsPerson(
                f'signing in as "{self._name}" through the browser needs a person, and there is no terminal here',
                hints=[
                    "run it in a terminal",
                    f"or store keys: atmos auth user configure --identity {self._name}",
                    "in CI, use an identity that needs no person",
                ],
            )
        key = DpopKey.generate()
        service = SignIn(tools, region=self._region, endpoint_url=self._endpoint_url, key=key)
        verifier = base64url(tools.random_bytes(32))
        challenge = base64url(sha256(verifier.encode()).digest())
        state = base64url(tools.random_bytes(16))
        paste = not tools.browser.is_local and tools.prompter.can_ask
        client_id = CROSS_DEVICE if paste else SAME_DEVICE
        take_code = self._pasted_code if paste else self._called_back
        code, redirect_uri = take_code(service, state, challenge)
        tokens = service.redeem(client_id=client_id, code=code, redirect_uri=redirect_uri, code_verifier=verifier)
        session = BrowserSession(
            refresh_token=tokens.refresh_token,
            dpop_key=key.to_text(),
            client_id=client_id,
            region=self._region,
            expires_at=tools.clock.now() + SESSION_SECONDS,
            principal=_subject(tokens.id_token),
        )
        tools.log.hide(session.secrets)
        with tools.browser_sessions.exclusive(self._name):
            tools.browser_sessions.write(self._name, session)
        return self._credentials(tokens, session)

    def _called_back(self, service: SignIn, state: str, challenge: str) -> tuple[str, str]:
        """Take the code from the browser's redirect to this machine."""
        tools = self._tools
        with tools.listen(path=CALLBACK_PATH, state=state) as listener:
            redirect_uri = listener.redirect_uri
            url = service.authorize_url(
                client_id=SAME_DEVICE, redirect_uri=redirect_uri, state=state, code_challenge=challenge
            )
            deadline = tools.clock.now() + BROWSER_SECONDS
            tools.browser.open(url)
            with tools.prompter.inviting(Invitation(self._title, url, None, deadline)):
                return listener.wait(deadline), redirect_uri

    def _pasted_code(self, service: SignIn, state: str, challenge: str) -> tuple[str, str]:
        """Take the code from the person, who carries it over from a browser somewhere else."""
        redirect_uri = f"{service.endpoint}{CONFIRMATION_PATH}"
        url = service.authorize_url(
            client_id=CROSS_DEVICE, redirect_uri=redirect_uri, state=state, code_challenge=challenge
        )
        self._tools.prompter.say(f"{self._title}\nOpen this page in a browser, on any device:\n{url}\n")
        field = Field("code", "Code shown at the end", secret=True)
        answer = self._tools.prompter.form("Then paste the code that the page shows.", [field])["code"]
        return code_of(answer, state), redirect_uri

    def _redeemed(self, session: BrowserSession) -> AwsCredentials | None:
        tools = self._tools
        tools.log.hide(session.secrets)
        try:
            key = DpopKey.from_text(session.dpop_key)
        except ValueError:
            return None
        service = SignIn(tools, region=self._region, endpoint_url=self._endpoint_url, key=key)
        try:
            tokens = service.refresh(client_id=session.client_id, refresh_token=session.refresh_token)
        except ServiceError as error:
            if error.reason not in _OVER and error.code not in _OVER:
                raise
            tools.log.debug(f"{self._name}: the browser sign-in is over: {error.reason or error.code}")
            return None
        rotated = session._replace(refresh_token=tokens.refresh_token)
        tools.browser_sessions.write(self._name, rotated)
        return self._credentials(tokens, rotated)

    def _is_live(self, session: BrowserSession) -> bool:
        return session.region == self._region and session.expires_at - SESSION_MARGIN_SECONDS > self._tools.clock.now()

    def _credentials(self, tokens: SignInTokens, session: BrowserSession) -> AwsCredentials:
        now = self._tools.clock.now()
        known = _ARN.fullmatch(session.principal or "")
        return AwsCredentials(
            access_key_id=tokens.access_key_id,
            secret_access_key=tokens.secret_access_key,
            session_token=tokens.session_token,
            expires_at=now + tokens.expires_in,
            issued_at=now,
            region=self._exported_region,
            account_id=known[1] if known else None,
            principal=known[0] if known else None,
            endpoint_url=self._endpoint_url,
        )

    @property
    def _title(self) -> str:
        return f'Sign in to AWS as "{self._name}"'


def code_of(pasted: str, state: str) -> str:
    """Take the code out of what a person pasted: the page's text, the redirect's address, or its query.

    Raises `AuthenticationFailed` when there is no code in it, or when it answers another sign-in.
    """
    text = "".join(pasted.split())
    query = _query(text)
    if "code" not in query:
        try:
            query = _query(b64decode(text + "=" * (-len(text) % 4), validate=True).decode())
        except ValueError:
            query = {}
    if "code" not in query:
        raise AuthenticationFailed(
            "missing authorization code in what was pasted",
            hints=["copy the whole text that the page shows at the end"],
        )
    if not compare_digest(query.get("state", "").encode(), state.encode()):
        raise AuthenticationFailed(
            "state mismatch: what was pasted answers another sign-in", hints=["use the address shown just now"]
        )
    return query["code"]


def _query(text: str) -> dict[str, str]:
    try:
        query = urlsplit(text).query if "://" in text else text
    except ValueError:  # no address after all
        return {}
    return {name: values[0] for name, values in parse_qs(query).items() if len(values) == 1}


def _subject(id_token: str | None) -> str | None:
    """Read whom the id token names; it came over TLS from the service itself, and nothing is granted on it."""
    import json

    try:
        payload = (id_token or "").split(".")[1]
        subject = json.loads(b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_")).get("sub")
    except (IndexError, ValueError, AttributeError, RecursionError):
        return None
    return subject if isinstance(subject, str) and _ARN.fullmatch(subject) else None
