"""The file keyring: what is on the disk, who gets in, and what it survives."""

import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.env_names import ATMOS_KEYRING_PASSWORD
from atmos_auth.domain.errors import EntryUnreadable, LockTimeout, PasswordMissing, StoreError, WrongPassword
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.locks import locked
from atmos_auth.stores.keyring.file_keyring import FileKeyring
from atmos_auth.stores.keyring.password import PasswordSource
from atmos_auth.stores.keyring.password_key import DEFAULT_COST, LEAST_COST, Cost
from atmos_auth.testing import FakeClock
from atmos_auth.testing.contracts.secret_store import KEYS, OTHER_KEYS

GOOD = "correct horse"


class Person:
    """Types the answers in order and remembers the questions."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.questions: list[str] = []

    def __call__(self, question: str) -> str:
        self.questions.append(question)
        return self._answers.pop(0)


def keyring(folder: Path, password: str | None = GOOD, *, ask: Any = None, **rest: Any) -> FileKeyring:
    environ = {} if password is None else {ATMOS_KEYRING_PASSWORD: password}
    source = PasswordSource(environ, f"file keyring ({folder})", ask=ask)
    return FileKeyring(str(folder), password=source, **({"clock": SystemClock(), "cost": LEAST_COST} | rest))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keyring"


def entry(folder: Path) -> Path:
    (found,) = folder.glob("*.entry")
    return found


# --- on the disk ------------------------------------------------------------------------------------------------


def test_nothing_is_touched_and_nobody_asked_before_there_is_a_need(folder: Path) -> None:
    store = keyring(folder, None)
    assert (store.get("dev"), store.names(), store.remove("dev")) == (None, [], False)
    assert not folder.exists()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_folder_and_files_are_private(folder: Path) -> None:
    previous = os.umask(0)
    try:
        keyring(folder).put("dev", KEYS)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_neither_files_nor_their_names_show_a_secret(folder: Path) -> None:
    secret = OTHER_KEYS | {"access_key_id": "AKIACANARYCANARYCANA", "secret_access_key": "canary-of-the-secret"}
    keyring(folder, "password-canary").put("prod-admin", secret)
    names = " ".join(path.name for path in folder.iterdir())
    assert "prod" not in names
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    for shown in (*secret.values(), "password-canary"):
        assert shown.encode() not in content


def test_the_cost_of_guessing_is_the_recommended_one(folder: Path) -> None:
    keyring(folder, cost=DEFAULT_COST).put("dev", KEYS)
    header = json.loads((folder / "keyring").read_bytes().partition(b"\n")[0])
    assert header.pop("salt")
    assert header == {"version": 1, "kdf": "argon2id", "memory_kib": 65536, "passes": 3, "lanes": 4}
    assert keyring(folder).get("dev") == KEYS  # what is written down counts, not what a new keyring would take


def test_no_two_writes_of_the_same_look_alike(folder: Path) -> None:
    store = keyring(folder)
    store.put("dev", KEYS)
    first = entry(folder).read_bytes()
    store.put("dev", KEYS)
    assert entry(folder).read_bytes() != first


# --- the password -----------------------------------------------------------------------------------------------


def test_a_wrong_password_is_called_that(folder: Path) -> None:
    keyring(folder).put("dev", KEYS)
    wrong = keyring(folder, "wrong horse")
    for call in (lambda: wrong.get("dev"), lambda: wrong.put("prod", KEYS), lambda: wrong.put("dev", OTHER_KEYS)):
        with pytest.raises(WrongPassword, match=r"wrong keyring password: ATMOS_KEYRING_PASSWORD does not open"):
            call()
    assert keyring(folder).get("dev") == KEYS
    assert keyring(folder).names() == ["dev"]


def test_listing_and_removing_need_no_password(folder: Path) -> None:
    keyring(folder).put("dev", KEYS)
    forgetful = keyring(folder, None)
    assert forgetful.names() == ["dev"]
    assert forgetful.get("prod") is None
    with pytest.raises(PasswordMissing):
        forgetful.get("dev")
    assert forgetful.remove("dev") is True
    assert forgetful.names() == []


def test_without_a_password_the_remedy_is_named(folder: Path) -> None:
    source = PasswordSource({ATMOS_KEYRING_PASSWORD: GOOD}, "file keyring", variable="TEAM_PASSWORD", ask=None)
    store = FileKeyring(str(folder), password=source, clock=SystemClock())
    with pytest.raises(PasswordMissing) as missing:
        store.put("dev", KEYS)
    assert missing.value.message == (
        "keyring password required: set TEAM_PASSWORD environment variable or run in interactive mode"
    )
    assert not folder.exists()


def test_a_variable_comes_before_a_person(folder: Path) -> None:
    person = Person()
    keyring(folder, ask=person).put("dev", KEYS)
    assert person.questions == []


def test_a_new_keyring_asks_twice_and_an_old_one_once(folder: Path) -> None:
    person = Person(GOOD, GOOD)
    store = keyring(folder, None, ask=person)
    store.put("dev", KEYS)
    store.put("prod", KEYS)
    assert store.get("dev") == KEYS
    assert len(person.questions) == 2
    assert str(folder) in person.questions[0]
    person = Person(GOOD)
    store = keyring(folder, None, ask=person)
    assert (store.get("dev"), store.get("prod")) == (KEYS, KEYS)
    store.put("dev", OTHER_KEYS)
    assert person.questions == [f"Password of the file keyring ({folder})"]


def test_a_person_is_asked_once_even_if_wrong(folder: Path) -> None:
    keyring(folder).put("dev", KEYS)
    person = Person("wrong horse")
    store = keyring(folder, None, ask=person)
    for _ in range(2):
        with pytest.raises(WrongPassword, match="what was typed does not open"):
            store.get("dev")
    assert len(person.questions) == 1


def test_threads_ask_once(folder: Path) -> None:
    keyring(folder).put("dev", KEYS)

    class SlowPerson(Person):
        def __call__(self, question: str) -> str:
            time.sleep(0.1)
            return super().__call__(question)

    person = SlowPerson(GOOD)
    store = keyring(folder, None, ask=person)
    got: list[Any] = []
    threads = [threading.Thread(target=lambda: got.append(store.get("dev"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [KEYS] * 4
    assert len(person.questions) == 1


def test_a_slip_at_the_second_time_stores_nothing(folder: Path) -> None:
    with pytest.raises(PasswordMissing, match="the two passwords differ"):
        keyring(folder, None, ask=Person(GOOD, "correct house")).put("dev", KEYS)
    assert not folder.exists()


@pytest.mark.parametrize("by", ["variable", "person"])
def test_a_short_password_is_refused(folder: Path, by: str) -> None:
    store = keyring(folder, "seven77") if by == "variable" else keyring(folder, None, ask=Person("seven77"))
    with pytest.raises(PasswordMissing, match="password must be at least 8 characters") as short:
        store.put("dev", KEYS)
    assert "seven77" not in f"{short.value} {short.value.details} {short.value.hints}"
    assert not folder.exists()


def test_a_composed_letter_equals_the_same_in_two_parts(folder: Path) -> None:
    keyring(folder, "pässwörter").put("dev", KEYS)
    assert keyring(folder, "pa\u0308sswo\u0308rter").get("dev") == KEYS


def test_the_password_and_the_key_do_not_show(folder: Path) -> None:
    source = PasswordSource({ATMOS_KEYRING_PASSWORD: GOOD}, "file keyring", ask=None)
    store = FileKeyring(str(folder), password=source, clock=SystemClock(), cost=LEAST_COST)
    store.put("dev", KEYS)
    found = source.password(for_new=False)
    assert GOOD not in f"{found!r} {source!r} {store!r} {store.label}"


# --- damage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["keyring", "*.entry"])
def test_every_flipped_bit_is_noticed(folder: Path, name: str) -> None:
    store = keyring(folder)
    store.put("dev", KEYS)
    (path,) = folder.glob(name)
    whole = path.read_bytes()
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        path.write_bytes(flipped)
        with pytest.raises(EntryUnreadable, match=str(path)):
            store.get("dev")
    path.write_bytes(whole)
    assert store.get("dev") == KEYS


@pytest.mark.parametrize("name", ["keyring", "*.entry"])
def test_every_truncation_is_noticed(folder: Path, name: str) -> None:
    store = keyring(folder)
    store.put("dev", KEYS)
    (path,) = folder.glob(name)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(EntryUnreadable, match=str(path)):
            store.get("dev")
        if name == "*.entry":
            with pytest.raises(EntryUnreadable, match=str(path)):
                store.names()


@pytest.mark.parametrize("name", ["keyring", "*.entry"])
def test_an_unknown_version_is_said(folder: Path, name: str) -> None:
    store = keyring(folder)
    store.put("dev", KEYS)
    (path,) = folder.glob(name)
    path.write_bytes(path.read_bytes().replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(EntryUnreadable, match=r"has version 2, and this program knows version 1 only"):
        store.get("dev")


def resealed(content: bytes) -> bytes:
    """Give changed content the checksum that an attacker would."""
    from hashlib import sha256

    return content[:-32] + sha256(content[:-32]).digest()


def test_what_is_changed_with_care_is_refused_too(folder: Path) -> None:
    """The checksum tells accidents; only the password seals."""
    store = keyring(folder)
    store.put("dev", KEYS)
    path, head = entry(folder), folder / "keyring"
    whole, whole_head = path.read_bytes(), head.read_bytes()
    start = whole.index(b"\n") + 1
    for position in range(start, len(whole) - 32):
        flipped = bytearray(whole)
        flipped[position] ^= 1
        path.write_bytes(resealed(bytes(flipped)))
        with pytest.raises(EntryUnreadable, match="it was changed, or comes from another keyring"):
            store.get("dev")
    path.write_bytes(whole)
    # Another cost in the head makes another key, and one beyond all measure is not even tried.
    head.write_bytes(resealed(whole_head.replace(b'"passes": 2', b'"passes": 3')))
    with pytest.raises(WrongPassword):
        store.get("dev")
    for cost in (b'"passes": 1', b'"passes": 999999', b'"passes": "2"', b'"passes": true'):
        head.write_bytes(resealed(whole_head.replace(b'"passes": 2', cost)))
        with pytest.raises(EntryUnreadable, match="does not say how the key is derived"):
            store.get("dev")


def test_an_entry_in_anothers_place_is_refused(folder: Path) -> None:
    store = keyring(folder)
    store.put("dev", KEYS)
    path = entry(folder)
    content = path.read_bytes()
    store.put("prod", OTHER_KEYS)
    (other,) = set(folder.glob("*.entry")) - {path}
    other.write_bytes(content)
    with pytest.raises(EntryUnreadable, match='it is that of identity "dev" and lies where that of identity "prod"'):
        store.get("prod")
    # Nor does it help to write the other's name on it.
    other.write_bytes(resealed(content.replace(b'"dev"', b'"prod"')))
    with pytest.raises(EntryUnreadable, match="it was changed"):
        store.get("prod")


def test_an_entry_of_another_keyring_is_refused(folder: Path, tmp_path: Path) -> None:
    """Even under the same password: somebody put it there."""
    store, elsewhere = keyring(folder), keyring(tmp_path / "elsewhere")
    store.put("dev", KEYS)
    elsewhere.put("dev", OTHER_KEYS)
    entry(folder).write_bytes(entry(tmp_path / "elsewhere").read_bytes())
    with pytest.raises(EntryUnreadable, match="comes from another keyring"):
        store.get("dev")


def test_entries_without_their_head_are_not_taken_for_a_new_keyring(folder: Path) -> None:
    keyring(folder).put("dev", KEYS)
    (folder / "keyring").unlink()
    store = keyring(folder)
    for call in (lambda: store.get("dev"), lambda: store.put("prod", KEYS)):
        with pytest.raises(EntryUnreadable, match="is missing"):
            call()


def test_a_keyring_made_anew_meanwhile_is_opened_anew(folder: Path) -> None:
    store = keyring(folder)
    store.put("dev", KEYS)
    for path in folder.iterdir():
        path.unlink()
    keyring(folder).put("dev", OTHER_KEYS)
    assert store.get("dev") == OTHER_KEYS


def test_a_damaged_entry_can_be_replaced_and_removed(folder: Path) -> None:
    store = keyring(folder)
    store.put("dev", KEYS)
    entry(folder).write_bytes(b"garbage")
    store.put("dev", OTHER_KEYS)
    assert store.get("dev") == OTHER_KEYS
    entry(folder).write_bytes(b"garbage")
    assert store.remove("dev") is True


def test_a_path_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    path.write_text("not a folder")
    store = keyring(path)
    for call in (lambda: store.get("dev"), lambda: store.put("dev", KEYS), store.names):
        with pytest.raises(StoreError, match=str(path)):
            call()


# --- writers ----------------------------------------------------------------------------------------------------


def test_a_lock_that_is_never_released_ends_the_wait(folder: Path) -> None:
    clock = FakeClock()
    store = keyring(folder, clock=clock)
    store.put("dev", KEYS)
    with locked(str(folder / ".lock"), clock=clock, deadline=clock.now() + 1), pytest.raises(LockTimeout):
        store.put("dev", OTHER_KEYS)
    assert store.get("dev") == KEYS  # readers need no lock


WRITER = """\
import sys
from atmos_auth.host.clock import SystemClock
from atmos_auth.stores.keyring.file_keyring import FileKeyring
from atmos_auth.domain.env_names import ATMOS_KEYRING_PASSWORD
from atmos_auth.stores.keyring.password import PasswordSource
from atmos_auth.stores.keyring.password_key import LEAST_COST
folder, writer = sys.argv[1:]
password = PasswordSource({ATMOS_KEYRING_PASSWORD: "correct horse"}, "", ask=None)
store = FileKeyring(folder, password=password, clock=SystemClock(), cost=LEAST_COST)
sys.stdin.read()
for number in range(5):
    store.put(f"{writer}-{number}", {"access_key_id": "AKIA", "secret_access_key": f"{writer}-{number}"})
    store.put("shared", {"access_key_id": "AKIA", "secret_access_key": writer})
"""


def test_writers_at_once_lose_nothing(folder: Path) -> None:
    """Not even where the first of them must make the keyring."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(n)], stdin=subprocess.PIPE) for n in range(4)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.close()  # now
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    store = keyring(folder)
    assert len(store.names()) == 4 * 5 + 1
    for name in store.names():
        secret = store.get(name)
        assert secret is not None
        assert name == "shared" or secret["secret_access_key"] == name


# Kills a writer at one line of ours after the other, from the first of a put to the last, and reads what is there.
KILLER = """\
import os, signal, sys
from atmos_auth.host.clock import SystemClock
from atmos_auth.stores.keyring.file_keyring import FileKeyring
from atmos_auth.domain.env_names import ATMOS_KEYRING_PASSWORD
from atmos_auth.stores.keyring.password import PasswordSource
from atmos_auth.stores.keyring.password_key import LEAST_COST
folder, tries = sys.argv[1], int(sys.argv[2])
def keyring():
    password = PasswordSource({ATMOS_KEYRING_PASSWORD: "correct horse"}, "", ask=None)
    return FileKeyring(folder, password=password, clock=SystemClock(), cost=LEAST_COST)
old, new = ({"access_key_id": "AKIA", "secret_access_key": letter * 500} for letter in "ab")
store = keyring()
lines = 0
def count(frame, event, argument):
    global lines
    if event == "line" and "atmos_auth" in frame.f_code.co_filename:
        lines += 1
        if lines == last_line:
            os.kill(os.getpid(), signal.SIGKILL)
    return count
def put_new():
    sys.settrace(count)
    store.put("dev", new)
    sys.settrace(None)
last_line = 0
store.put("dev", old)
put_new()
whole, got, interrupted = lines, [], 0
for attempt in range(tries):
    store.put("dev", old)
    child = os.fork()
    if child == 0:
        lines, last_line = 0, 1 + attempt * whole // tries  # the first line, then evenly on
        put_new()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    interrupted += any(name.endswith(".tmp") for name in os.listdir(folder))
    found = store.get("dev")
    assert found in (old, new), "torn"
    assert store.names() == ["dev"]
    got.append("new" if found == new else "old")
store.put("other", old)
assert keyring().get("dev") in (old, new)
assert not [name for name in os.listdir(folder) if name.endswith(".tmp")], "swept"
assert got == sorted(got, reverse=True), "once new, never old again"
print(got.count("old") > 0, got.count("new") > 0, interrupted > 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_killed_writer_leaves_the_old_or_the_new(folder: Path) -> None:
    words = [sys.executable, "-c", KILLER, str(folder), "100"]
    killed = subprocess.run(words, capture_output=True, text=True, check=False)
    assert killed.returncode == 0, killed.stderr
    assert killed.stdout == "True True True\n"


# --- any name, any value ----------------------------------------------------------------------------------------

names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=60)
values = st.text(min_size=1, max_size=200)


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.usefixtures("no_waiting_for_the_disk")
@given(entries=st.dictionaries(names, values, min_size=1, max_size=5))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_entries_come_back(tmp_path_factory: pytest.TempPathFactory, entries: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("keyring")
    store = keyring(folder)
    latest: dict[str, tuple[str, str]] = {}
    for name, value in entries.items():
        store.put(name, KEYS | {"secret_access_key": value})
        latest[name.lower()] = name, value
    again = keyring(folder)
    assert again.names() == sorted(name for name, _ in latest.values())
    for name, value in latest.values():
        assert again.get(name) == KEYS | {"secret_access_key": value}


@pytest.mark.usefixtures("no_waiting_for_the_disk")
@given(content=st.binary(max_size=400))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_makes_it_fall_over(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("keyring")
    store = keyring(folder)
    path = Path(store._locate("dev")[1])
    for put_there in (content, resealed(b'{"version": 1}\n' + content + bytes(32))):
        path.write_bytes(put_there)
        with pytest.raises(EntryUnreadable, match=path.name):
            store.get("dev")


def test_a_cost_below_the_least_is_not_even_made(folder: Path) -> None:
    with pytest.raises(EntryUnreadable):
        keyring(folder, cost=Cost(1024, 1, 1)).put("dev", KEYS)
    assert not list(folder.glob("*.entry"))
