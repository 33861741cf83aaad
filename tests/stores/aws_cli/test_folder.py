import json
import os
import threading
from hashlib import sha1
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.timestamps import to_text
from atmos_auth.stores.aws_cli.folder import LARGEST_FILE, MOST_FILES
from atmos_auth.testing import NOW, sso_token

TOKEN = sso_token()
SESSION = TOKEN.session
DEMO = f"{sha1(b'demo', usedforsecurity=False).hexdigest()}.json"
posix = pytest.mark.skipif(os.name != "posix", reason="modes and owners of files")


def access_tokens(desk):
    return [found.token.access_token for found in desk.folder.sessions(SESSION)]


# --- reading ---------------------------------------------------------------------------------------------------


def test_there_need_be_no_folder(desk):
    assert access_tokens(desk) == []
    assert not desk.path.exists()


def test_a_session_is_found_whatever_its_file_is_called(desk):
    path = desk.put("any name.json")
    (found,) = desk.folder.sessions(SESSION)
    assert found.path == str(path)
    assert found.token == TOKEN._replace(
        access_token="cli-access-token",
        refresh_token="cli-refresh-token",
        client_id="cli-client",
        client_secret="cli-client-secret",
        expires_at=NOW + 3000,
        issued_at=NOW - 600,
        client_expires_at=NOW + 86400,
    )


def test_what_was_written_last_comes_first(desk):
    for number in (2, 0, 1):
        desk.put(f"{number}.json", accessToken=f"token-{number}", written=NOW - number)
    assert access_tokens(desk) == ["token-0", "token-1", "token-2"]


@pytest.mark.parametrize("ending", ["", "/", "#", "#/", "/#", "/#/"])
def test_an_address_may_end_as_the_console_ends_it(desk, ending):
    desk.put(startUrl=f"https://example.awsapps.com/start{ending}")
    (found,) = desk.folder.sessions(SESSION)
    assert found.token.start_url == TOKEN.start_url


@pytest.mark.parametrize(
    "other",
    [
        {"region": "eu-west-1"},
        {"startUrl": "https://example.awsapps.com/start2"},
        {"startUrl": "https://example.awsapps.com/start/x"},
        {"startUrl": "https://example.awsapps.com.evil.example/start"},
        {"startUrl": "http://example.awsapps.com/start"},
    ],
)
def test_another_portals_session_is_not_taken(desk, other):
    desk.put(**other)
    assert access_tokens(desk) == []


@pytest.mark.parametrize("written", ["2026-01-02T04:04:05Z", "2026-01-02T04:04:05UTC", "2026-01-02T05:04:05.5+01:00"])
def test_times_may_be_written_as_older_versions_did(desk, written):
    desk.put(expiresAt=written)
    (found,) = desk.folder.sessions(SESSION)
    assert int(found.token.expires_at) == NOW + 3600


def test_a_session_of_the_older_form_cannot_be_renewed(desk):
    desk.put(refreshToken=None, clientId=None, clientSecret=None, registrationExpiresAt=None)
    (found,) = desk.folder.sessions(SESSION)
    assert (found.token.refresh_token, found.token.client_id, found.token.client_expires_at) == (None, None, None)


def test_a_clock_that_was_wrong_makes_no_session_younger_than_now(desk):
    desk.put(written=NOW + 9999)
    (found,) = desk.folder.sessions(SESSION)
    assert found.token.issued_at == NOW


def test_a_token_is_good_for_the_place_that_the_aws_cli_would_send_it_to(desk):
    desk.put()
    (found,) = desk.over("http://127.0.0.1:1").sessions(SESSION)
    assert found.token.endpoint_url == "http://127.0.0.1:1"


# --- what is passed over, and left as it is --------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"accessToken": None},
        {"accessToken": ""},
        {"accessToken": 5},
        {"accessToken": "a\nb: c"},
        {"accessToken": "a\x7f"},
        {"accessToken": "ключ"},
        {"accessToken": "\ud800"},
        {"startUrl": "\ud800"},
        {"startUrl": None},
        {"startUrl": ["x"]},
        {"region": {}},
        {"region": None},
        {"expiresAt": None},
        {"expiresAt": 1767323045},
        {"expiresAt": "tomorrow"},
        {"expiresAt": "UTC"},
        {"expiresAt": "2026-99-99T00:00:00Z"},
        {"refreshToken": ["x"]},
        {"refreshToken": "a\r\nb"},
        {"clientId": 7},
        {"registrationExpiresAt": "never"},
    ],
)
def test_a_session_that_is_not_whole_is_passed_over(desk, changes):
    desk.put(**changes)
    before = desk.state()
    assert access_tokens(desk) == []
    assert (desk.state(), desk.warnings) == (before, [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"5",
        b'"text"',
        b"[]",
        b"\xff\xfe",
        b"\x00" * 100,
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"1" * 10_000,
        b'{"clientId": "x", "clientSecret": "y", "expiresAt": "2999-01-01T00:00:00Z"}',
    ],
)
def test_what_is_no_session_is_passed_over(desk, content):
    desk.put_bytes(content)
    desk.put("good.json")
    before = desk.state()
    assert access_tokens(desk) == ["cli-access-token"]
    assert (desk.state(), desk.warnings) == (before, [])


def test_other_extensions_are_other_programs(desk):
    desk.put("session.json.tmp")
    desk.put("session.txt")
    assert access_tokens(desk) == []


def test_what_is_too_large_for_a_session_is_not_read(desk):
    desk.put(padding="x" * LARGEST_FILE)
    assert access_tokens(desk) == []
    desk.put(padding="x" * (LARGEST_FILE - 2000))
    assert access_tokens(desk) == ["cli-access-token"]


def test_a_folder_full_of_files_is_not_read_to_its_end(desk):
    desk.put("oldest.json", accessToken="the oldest", written=NOW - 5000)
    for number in range(MOST_FILES):
        desk.put_bytes(b"{}", f"{number}.json")
    assert access_tokens(desk) == []
    (desk.path / "0.json").unlink()
    assert access_tokens(desk) == ["the oldest"]


@posix
def test_a_link_is_not_followed(desk, tmp_path):
    elsewhere = tmp_path / "elsewhere.json"
    desk.put("a.json").rename(elsewhere)
    (desk.path / "link.json").symlink_to(elsewhere)
    assert access_tokens(desk) == []


@posix
@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_what_others_could_have_written_is_not_trusted(desk, mode):
    path = desk.put()
    path.chmod(mode)
    assert access_tokens(desk) == []
    assert path.stat().st_mode & 0o777 == mode, "it is not ours to mend"


@posix
def test_what_only_others_could_read_is_not_changed(desk):
    path = desk.put()
    path.chmod(0o644)
    assert access_tokens(desk) == ["cli-access-token"]
    assert path.stat().st_mode & 0o777 == 0o644


@posix
@pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="only root can give files away")
def test_another_users_file_is_not_trusted(desk):
    os.chown(desk.put(), 12345, 12345)
    assert access_tokens(desk) == []


@posix
def test_a_pipe_does_not_make_anybody_wait(desk):
    desk.path.mkdir(parents=True)
    os.mkfifo(desk.path / "pipe.json")
    done = threading.Event()
    threading.Thread(target=lambda: (access_tokens(desk), done.set()), daemon=True).start()
    assert done.wait(20)


def test_folders_are_passed_over(desk):
    (desk.path / "folder.json").mkdir(parents=True)
    desk.put()
    assert access_tokens(desk) == ["cli-access-token"]


def test_a_file_in_place_of_the_folder_is_no_error(desk):
    desk.path.write_text("")
    assert access_tokens(desk) == []


def test_the_log_names_no_secret(desk):
    desk.put(expiresAt="x")
    assert access_tokens(desk) == []
    assert "cli.json: passed over" in desk.log.text
    assert [secret for secret in ("cli-access-token", "cli-refresh-token") if secret in desk.log.text] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["accessToken", "startUrl", "region", "expiresAt", "refreshToken", "clientId", "registrationExpiresAt"]
)


@given(st.binary(max_size=300) | st.dictionaries(MEMBERS, JSON).map(lambda value: json.dumps(value).encode()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_no_file_can_do_harm(desk, content):
    desk.put_bytes(content)
    before = desk.state()
    for found in desk.folder.sessions(SESSION):
        pytest.fail(f"{content!r} was taken for {found}")
    assert (desk.state(), desk.warnings) == (before, [])


@given(st.dictionaries(MEMBERS, JSON, min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_whatever_is_taken_could_be_sent(desk, changes):
    desk.put(**changes)
    for found in desk.folder.sessions(SESSION):
        assert found.token.session == SESSION
        for text in found.token.secrets:
            assert text.isascii()
            assert text.isprintable()


# --- writing ---------------------------------------------------------------------------------------------------


def test_a_token_is_written_with_all_fields_under_every_name(desk):
    desk.names = ["demo", "other", "demo"]
    desk.folder.write(TOKEN)
    assert len(list(desk.path.iterdir())) == 2
    assert json.loads((desk.path / DEMO).read_text()) == {
        "startUrl": TOKEN.start_url,
        "region": "us-east-1",
        "accessToken": TOKEN.access_token,
        "expiresAt": to_text(TOKEN.expires_at),
        "clientId": TOKEN.client_id,
        "clientSecret": TOKEN.client_secret,
        "registrationExpiresAt": to_text(TOKEN.client_expires_at),
        "refreshToken": TOKEN.refresh_token,
    }


@posix
def test_files_are_private_under_any_umask(desk):
    before = os.umask(0)
    try:
        desk.folder.write(TOKEN)
    finally:
        os.umask(before)
    assert (desk.path / DEMO).stat().st_mode & 0o777 == 0o600
    assert desk.path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("there", "replaced"),
    [
        ({"expiresAt": to_text(NOW + 3601)}, False),
        ({"expiresAt": to_text(NOW + 3599)}, True),
        ({"expiresAt": to_text(NOW - 1)}, True),
        ({"startUrl": "https://other.awsapps.com/start"}, False),
        ({"startUrl": "https://other.awsapps.com/start", "expiresAt": to_text(NOW - 1)}, True),
        ({"expiresAt": "damaged"}, True),
    ],
)
def test_what_lives_longer_or_is_another_portals_stays(desk, there, replaced):
    path = desk.put(DEMO, **there)
    before = path.read_bytes()
    desk.folder.write(TOKEN)
    assert (path.read_bytes() != before) is replaced
    assert desk.warnings == []


@posix
def test_a_link_is_neither_followed_nor_replaced(desk, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    desk.path.mkdir(parents=True)
    (desk.path / DEMO).symlink_to(elsewhere)
    desk.folder.write(TOKEN)
    assert (desk.path / DEMO).is_symlink()
    assert elsewhere.read_text() == "precious"


@posix
def test_a_folder_that_others_may_write_to_is_given_nothing(desk):
    desk.path.mkdir(parents=True)
    desk.path.chmod(0o777)
    desk.folder.write(TOKEN)
    assert list(desk.path.iterdir()) == []
    assert str(desk.path) in desk.warnings[0]


def test_a_token_of_another_place_is_not_written(desk):
    desk.folder.write(TOKEN._replace(endpoint_url="http://127.0.0.1:1"))
    desk.over("http://127.0.0.1:1").write(TOKEN)
    assert not desk.path.exists()


def test_a_folder_that_cannot_be_made_is_a_warning(desk):
    desk.path.write_text("a file where a folder belongs")
    desk.folder.write(TOKEN)
    assert len(desk.warnings) == 1
    assert TOKEN.access_token not in desk.warnings[0]


# --- removing --------------------------------------------------------------------------------------------------


def test_what_was_given_is_taken_back_and_nothing_else(desk):
    desk.names = ["demo", "other"]
    desk.folder.write(TOKEN)
    theirs = desk.put("theirs.json")
    assert desk.folder.remove(TOKEN) is True
    assert list(desk.path.iterdir()) == [theirs]
    assert desk.folder.remove(TOKEN) is False


def test_what_the_aws_cli_renewed_is_taken_back_too(desk):
    desk.put(DEMO, clientId=TOKEN.client_id, clientSecret=TOKEN.client_secret)
    assert desk.folder.remove(TOKEN) is True
    assert list(Path(desk.path).iterdir()) == []
