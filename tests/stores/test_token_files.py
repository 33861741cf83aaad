import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.tokens import SSOTokenProvider
from botocore.utils import JSONFileCache, SSOTokenLoader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.errors import StoreError
from atmos_auth.stores.token_files import TokenFiles
from atmos_auth.testing import NOW, sso_token

TOKEN = sso_token()
WHOLE = {
    "accessToken": "sample-access-token",
    "clientId": "sample-client",
    "clientSecret": "sample-client-secret",
    "expiresAt": "2026-01-02T04:04:05Z",
    "issuedAt": "2026-01-02T03:04:05Z",
    "refreshToken": "sample-refresh-token",
    "region": "us-east-1",
    "registrationExpiresAt": "2026-04-02T03:04:05Z",
    "startUrl": "https://example.awsapps.com/start",
}


REQUIRED = ("accessToken", "startUrl", "region", "expiresAt")


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in WHOLE.items() if key != name}


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, warnings: list[str]) -> TokenFiles:
    return TokenFiles(str(tmp_path / "sessions"), warn=warnings.append)


def put(store: TokenFiles, content: bytes) -> Path:
    path = Path(store.path(TOKEN.session))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# --- what the SDKs read ----------------------------------------------------------------------------------------


def test_the_file_has_the_shape_the_sdks_give_theirs(store):
    store.write(TOKEN)
    assert json.loads(Path(store.path(TOKEN.session)).read_text()) == WHOLE


def test_an_endpoint_of_ones_own_is_kept_beside_it(store):
    store.write(sso_token(endpoint_url="http://127.0.0.1:1"))
    body = json.loads(Path(store.path(TOKEN.session)).read_text())
    assert body == WHOLE | {"endpointUrl": "http://127.0.0.1:1"}


def test_botocores_own_loader_finds_and_reads_it(store, tmp_path):
    """Our file is named by sha1 of `start_url|region`, and botocore names its files by sha1 of a session's name."""
    store.write(TOKEN)
    loader = SSOTokenLoader(cache=JSONFileCache(working_dir=str(tmp_path / "sessions")))
    found = loader(TOKEN.start_url, session_name=f"{TOKEN.start_url}|{TOKEN.region}")
    assert found == WHOLE


def test_botocores_own_provider_gives_out_the_token(store, tmp_path, monkeypatch):
    store.write(TOKEN)
    name = f"{TOKEN.start_url}|{TOKEN.region}"
    config = tmp_path / "config"
    config.write_text(
        f"[profile p]\nsso_session = {name}\n"
        f"[sso-session {name}]\nsso_region = {TOKEN.region}\nsso_start_url = {TOKEN.start_url}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    from botocore.session import Session

    def now(zone=UTC):
        return datetime.fromtimestamp(NOW, zone)

    provider = SSOTokenProvider(
        Session(profile="p"),
        cache=JSONFileCache(working_dir=str(tmp_path / "sessions")),
        time_fetcher=now,
        profile_name="p",
    )
    frozen = provider.load_token().get_frozen_token()
    assert frozen.token == TOKEN.access_token
    assert frozen.expiration.timestamp() == TOKEN.expires_at


@pytest.mark.parametrize(
    "written", ["2026-01-02T04:04:05Z", "2026-01-02T04:04:05+00:00", "2026-01-02T05:04:05.000+01:00"]
)
def test_other_spellings_of_a_time_are_understood(store, written):
    put(store, json.dumps(WHOLE | {"expiresAt": written}).encode())
    assert store.read(TOKEN.session) == TOKEN


def test_members_that_others_added_do_no_harm(store):
    put(store, json.dumps(WHOLE | {"scopes": ["sso:account:access"], "x": 1}).encode())
    assert store.read(TOKEN.session) == TOKEN


# --- damage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b"5",
        b'"text"',
        b"{}",
        *(json.dumps(without(name)).encode() for name in REQUIRED),
        *(
            json.dumps(WHOLE | wrong).encode()
            for wrong in (
                {"accessToken": ""},
                {"accessToken": 5},
                {"accessToken": None},
                {"refreshToken": ["x"]},
                {"expiresAt": 1767323045},
                {"expiresAt": "tomorrow"},
                {"issuedAt": "2026-99-99T00:00:00Z"},
                {"registrationExpiresAt": {}, "clientId": {"a": 1}},
            )
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_set_aside_named_and_missed(store, warnings, content):
    path = put(store, content)
    assert store.read(TOKEN.session) is None
    assert not path.exists()
    assert Path(f"{path}.corrupt").read_bytes() == content
    assert len(warnings) == 1
    assert f"{path}.corrupt" in warnings[0]
    store.write(TOKEN)
    assert store.read(TOKEN.session) == TOKEN


@given(st.integers(0, 400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_a_file_that_was_cut_short_is_missed(store, length):
    whole = json.dumps(WHOLE, indent=2).encode()
    put(store, whole[: min(length, len(whole) - 1)])
    assert store.read(TOKEN.session) is None


def test_a_warning_shows_no_secret(store, warnings):
    put(store, json.dumps(WHOLE | {"expiresAt": "x"}).encode())
    store.read(TOKEN.session)
    assert [s for s in TOKEN.secrets if s in warnings[0]] == []


def test_many_readers_of_a_damaged_file_all_miss_it(tmp_path, environ):
    folder = str(tmp_path / "sessions")
    source = (
        "from atmos_auth.stores.token_files import TokenFiles;"
        f"print(TokenFiles({folder!r}, warn=lambda line: None).read({TOKEN.session!r}))"
    )
    put(TokenFiles(folder, warn=print), b"damaged")
    processes = [
        subprocess.Popen([sys.executable, "-c", source], env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    assert [process.communicate(timeout=60)[0] for process in processes] == ["None\n"] * 5


def test_a_file_that_cannot_be_read_is_an_error_not_a_miss(store, warnings):
    Path(store.path(TOKEN.session)).mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot read") as caught:
        store.read(TOKEN.session)
    assert caught.value.hints
    assert warnings == []


def test_files_are_private_under_any_umask(store):
    before = os.umask(0)
    try:
        store.write(TOKEN)
    finally:
        os.umask(before)
    path = Path(store.path(TOKEN.session))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_copy_with_loose_permissions_is_tightened_on_sight(store):
    store.write(TOKEN)
    path = Path(store.path(TOKEN.session))
    path.chmod(0o644)
    assert store.read(TOKEN.session) == TOKEN
    assert path.stat().st_mode & 0o777 == 0o600
