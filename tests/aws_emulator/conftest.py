"""A running emulator, and botocore as its unmodified client."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import sys
import time
import uuid
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aws_emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_SESSION = botocore.session.Session()
# For `page_browser` and its like.
sys.path.append(str(Path(__file__).parent))


class Api:
    """What a client of AWS does, in botocore's calls; nothing is retried."""

    def __init__(self, aws: Emulator) -> None:
        self.aws = aws

    def client(self, service: str, **options: Any) -> Any:
        return _SESSION.create_client(
            service,
            region_name=options.pop("region", "us-east-1"),
            endpoint_url=self.aws.url,
            # What botocore would refuse by itself shall reach the emulator.
            config=Config(
                retries={"total_max_attempts": 1},
                connect_timeout=10,
                read_timeout=10,
                parameter_validation=False,
            ),
            **options,
        )

    @cached_property
    def oidc(self) -> Any:
        return self.client("sso-oidc")

    @cached_property
    def portal(self) -> Any:
        return self.client("sso")

    def register(self, **members: Any) -> dict[str, Any]:
        """Register a client; give its clientId and clientSecret."""
        members = {"clientName": "test", "clientType": "public", "scopes": ["sso:account:access"]} | members
        answer = self.oidc.register_client(**members)
        return {"clientId": answer["clientId"], "clientSecret": answer["clientSecret"]}

    def start(self, client: dict[str, Any]) -> dict[str, Any]:
        return self.oidc.start_device_authorization(**client, startUrl=self.aws.start_url)

    def poll(self, client: dict[str, Any], started: dict[str, Any]) -> dict[str, Any]:
        return self.oidc.create_token(**client, grantType=DEVICE_GRANT, deviceCode=started["deviceCode"])

    def refresh(self, client: dict[str, Any], refresh_token: str, **members: Any) -> dict[str, Any]:
        return self.oidc.create_token(**client, grantType="refresh_token", refreshToken=refresh_token, **members)

    def sign_in(self, client: dict[str, Any] | None = None) -> dict[str, Any]:
        """Go through the device flow; give the token response."""
        client = client or self.register()
        started = self.start(client)
        self.aws.approve(started["userCode"])
        return self.poll(client, started)

    def role_keys(self, account: str = "111111111111", role: str = "AdminAccess") -> dict[str, Any]:
        """Sign in and give the keys of a permission set, in STS's spelling."""
        token = self.sign_in()["accessToken"]
        answer = self.portal.get_role_credentials(accessToken=token, accountId=account, roleName=role)
        keys = answer["roleCredentials"]
        return {
            "AccessKeyId": keys["accessKeyId"],
            "SecretAccessKey": keys["secretAccessKey"],
            "SessionToken": keys["sessionToken"],
        }

    def user_keys(self, name: str = "breakglass") -> dict[str, Any]:
        """Give an example user's own keys."""
        user = self.aws.state.users[f"arn:aws:iam::111111111111:user/{name}"]
        return {"AccessKeyId": user.access_key_id, "SecretAccessKey": user.secret_access_key}

    def sts(self, keys: dict[str, Any], **options: Any) -> Any:
        """Give an STS client that signs with these keys, in STS's spelling or that of JSON."""
        keys = {name[0].upper() + name[1:]: value for name, value in keys.items()}
        return self.client(
            "sts",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            **options,
        )


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class DpopKey:
    """A key on P-256, and the proofs that a client makes with it (RFC 9449 4.2)."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32)) for number in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def pem(self) -> str:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()

    def proof(self, url: str, header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None) -> str:
        """Make a good proof, but for the members given."""
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk} | (header or {})
        claims = {"htm": "POST", "htu": url, "iat": int(time.time()), "jti": str(uuid.uuid4())} | (claims or {})
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        halves = decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{base64url(b''.join(half.to_bytes(32) for half in halves))}"


class UserSignIn:
    """Signing in as an IAM user: the person's part in the browser, then botocore's `signin` client."""

    def __init__(self, api: Api) -> None:
        self.aws = api.aws
        self.client_id = "arn:aws:signin:::devtools/same-device"
        self.redirect_uri = "http://127.0.0.1:54321/oauth/callback"
        self.verifier = "a-verifier." * 5
        self.key = DpopKey()
        self.client = api.client("signin")
        self.client.meta.events.register("before-call.signin.CreateOAuth2Token", self._add_proof)

    def make_proof(self, url: str) -> str | None:
        """Give the DPoP header for a URL, None for none; tests put their own in its place."""
        return self.key.proof(url)

    def _add_proof(self, params: dict[str, Any], **_: Any) -> None:
        proof = self.make_proof(params["url"])
        if proof is not None:
            params["headers"]["DPoP"] = proof

    def query(self, **changes: str) -> dict[str, str]:
        """Give the authorization request."""
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "state": "a state",
            "code_challenge_method": "SHA-256",
            "scope": "openid",
            "redirect_uri": self.redirect_uri,
            "code_challenge": base64url(hashlib.sha256(self.verifier.encode()).digest()),
        } | changes

    def browse(self, method: str, path: str, values: dict[str, str]) -> http.client.HTTPResponse:
        """Let the browser ask for a page or send its form, following no redirect."""
        connection = http.client.HTTPConnection(urlsplit(self.aws.url).netloc, timeout=10)
        if method == "GET":
            connection.request("GET", f"{path}?{urlencode(values)}")
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urlencode(values), headers)
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        return response

    def decide(self, **changes: str) -> tuple[str, dict[str, str]]:
        """Answer the page; give where the browser is sent, and with which query."""
        response = self.browse("POST", "/v1/authorize", self.query(**{"decision": "allow"} | changes))
        assert response.status == 302, response.text
        where, _, query = response.headers["Location"].partition("?")
        return where, {name: value for name, (value,) in parse_qs(query).items()}

    def code(self, **changes: str) -> str:
        return self.decide(**changes)[1]["code"]

    def token(self, **members: Any) -> dict[str, Any]:
        members = {"clientId": self.client_id} | members
        return self.client.create_o_auth2_token(tokenInput=members)["tokenOutput"]

    def trade(self, code: str, **members: Any) -> dict[str, Any]:
        """Trade a code for the first keys."""
        members = {"code": code, "redirectUri": self.redirect_uri, "codeVerifier": self.verifier} | members
        return self.token(**{"grantType": "authorization_code"} | members)

    def refresh(self, refresh_token: str, **members: Any) -> dict[str, Any]:
        """Trade a refresh token for the next keys."""
        return self.token(**{"grantType": "refresh_token", "refreshToken": refresh_token} | members)


@pytest.fixture(autouse=True)
def _no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the machine's own AWS settings out."""
    nowhere = tmp_path_factory.getbasetemp() / "nowhere"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def api(aws: Emulator) -> Api:
    return Api(aws)


@pytest.fixture
def api_of() -> type[Api]:
    """For tests that start their own emulator."""
    return Api


@pytest.fixture
def user_sign_in(api: Api) -> UserSignIn:
    return UserSignIn(api)


@pytest.fixture
def new_dpop_key() -> type[DpopKey]:
    """For tests that need a second key."""
    return DpopKey


@pytest.fixture
def refused() -> Callable[..., AbstractContextManager[dict[str, Any]]]:
    """`with refused("SomeException", 400) as error:` - the call inside must fail like that.

    A third argument is what the error's own `error` member must say, for services that have one.
    """

    @contextmanager
    def expect(code: str, status: int = 400, member: str | None = None) -> Iterator[dict[str, Any]]:
        error: dict[str, Any] = {}
        with pytest.raises(ClientError) as caught:
            yield error
        response = caught.value.response
        error.update(response["Error"], kind=type(caught.value).__name__)
        assert (error["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
        assert member in (None, response.get("error"))

    return expect
