"""The server: one listening socket, and a context manager for tests and demos."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from aws_emulator.application import Application
from aws_emulator.authorization_codes import AuthorizationCodes
from aws_emulator.clock import Clock
from aws_emulator.console_routes import console_routes
from aws_emulator.console_sessions import ConsoleSessions
from aws_emulator.container_routes import container_routes
from aws_emulator.device_codes import Decision, DeviceCodes
from aws_emulator.dpop import DpopProofs
from aws_emulator.eks_tokens import EksTokens
from aws_emulator.faults import Faults
from aws_emulator.identity_provider import IdentityProvider
from aws_emulator.identity_routes import identity_routes
from aws_emulator.issuer_keys import IssuerKeys
from aws_emulator.journal import Journal
from aws_emulator.keys import Keys
from aws_emulator.mfa_devices import MfaDevices
from aws_emulator.people_at_idp import PeopleAtIdp
from aws_emulator.portal_sessions import PortalSessions
from aws_emulator.rate_limit import PortalRate
from aws_emulator.registrations import Registrations
from aws_emulator.registry_passwords import RegistryPasswords
from aws_emulator.routing import Routes
from aws_emulator.saml import SamlAssertions
from aws_emulator.saml_names import SIGN_IN
from aws_emulator.second_factors import SecondFactors
from aws_emulator.services.adfs import Adfs
from aws_emulator.services.control import Control
from aws_emulator.services.ecr import Ecr, EcrPublic, RegistryDoor
from aws_emulator.services.eks import Eks
from aws_emulator.services.federation import Federation
from aws_emulator.services.github import API_VERSION, TOKEN_PATH, GitHub
from aws_emulator.services.google import Google
from aws_emulator.services.idp import Idp
from aws_emulator.services.okta import Okta
from aws_emulator.services.sign_in_pages import SignInPages
from aws_emulator.services.signin import Signin
from aws_emulator.services.sso_oidc import SsoOidc
from aws_emulator.services.sso_portal import BEARER_HEADER, SsoPortal
from aws_emulator.services.sts import Sts
from aws_emulator.services.sts_federation import StsFederation
from aws_emulator.services.user_sign_in_pages import UserSignInPages
from aws_emulator.sign_in_codes import SignInCodes
from aws_emulator.sign_in_sessions import SignInSessions
from aws_emulator.state_file import default_state, load_state
from aws_emulator.tickets import Tickets
from aws_emulator.web_identity import WebIdentityTokens

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from _typeshed.wsgi import WSGIEnvironment

    from aws_emulator.state import State

LOOPBACK = "127.0.0.1"
# Many programs may knock at once; a short queue would refuse some of them.
_BACKLOG = 512
_IDP_SESSION_SECONDS = 8 * 3600


class _Handler(WSGIRequestHandler):
    def make_environ(self) -> WSGIEnvironment:
        """Keep the one header of AWS whose name holds an underscore; werkzeug drops such headers."""
        environ = super().make_environ()
        environ["HTTP_X_AMZ_SSO_BEARER_TOKEN"] = self.headers.get(BEARER_HEADER, "")
        return environ

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Say nothing: the journal tells what happened."""


class Emulator:
    """A running emulator; `with Emulator() as aws:` serves until the block ends.

    `state` is a `State`, the path of a state file, or None for the default organization; `journal` is
    the path of a file that gets one JSON line per call; port 0 takes a free one. Raises
    `StateFileError` for a bad state file and `OSError` if it cannot listen.
    """

    def __init__(
        self,
        state: State | Path | str | None = None,
        *,
        auto_approve: bool = False,
        journal: Path | str | None = None,
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        if state is None:
            state = default_state()
        elif isinstance(state, str | Path):
            state = load_state(Path(state))
        state.auto_approve = state.auto_approve or auto_approve
        self.state = state
        self.clock = Clock()
        self.faults = Faults()
        self.journal = Journal(Path(journal) if journal is not None else None)
        self._keys = Keys(state, self.clock)
        self._devices = MfaDevices(state, self.clock)
        self._issuer_keys = IssuerKeys()
        self._sessions = PortalSessions(state, self.clock)
        self._user_sessions = SignInSessions(state, self.clock, self._keys)
        self._console_sessions = ConsoleSessions(self.clock, self._keys)
        self._device_codes = DeviceCodes(state, self.clock)
        self._factors = SecondFactors(state, self.clock)
        self._idp_sessions: Tickets[str] = Tickets(self.clock, _IDP_SESSION_SECONDS)
        self._identity_provider = IdentityProvider(state, self.clock, lambda: self.url)
        self._host = host
        self._port = port
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen and serve in a thread of its own."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        with socket.create_server((self._host, self._port), family=family, backlog=_BACKLOG) as listening:
            self._port = listening.getsockname()[1]
            self._server = make_server(
                self._host,
                self._port,
                self._application(),
                threaded=True,
                request_handler=_Handler,
                fd=listening.fileno(),
            )
        self._stopping.clear()
        self._thread = threading.Thread(target=self._serve, name="aws-emulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and release the port; safe to call twice."""
        if self._thread is not None:
            self._stopping.set()
            # A knock on its own door wakes the server at once.
            with suppress(OSError):
                socket.create_connection((self._host, self._port), timeout=1).close()
            self._thread.join()
            self._server.server_close()
            self._thread = None

    @property
    def url(self) -> str:
        """The endpoint of every service."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def start_url(self) -> str:
        """The portal's start URL."""
        return f"{self.url}/start"

    @property
    def auto_approve(self) -> bool:
        """Whether the person at the browser says yes without being asked."""
        return self.state.auto_approve

    @auto_approve.setter
    def auto_approve(self, approve: bool) -> None:
        self.state.auto_approve = approve

    def pending_user_codes(self) -> list[str]:
        """Give the user codes that wait for a person, oldest first."""
        return [pending.user_code for pending in self._device_codes.pending()]

    def approve(self, user_code: str) -> None:
        """Allow a pending user code; one that is not pending raises `LookupError`."""
        self._decide(user_code, approved=True)

    def deny(self, user_code: str) -> None:
        """Deny a pending user code; one that is not pending raises `LookupError`."""
        self._decide(user_code, approved=False)

    def revoke_sessions(self) -> None:
        """End every sign-in: bearer tokens get 401; refresh tokens, cookies and console sessions are no good."""
        self._sessions.end_all()
        self._user_sessions.end_all()
        self._console_sessions.end_all()
        self._idp_sessions.forget_all()

    def totp(self, user_arn: str) -> str:
        """Give the code a user's MFA device shows now; a user without a device raises `LookupError`."""
        return self._devices.code(user_arn)

    def rotate_key(self, user_arn: str) -> tuple[str, str]:
        """Give a user a new key (id and secret) instead of the old one; ends the user's sign-ins.

        An unknown user raises `LookupError`.
        """
        return self._keys.rotate(user_arn)

    def revoke_key(self, access_key_id: str) -> None:
        """Honour a key no more; ends its user's sign-ins. A key that is not there raises `LookupError`."""
        self._keys.revoke(access_key_id)

    def github_environment(self) -> dict[str, str]:
        """Give the variables that a GitHub job with `id-token: write` asks for its ID tokens with."""
        return {
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}{TOKEN_PATH}?api-version={API_VERSION}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.state.github.request_token,
        }

    def issue_token(self, claims: Mapping[str, object], header: Mapping[str, object] | None = None) -> str:
        """Sign claims of your own as a JWT with the issuer key; `header` adds members to its header."""
        return self._issuer_keys.current().sign(claims, header)

    def rotate_issuer_key(self) -> str:
        """Publish a new issuer key instead of the old one and give its `kid`; older tokens are good for nothing."""
        return self._issuer_keys.rotate()

    def saml_response(self, name: str, recipient: str = SIGN_IN) -> str:
        """Give a response signed for a person now, in base64; an unknown name raises `LookupError`."""
        return self._identity_provider.response(name, recipient)

    def saml_totp(self, name: str) -> str:
        """Give the code the app of somebody at the identity provider shows; without an app raises `LookupError`."""
        return self._factors.totp(name)

    def sms_code(self, name: str) -> str:
        """Give the code in the last text message to somebody; raises `LookupError` if none is good."""
        return self._factors.sms_code(name)

    def expected_push_number(self, name: str) -> int | None:
        """Give the number the page shows somebody, None for a plain push; raises `LookupError` if no push waits."""
        return self._factors.expected_number(name)

    def answer_push(self, name: str, *, approve: bool = True, number: int | None = None) -> None:
        """Tap on somebody's phone; a number other than the page's is a refusal. `LookupError` if no push waits."""
        self._factors.answer_push(name, approve=approve, number=number)

    def _serve(self) -> None:
        self._server.timeout = 0.5
        while not self._stopping.is_set():
            self._server.handle_request()

    def _decide(self, user_code: str, *, approved: bool) -> None:
        found = self._device_codes.of_person(user_code)
        if found is None or found.decision is not Decision.PENDING or self._device_codes.has_expired(found):
            message = f"no code {user_code} is waiting for an answer"
            raise LookupError(message)
        self._device_codes.decide(found, approved=approved)

    def _application(self) -> Application:
        state, clock, sessions, device_codes = self.state, self.clock, self._sessions, self._device_codes
        keys, devices, user_sessions = self._keys, self._devices, self._user_sessions
        issuer_keys = self._issuer_keys
        web_tokens = WebIdentityTokens(state, clock, issuer_keys)
        people, idp_sessions = PeopleAtIdp(state, self._factors, self._identity_provider), self._idp_sessions
        registrations = Registrations(state, clock)
        codes = AuthorizationCodes(clock)
        user_codes = SignInCodes(clock)
        passwords = RegistryPasswords(state, clock)
        routes = Routes(
            SsoOidc(state, registrations, device_codes, codes, sessions),
            SsoPortal(state, sessions, keys, PortalRate(state, clock)),
            Sts(state, clock, keys, devices),
            StsFederation(state, clock, keys, web_tokens, SamlAssertions(state, clock, self._identity_provider)),
            SignInPages(state, registrations, device_codes, codes),
            Signin(state, clock, user_codes, user_sessions, DpopProofs(clock), issuer_keys),
            UserSignInPages(state, user_codes),
            GitHub(state, clock, issuer_keys),
            Control(clock, self.faults, self.journal, keys, devices, issuer_keys, self._factors, self.revoke_sessions),
            identity_routes(
                Okta(clock, people, idp_sessions),
                Adfs(clock, people, idp_sessions),
                Google(clock, people, idp_sessions),
                Idp(clock, people, idp_sessions, self._identity_provider),
            )
            | console_routes(Federation(self._console_sessions))
            | container_routes(
                Ecr(clock, keys, passwords),
                EcrPublic(clock, keys, passwords),
                RegistryDoor(passwords),
                Eks(state, clock, keys, EksTokens(keys, clock, lambda: self.url)),
            ),
        )
        return Application(routes, clock, self.faults, self.journal)
