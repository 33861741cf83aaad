"""Browser sign-ins on disk: one private file per identity and realm, and nothing that makes reading it stumble."""

import json
import os
import stat
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.credentials import BrowserSession
from atmos_auth.domain.errors import LockTimeout, StoreError
from atmos_auth.stores.browser_sessions import LOCK_SECONDS, BrowserSessions
from atmos_auth.testing import NOW, FakeClock

SESSION = BrowserSession(
    refresh_token="sample-refresh-token",
    dpop_key="sample-dpop-key",
    client_id="arn:aws:signin:::devtools/same-device",
    region="us-east-1",
    expires_at=NOW + 3600,
    principal="arn:aws:iam::111111111111:user/me",
)


class Store(BrowserSessions):
    """A store that keeps its warnings."""

    def __init__(self, folder: Path, realm: str = "", clock: FakeClock | None = None) -> None:
        self.warnings: list[str] = []
        super().__init__(str(folder), realm=realm, clock=clock or FakeClock(), warn=self.warnings.append)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_what_is_written_is_read_by_another_process(store, tmp_path):
    assert store.read("me") is None
    store.write("me", SESSION)
    assert Store(tmp_path).read("me") == SESSION
    assert store.warnings == []


def test_a_sign_in_of_nobody_known_is_kept_too(store):
    anonymous = SESSION._replace(principal=None)
    store.write("me", anonymous)
    assert store.read("me") == anonymous


def test_the_file_has_the_names_that_others_know(store, tmp_path):
    """The reference keeps it there, under these names."""
    store.write("me", SESSION)
    path = tmp_path / "me-" / "refresh.json"
    body = json.loads(path.read_text())
    ours = {"clientId": "", "principal": "", "identity": "", "realm": ""}
    assert body | ours == {
        "refreshToken": "sample-refresh-token",
        "dpopKey": "sample-dpop-key",
        "region": "us-east-1",
        "expiresAt": "2026-01-02T04:04:05Z",
        **ours,
    }
    assert Store(tmp_path, "acme").path("me") == str(tmp_path / "me-acme" / "refresh.json")


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_file_and_folder_are_private_whatever_the_umask(store, tmp_path):
    before = os.umask(0)
    try:
        with store.exclusive("me"):
            store.write("me", SESSION)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "me-").iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "me-").stat().st_mode) == 0o700


def test_upper_and_lower_case_are_one_and_other_names_and_realms_are_not(store, tmp_path):
    store.write("Me", SESSION)
    assert store.read("mE") == SESSION
    assert store.read("you") is None
    assert Store(tmp_path, "acme").read("me") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a-b", "c"), ("a", "b-c")), (("a/b", ""), ("a_b", "")), (("a:b", ""), ("a*b", "")), (("a", "b"), ("a-b", ""))],
)
def test_names_that_look_alike_do_not_get_each_others_sign_in(tmp_path, one, other):
    """The worst that may happen is that one of them signs in again."""
    Store(tmp_path, one[1]).write(one[0], SESSION)
    assert Store(tmp_path, other[1]).read(other[0]) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", ".", "/absolute", "a\\b", "a/../../b", "con:", "x" * 100])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    folder = tmp_path / "sign-ins"
    store = Store(folder)
    store.write(name, SESSION)
    assert store.read(name) == SESSION
    assert [path for path in tmp_path.rglob("refresh.json") if path.parent.parent != folder] == []


def test_removing_tells_whether_there_was_one(store):
    assert store.remove("me") is False
    store.write("me", SESSION)
    assert store.remove("ME") is True
    assert store.read("me") is None


def test_removing_takes_what_was_set_aside_along(store, tmp_path):
    """It may hold a refresh token that still works."""
    path = Path(store.path("me"))
    store.write("me", SESSION)
    path.write_text(path.read_text()[:-4])
    assert store.read("me") is None
    store.remove("me")
    assert [p.name for p in path.parent.iterdir() if "sample" in p.read_text(errors="replace")] == []


BODY = {
    "refreshToken": "r",
    "dpopKey": "k",
    "clientId": "c",
    "region": "us-east-1",
    "expiresAt": "2026-01-02T04:04:05Z",
    "principal": "arn:aws:iam::111111111111:user/me",
    "identity": "me",
    "realm": "",
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{}",
        b"[" * 3000,
        json.dumps(BODY).encode()[:-9],
        *(json.dumps({k: v for k, v in BODY.items() if k != gone}).encode() for gone in list(BODY)[:5]),
        *(json.dumps(BODY | {name: 7}).encode() for name in list(BODY)[:6]),
        *(json.dumps(BODY | {name: ["x"]}).encode() for name in list(BODY)[:6]),
        json.dumps(BODY | {"refreshToken": ""}).encode(),
        json.dumps(BODY | {"dpopKey": None}).encode(),
        json.dumps(BODY | {"expiresAt": "tomorrow"}).encode(),
        json.dumps(BODY | {"expiresAt": ""}).encode(),
    ],
    ids=lambda content: content[:50].decode(errors="replace"),
)
def test_a_file_that_cannot_be_understood_is_set_aside_with_a_word_and_missed(store, content):
    path = Path(store.path("me"))
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    assert store.read("me") is None
    (warning,) = store.warnings
    assert f"{path}.corrupt" in warning
    assert Path(f"{path}.corrupt").read_bytes() == content
    assert not path.exists()
    assert store.read("me") is None
    assert len(store.warnings) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*BODY, "x"]), inner),
    )
)
def test_no_content_makes_reading_stumble(store, content):
    path = Path(store.path("me"))
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(json.dumps(content))
    found = store.read("me")
    assert found is None or isinstance(found, BrowserSession)


def test_a_folder_that_cannot_be_had_is_named(tmp_path):
    (tmp_path / "in-the-way").write_text("")
    store = Store(tmp_path / "in-the-way")
    with pytest.raises(StoreError, match="in-the-way"):
        store.write("me", SESSION)


def test_one_at_a_time_and_not_for_ever(tmp_path):
    clock = FakeClock()
    second = Store(tmp_path, clock=clock).exclusive("ME")
    with Store(tmp_path).exclusive("me"), Store(tmp_path).exclusive("you"), pytest.raises(LockTimeout), second:
        raise AssertionError("two at a time")
    assert sum(clock.slept) == pytest.approx(LOCK_SECONDS, abs=1)
    with Store(tmp_path).exclusive("me"):
        clock.advance(1)


def test_readers_never_meet_half_a_file(tmp_path):
    """One writes, others read."""
    writer, reader = Store(tmp_path), Store(tmp_path)
    writer.write("me", SESSION)
    stop = []

    def write() -> None:
        for number in range(60):
            writer.write("me", SESSION._replace(refresh_token=f"token-{number}" * (number + 1)))
        stop.append(True)

    thread = Thread(target=write)
    thread.start()
    while not stop:
        assert reader.read("me") is not None
    thread.join()
    assert reader.warnings == []


def test_a_sign_in_does_not_show_its_secrets(store):
    shown = repr(SESSION) + str(SESSION) + repr(store) + str(vars(store))
    assert [secret for secret in SESSION.secrets if secret in shown] == []
