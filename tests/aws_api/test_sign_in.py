"""The sign-in service's client, against the emulator, and against a service that says whatever a test wants."""

import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from atmos_auth.aws_api.dpop import DpopKey
from atmos_auth.aws_api.sign_in import CROSS_DEVICE, SAME_DEVICE, SignIn
from atmos_auth.domain.errors import ServiceError
from atmos_auth.host.clock import SystemClock
from atmos_auth.testing import tools

VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CALLBACK = "http://127.0.0.1:50123/oauth/callback"
CAMEL = {
    "accessToken": {"accessKeyId": "ASIACAMEL", "secretAccessKey": "camel-secret", "sessionToken": "camel-session"},
    "expiresIn": 900,
    "refreshToken": "camel-refresh",
    "tokenType": "aws_sigv4",
    "idToken": "a.b.c",
}
SNAKE = {
    "access_token": {
        "access_key_id": "ASIASNAKE",
        "secret_access_key": "snake-secret",
        "session_token": "snake-session",
    },
    "expires_in": 900,
    "refresh_token": "snake-refresh",
    "token_type": "aws_sigv4",
    "id_token": "a.b.c",
}


class Service:
    """Gives `answers` in order, each a status and a body; `requests` keeps header and body of each request."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                owner.requests.append((self.path, dict(self.headers.items()), body))
                status, answer = owner.answers.pop(0)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def answer(self, *answers: object, status: int = 200) -> None:
        self.answers += [(status, a if isinstance(a, bytes) else json.dumps(a).encode()) for a in answers]

    def proofs(self) -> list[str]:
        return [headers["DPoP"] for _, headers, _ in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


@pytest.fixture
def client_of(connections):
    """Return the client of an endpoint, with a key."""

    def make(url, key=None, region="us-east-1"):
        import os

        made = tools(aws=connections, clock=SystemClock(), random_bytes=os.urandom)
        return SignIn(made, region=region, endpoint_url=url, key=key or DpopKey.generate())

    return make


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def code_from(url: str) -> str:
    """Do what the browser does: the emulator approves, and sends it back with a code."""
    try:
        build_opener(_Stay()).open(url, timeout=10)
    except HTTPError as answer:
        with answer:
            location = answer.headers["Location"]
        return parse_qs(urlsplit(location).query)["code"][0]
    raise AssertionError("no redirect")


def authorized(client: SignIn) -> str:
    return code_from(
        client.authorize_url(client_id=SAME_DEVICE, redirect_uri=CALLBACK, state="s", code_challenge=CHALLENGE)
    )


def claims(proof: str) -> dict[str, object]:
    part = proof.split(".")[1]
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def redeemed(client: SignIn, code: str = "code", **changes: str):
    return client.redeem(
        **({"client_id": SAME_DEVICE, "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER} | changes)
    )


# --- against the emulator, which checks proofs and PKCE --------------------------------------------------------


def test_a_code_becomes_keys_and_a_refresh_token_that_works_once(aws, client_of):
    client = client_of(aws.url)
    tokens = redeemed(client, authorized(client))
    assert tokens.access_key_id.startswith("ASIA")
    assert tokens.expires_in == 900
    assert tokens.id_token
    again = client.refresh(client_id=SAME_DEVICE, refresh_token=tokens.refresh_token)
    assert again.refresh_token != tokens.refresh_token
    assert again.access_key_id != tokens.access_key_id
    assert again.id_token is None
    with pytest.raises(ServiceError) as spent:
        client.refresh(client_id=SAME_DEVICE, refresh_token=tokens.refresh_token)
    assert (spent.value.reason, spent.value.retryable) == ("invalid_grant", False)


@pytest.mark.parametrize("change", [{"code_verifier": "w" * 43}, {"redirect_uri": CALLBACK + "/"}, {"code": "x"}])
def test_a_code_counts_only_with_what_it_was_asked_for_with(aws, client_of, change):
    client = client_of(aws.url)
    code = authorized(client)
    with pytest.raises(ServiceError) as refused:
        redeemed(client, **({"code": code} | change))
    assert refused.value.reason == "invalid_grant"
    assert code not in str(refused.value)


def test_a_refresh_token_is_worth_nothing_with_another_key(aws, client_of):
    client = client_of(aws.url)
    tokens = redeemed(client, authorized(client))
    with pytest.raises(ServiceError) as refused:
        client_of(aws.url).refresh(client_id=SAME_DEVICE, refresh_token=tokens.refresh_token)
    assert refused.value.reason == "invalid_grant"
    assert client.refresh(client_id=SAME_DEVICE, refresh_token=tokens.refresh_token)


@pytest.mark.parametrize(
    ("fault", "reason", "retryable"),
    [
        ({"code": "TOKEN_EXPIRED"}, "TOKEN_EXPIRED", False),
        ({"code": "USER_CREDENTIALS_CHANGED"}, "USER_CREDENTIALS_CHANGED", False),
        ({"code": "INSUFFICIENT_PERMISSIONS"}, "INSUFFICIENT_PERMISSIONS", False),
        ({"status": 500}, "server_error", True),
        ({"status": 429}, "rate_exceeded", True),
    ],
)
def test_the_services_finer_word_is_kept(aws, client_of, fault, reason, retryable):
    client = client_of(aws.url)
    aws.faults.add("signin:CreateOAuth2Token", **fault)
    with pytest.raises(ServiceError) as refused:
        client.refresh(client_id=SAME_DEVICE, refresh_token="sample-refresh-token")
    assert (refused.value.reason, refused.value.retryable) == (reason, retryable)
    assert "sample-refresh-token" not in f"{refused.value} {refused.value.details} {refused.value.hints}"


def test_a_passing_503_is_ridden_out_with_a_fresh_proof_each_time(aws, client_of):
    """The emulator refuses a proof that comes twice."""
    client = client_of(aws.url)
    tokens = redeemed(client, authorized(client))
    aws.faults.add("signin:CreateOAuth2Token", status=503, times=2)
    assert client.refresh(client_id=SAME_DEVICE, refresh_token=tokens.refresh_token)
    assert aws.journal.count("signin:CreateOAuth2Token") == 4


# --- what is sent ----------------------------------------------------------------------------------------------


def test_what_is_sent_is_json_with_a_proof_for_exactly_this_address(service, client_of):
    service.answer(CAMEL)
    redeemed(client_of(service.url), "the-code")
    ((path, headers, body),) = service.requests
    assert (path, headers["Content-Type"]) == ("/v1/token", "application/json")
    assert json.loads(body) == {
        "clientId": SAME_DEVICE,
        "grantType": "authorization_code",
        "code": "the-code",
        "redirectUri": CALLBACK,
        "codeVerifier": VERIFIER,
    }
    assert (claims(headers["DPoP"])["htm"], claims(headers["DPoP"])["htu"]) == ("POST", f"{service.url}/v1/token")
    assert "Authorization" not in headers


def test_a_renewal_sends_the_refresh_token_and_nothing_of_the_code(service, client_of):
    service.answer(CAMEL)
    client_of(service.url).refresh(client_id=CROSS_DEVICE, refresh_token="r")
    assert json.loads(service.requests[0][2]) == {
        "clientId": CROSS_DEVICE,
        "grantType": "refresh_token",
        "refreshToken": "r",
    }


def test_every_retry_has_a_proof_of_its_own_by_the_same_key(service, client_of):
    service.answer(b"", b"{}", status=503)
    service.answer(CAMEL)
    client_of(service.url).refresh(client_id=SAME_DEVICE, refresh_token="r")
    proofs = service.proofs()
    assert len({claims(proof)["jti"] for proof in proofs}) == len(proofs) == 3
    assert len({proof.split(".")[0] for proof in proofs}) == 1


def test_clients_of_one_connection_do_not_sign_for_each_other(service, client_of):
    """Their handlers are their own, although the botocore session is shared."""
    service.answer(CAMEL, CAMEL, CAMEL)
    one, other = client_of(service.url), client_of(service.url)
    for client in (one, other, one):
        client.refresh(client_id=SAME_DEVICE, refresh_token="r")
    keys = [proof.split(".")[0] for proof in service.proofs()]
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.usefixtures("hostile")
def test_settings_for_the_aws_sdk_do_not_lead_astray(service, client_of):
    service.answer(CAMEL)
    redeemed(client_of(service.url))
    assert "Authorization" not in service.requests[0][1]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "us-east-1.signin.aws.amazon.com"),
        ("eu-west-1", "eu-west-1.signin.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.signin.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.signin.amazonaws-us-gov.com"),
    ],
)
def test_the_page_is_that_of_the_region(client_of, region, host):
    url = client_of(None, region=region).authorize_url(
        client_id=SAME_DEVICE, redirect_uri=CALLBACK, state="a+/b", code_challenge=CHALLENGE
    )
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", host, "/v1/authorize")
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": [SAME_DEVICE],
        "state": ["a+/b"],
        "code_challenge_method": ["SHA-256"],
        "scope": ["openid"],
        "redirect_uri": [CALLBACK],
        "code_challenge": [CHALLENGE],
    }


# --- what comes back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "name"), [(CAMEL, "camel"), (SNAKE, "snake")])
def test_both_spellings_of_an_answer_are_understood(service, client_of, answer, name):
    service.answer(answer)
    tokens = redeemed(client_of(service.url))
    assert tokens == (
        f"ASIA{name.upper()}",
        f"{name}-secret",
        f"{name}-session",
        900,
        f"{name}-refresh",
        "a.b.c",
    )
    assert f"{name}-secret" not in repr(tokens) + str(tokens)


def without(answer, *path):
    copy = json.loads(json.dumps(answer))
    holder = copy
    for name in path[:-1]:
        holder = holder[name]
    del holder[path[-1]]
    return copy


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>canary</html>",
        b"null",
        b"[]",
        b'"canary"',
        b"{}",
        b"\xff\xfe",
        b"[" * 3000,
        without(CAMEL, "accessToken"),
        without(CAMEL, "accessToken", "sessionToken"),
        without(SNAKE, "access_token", "secret_access_key"),
        without(CAMEL, "refreshToken"),
        without(CAMEL, "expiresIn"),
        CAMEL | {"accessToken": "canary"},
        CAMEL | {"accessToken": ["canary"]},
        CAMEL | {"expiresIn": "canary"},
        CAMEL | {"expiresIn": None},
        CAMEL | {"expiresIn": math.nan},
        CAMEL | {"expiresIn": math.inf},
        CAMEL | {"expiresIn": 10**400},
        CAMEL | {"expiresIn": 0},
        CAMEL | {"expiresIn": -5},
        CAMEL | {"refreshToken": ""},
        CAMEL | {"refreshToken": 7},
        CAMEL | {"accessToken": CAMEL["accessToken"] | {"sessionToken": None}},
    ],
    ids=lambda answer: str(answer)[:40],
)
def test_an_answer_that_is_none_is_an_error_in_words_without_its_content(service, client_of, answer):
    service.answer(answer)
    with pytest.raises(ServiceError) as refused:
        redeemed(client_of(service.url))
    assert refused.value.operation == "signin:CreateOAuth2Token"
    assert service.url in str(refused.value)
    shown = f"{refused.value} {refused.value.details} {refused.value.hints}"
    assert [word for word in ("canary", "camel-", "snake-") if word in shown] == []


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"error": "invalid_grant", "message": "m"}, 400, "invalid_grant"),
        ({"error": "TOKEN_EXPIRED", "message": "m"}, 401, "TOKEN_EXPIRED"),
        ({"error": "invalid_grant", "error_description": "d"}, 400, "invalid_grant"),
    ],
)
def test_the_reason_is_read_whether_or_not_the_kind_of_error_is_known(service, client_of, body, status, reason):
    service.answer(body, status=status)
    with pytest.raises(ServiceError) as refused:
        client_of(service.url).refresh(client_id=SAME_DEVICE, refresh_token="r")
    assert (refused.value.reason or refused.value.code) == reason


@pytest.mark.parametrize("body", [b"<html>canary</html>", b"", b"null", b"[1]", b'"text"', b"\xff"])
@pytest.mark.parametrize("status", [400, 403, 502])
def test_an_error_page_that_is_no_json_is_an_error_of_the_service(service, client_of, body, status):
    service.answer(*[body] * 4, status=status)
    with pytest.raises(ServiceError) as refused:
        client_of(service.url).refresh(client_id=SAME_DEVICE, refresh_token="r")
    assert refused.value.reason == ""
    assert "canary" not in f"{refused.value} {refused.value.details}"
