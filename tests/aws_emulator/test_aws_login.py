"""`aws login` as AWS's own programs speak it: its requests byte by byte, and botocore's provider as the reader.

botocore's provider needs awscrt for one key; where that is not installed, the same operations of another library
stand in for it, and nothing else is replaced.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import botocore.credentials
import botocore.session
import pytest
from botocore.exceptions import LoginInsufficientPermissions, LoginRefreshRequired
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

DATA = json.loads(Path(__file__).with_name("data").joinpath("aws_login.json").read_text(encoding="utf-8"))
USER = "arn:aws:iam::111111111111:user/breakglass"


# --- the requests -------------------------------------------------------------------------------------------


def fill(template, words):
    """Put words into a template; every text in it may name them in braces."""
    if isinstance(template, dict):
        return {name: fill(value, words) for name, value in template.items()}
    return template.format_map(words)


def exchange(aws, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(urlsplit(aws.url).netloc, timeout=10)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    response.text = response.read().decode()
    connection.close()
    return response


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_requests(aws, new_dpop_key, case):
    aws.auto_approve = True
    key, verifier = new_dpop_key(), "Az09-._~" * 8
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
    words = {
        "state": str(uuid.uuid4()),
        "challenge": challenge[:-1],
        "verifier": verifier,
        "endpoint": aws.url,
        "encoded_endpoint": quote(aws.url, safe=""),
    }
    asked = fill(case["authorize"], words)
    response = exchange(aws, "GET", f"{asked['path']}?{asked['query']}")
    where, _, query = response.headers["Location"].partition("?")
    answer = {name: value for name, (value,) in parse_qs(query).items()}
    assert (where, answer["state"]) == (fill(case["callback"], words), words["state"])
    words["code"] = answer["code"]
    for step in ("exchange", "refresh"):
        response = exchange(
            aws,
            "POST",
            "/v1/token",
            json.dumps(fill(case[step], words)),
            {"Content-Type": "application/json", "DPoP": key.proof(f"{aws.url}/v1/token")},
        )
        tokens = json.loads(response.text)
        assert (response.status, sorted(tokens)) == (200, DATA["responses"][step])
        assert sorted(tokens["accessToken"]) == DATA["responses"]["accessToken"]
        words["refresh_token"] = tokens["refreshToken"]


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_the_members_are_those_of_the_service_model(case):
    shapes = botocore.session.Session().get_service_model("signin").operation_model("CreateOAuth2Token")
    asked, answered = (shape.members for shape in (shapes.input_shape, shapes.output_shape))
    for step in ("exchange", "refresh"):
        assert case[step].keys() <= asked["tokenInput"].members.keys()
        assert set(DATA["responses"][step]) <= answered["tokenOutput"].members.keys()
    assert case["exchange"].keys() | case["refresh"].keys() == asked["tokenInput"].members.keys()
    assert set(DATA["responses"]["accessToken"]) == answered["tokenOutput"].members["accessToken"].members.keys()


# --- the reader ---------------------------------------------------------------------------------------------


class Ec:
    """What botocore asks of awscrt's EC keys, and no more."""

    def __init__(self, private):
        self._private = private

    @classmethod
    def new_key_from_der_data(cls, data):
        return cls(load_der_private_key(data, None))

    def get_public_coords(self):
        numbers = self._private.public_key().public_numbers()
        return numbers.x.to_bytes(32), numbers.y.to_bytes(32)

    def sign(self, digest):
        return self._private.sign(digest, ec.ECDSA(Prehashed(SHA256())))

    @staticmethod
    def decode_der_signature_to_padded_pair(signature, pad_to):
        return b"".join(half.to_bytes(pad_to) for half in decode_dss_signature(signature))


class Reader:
    """A profile with `login_session`, and the cache file that `aws login` would have written for it."""

    def __init__(self, aws, home, monkeypatch):
        self._file = home / f"{hashlib.sha256(USER.encode()).hexdigest()}.json"
        config = home / "config"
        config.write_text(f"[default]\nregion = us-east-1\nlogin_session = {USER}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("AWS_LOGIN_CACHE_DIRECTORY", str(home))
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        if botocore.credentials.EC is None:
            monkeypatch.setattr(botocore.credentials, "EC", Ec)

    def keep(self, tokens, key, seconds_left):
        """Write the cache."""
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds_left)
        access_token = tokens["accessToken"] | {
            "accountId": USER.split(":")[4],
            "expiresAt": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        kept = {
            "accessToken": access_token,
            "tokenType": tokens["tokenType"],
            "clientId": "arn:aws:signin:::devtools/same-device",
            "refreshToken": tokens["refreshToken"],
            "idToken": tokens["idToken"],
            "dpopKey": key.pem(),
        }
        self._file.write_text(json.dumps(kept))

    def kept(self):
        return json.loads(self._file.read_text())

    def who_am_i(self):
        return botocore.session.Session().create_client("sts").get_caller_identity()["Arn"]


@pytest.fixture
def reader(aws, tmp_path, monkeypatch):
    return Reader(aws, tmp_path, monkeypatch)


@pytest.fixture
def signed_in(user_sign_in, reader):
    """Sign in, and let the reader find keys that are about to expire."""
    reader.keep(user_sign_in.trade(user_sign_in.code()), user_sign_in.key, seconds_left=60)
    return reader


def test_fresh_keys_are_used(aws, user_sign_in, reader):
    reader.keep(user_sign_in.trade(user_sign_in.code()), user_sign_in.key, seconds_left=900)
    assert reader.who_am_i() == USER
    assert aws.journal.count("signin:CreateOAuth2Token", grant="refresh_token") == 0


def test_old_keys_are_renewed_in_silence(aws, signed_in):
    before = signed_in.kept()
    aws.clock.advance(900)
    assert signed_in.who_am_i() == USER
    assert aws.journal.count("signin:CreateOAuth2Token", outcome="ok", grant="refresh_token") == 1
    after = signed_in.kept()
    assert before["refreshToken"] != after["refreshToken"]
    assert before["accessToken"]["accessKeyId"] != after["accessToken"]["accessKeyId"]


def test_a_sign_in_that_is_over(aws, signed_in):
    aws.clock.advance(12 * 3600)
    with pytest.raises(LoginRefreshRequired):
        signed_in.who_am_i()


def test_credentials_that_have_changed(aws, signed_in):
    aws.rotate_key(USER)
    with pytest.raises(LoginRefreshRequired):
        signed_in.who_am_i()


def test_a_policy_that_denies(aws, signed_in):
    aws.state.users[USER].denies.append("signin:CreateOAuth2Token")
    with pytest.raises(LoginInsufficientPermissions):
        signed_in.who_am_i()
