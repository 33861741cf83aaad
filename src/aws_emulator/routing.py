"""The one table that says which request belongs to which operation of which service."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from werkzeug import Request, Response
from werkzeug.utils import redirect

from aws_emulator import pages, query_protocol, rest_json, signed_json
from aws_emulator.errors import AwsError
from aws_emulator.services import github, sign_in_pages, signin, sso_oidc, user_sign_in_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_emulator.calls import Call
    from aws_emulator.services.control import Control
    from aws_emulator.services.sso_portal import SsoPortal
    from aws_emulator.services.sts import Sts
    from aws_emulator.services.sts_federation import StsFederation

CONTROL = "emulator"
PAGES = "pages"
# Instead of a method: the operation is named by the header X-Amz-Target, and every path is the root.
TARGET = "target"
# Instead of a path's last element: any name may stand there.
ANY_NAME = "*"


class Operation(NamedTuple):
    """One operation: who answers it, and how its service writes an error."""

    service: str
    name: str
    answer: Callable[[Call], Response]
    refuse: Callable[[AwsError], Response]


class Fork(NamedTuple):
    """One address that serves several operations; `pick` tells from the request which."""

    pick: Callable[[Request], Operation]


class Routes:
    """The routing table; a service on a path of its own, or one named by a form's Action."""

    def __init__(
        self,
        oidc: sso_oidc.SsoOidc,
        portal: SsoPortal,
        sts: Sts,
        federation: StsFederation,
        sign_in: sign_in_pages.SignInPages,
        user_sign_in: signin.Signin,
        user_pages: user_sign_in_pages.UserSignInPages,
        actions: github.GitHub,
        control: Control,
        more: Mapping[tuple[str, str], Operation | Fork],
    ) -> None:
        json, html, oauth = rest_json.refusal, sign_in_pages.refusal, sso_oidc.refusal
        user_html = user_sign_in_pages.refusal
        authorize, confirmation = user_sign_in_pages.AUTHORIZE_PATH, user_sign_in_pages.CONFIRMATION_PATH
        self._by_path: dict[tuple[str, str], Operation | Fork] = {
            **more,
            ("POST", "/client/register"): Operation("sso-oidc", "RegisterClient", oidc.RegisterClient, oauth),
            ("POST", "/device_authorization"): Operation(
                "sso-oidc", "StartDeviceAuthorization", oidc.StartDeviceAuthorization, oauth
            ),
            ("POST", "/token"): Operation("sso-oidc", "CreateToken", oidc.CreateToken, oauth),
            ("GET", "/assignment/accounts"): Operation("sso", "ListAccounts", portal.ListAccounts, json),
            ("GET", "/assignment/roles"): Operation("sso", "ListAccountRoles", portal.ListAccountRoles, json),
            ("GET", "/federation/credentials"): Operation("sso", "GetRoleCredentials", portal.GetRoleCredentials, json),
            ("POST", "/logout"): Operation("sso", "Logout", portal.Logout, json),
            ("GET", "/start"): Operation(PAGES, "ShowPortal", sign_in.ShowPortal, html),
            ("GET", "/device"): Operation(PAGES, "ShowDevice", sign_in.ShowDevice, html),
            ("POST", "/device"): Operation(PAGES, "DecideDevice", sign_in.DecideDevice, html),
            ("GET", "/authorize"): Operation(PAGES, "ShowAuthorization", sign_in.ShowAuthorization, html),
            ("POST", "/authorize"): Operation(PAGES, "DecideAuthorization", sign_in.DecideAuthorization, html),
            ("POST", "/v1/token"): Operation(
                "signin", "CreateOAuth2Token", user_sign_in.CreateOAuth2Token, signin.refusal
            ),
            ("GET", authorize): Operation(PAGES, "ShowSignIn", user_pages.ShowSignIn, user_html),
            ("POST", authorize): Operation(PAGES, "DecideSignIn", user_pages.DecideSignIn, user_html),
            ("GET", confirmation): Operation(PAGES, "ShowConfirmation", user_pages.ShowConfirmation, user_html),
            ("GET", github.TOKEN_PATH): Operation("github", "CreateIdToken", actions.CreateIdToken, github.refusal),
            ("GET", github.CONFIGURATION_PATH): Operation(
                "github", "ReadConfiguration", actions.ReadConfiguration, github.refusal
            ),
            ("GET", github.KEYS_PATH): Operation("github", "ReadKeys", actions.ReadKeys, github.refusal),
            ("GET", pages.STYLE_PATH): Operation(CONTROL, "ReadStyle", lambda _: pages.stylesheet(), html),
            ("GET", "/favicon.ico"): Operation(CONTROL, "ReadIcon", lambda _: Response(status=204), html),
            ("GET", "/_emulator/journal"): Operation(CONTROL, "ReadJournal", control.ReadJournal, json),
            ("DELETE", "/_emulator/journal"): Operation(CONTROL, "ClearJournal", control.ClearJournal, json),
            ("POST", "/_emulator/clock"): Operation(CONTROL, "MoveClock", control.MoveClock, json),
            ("POST", "/_emulator/faults"): Operation(CONTROL, "AddFault", control.AddFault, json),
            ("DELETE", "/_emulator/faults"): Operation(CONTROL, "ClearFaults", control.ClearFaults, json),
            ("POST", "/_emulator/revoke-sessions"): Operation(CONTROL, "RevokeSessions", control.RevokeSessions, json),
            ("POST", "/_emulator/rotate-key"): Operation(CONTROL, "RotateKey", control.RotateKey, json),
            ("POST", "/_emulator/rotate-issuer-key"): Operation(
                CONTROL, "RotateIssuerKey", control.RotateIssuerKey, json
            ),
            ("POST", "/_emulator/revoke-key"): Operation(CONTROL, "RevokeKey", control.RevokeKey, json),
            ("GET", "/_emulator/totp"): Operation(CONTROL, "ReadTotp", control.ReadTotp, json),
            ("GET", "/_emulator/saml-totp"): Operation(CONTROL, "ReadSamlTotp", control.ReadSamlTotp, json),
            ("GET", "/_emulator/sms-code"): Operation(CONTROL, "ReadSmsCode", control.ReadSmsCode, json),
            ("GET", "/_emulator/push-number"): Operation(CONTROL, "ReadPushNumber", control.ReadPushNumber, json),
            ("POST", "/_emulator/answer-push"): Operation(CONTROL, "AnswerPush", control.AnswerPush, json),
        }
        self._by_action = {
            operation.__name__: Operation("sts", operation.__name__, operation, query_protocol.refusal)
            for operation in (
                sts.GetCallerIdentity,
                sts.AssumeRole,
                sts.GetSessionToken,
                sts.GetFederationToken,
                sts.AssumeRoot,
                federation.AssumeRoleWithWebIdentity,
                federation.AssumeRoleWithSAML,
            )
        }

    def find(self, request: Request) -> Operation:
        """Give the operation of a request; one that does not exist answers as AWS does."""
        if request.path == "/" and "X-Amz-Target" in request.headers:
            return self._find_target(request.headers["X-Amz-Target"])
        if request.path == "/":
            return self._find_action(request)
        found = self._by_path.get((request.method, request.path))
        found = found or self._by_path.get((request.method, f"{request.path.rpartition('/')[0]}/{ANY_NAME}"))
        if found is not None:
            return found.pick(request) if isinstance(found, Fork) else found
        methods = sorted(method for method, path in self._by_path if path == request.path)
        error = AwsError("UnknownOperationException", "There is no such operation.", 404)
        if methods:
            error = AwsError("MethodNotAllowedException", f"Use {' or '.join(methods)} here.", 405)
        return _refused("unknown", "Unknown", error, rest_json.refusal, methods)

    def _find_target(self, target: str) -> Operation:
        found = self._by_path.get((TARGET, target))
        if isinstance(found, Operation):
            return found
        return _refused("unknown", "Unknown", AwsError("UnknownOperationException", "", 404), signed_json.refusal)

    def _find_action(self, request: Request) -> Operation:
        refuse = query_protocol.refusal
        if request.method not in ("GET", "POST"):
            error = AwsError("MethodNotAllowed", "Use GET or POST here.", 405)
            return _refused("sts", "Unknown", error, refuse, ["GET", "POST"])
        parameters = query_protocol.read_parameters(request)
        action, version = parameters.get("Action"), parameters.get("Version")
        if action is None and request.method == "GET":
            return Operation(PAGES, "ShowRoot", lambda _: redirect("/start"), refuse)
        if action is None:
            message = "The request must contain the parameter Action"
            return _refused("sts", "Unknown", AwsError("MissingAction", message), refuse)
        if action not in self._by_action or version != query_protocol.STS_VERSION:
            message = f"Could not find operation {action} for version {version or 'NO_VERSION_SPECIFIED'}"
            return _refused("sts", "Unknown", AwsError("InvalidAction", message), refuse)
        return self._by_action[action]


def _refused(
    service: str,
    name: str,
    error: AwsError,
    refuse: Callable[[AwsError], Response],
    methods: list[str] | None = None,
) -> Operation:
    def answer(_: Call) -> Response:
        raise error

    def refuse_with_methods(error: AwsError) -> Response:
        response = refuse(error)
        if methods:
            response.headers["Allow"] = ", ".join(methods)  # RFC 9110 15.5.6
        return response

    return Operation(service, name, answer, refuse_with_methods)
