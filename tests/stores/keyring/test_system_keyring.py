"""The system's keyring: the contract on a real gnome-keyring, and every way a Secret Service can fail."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pytest

from atmos_auth.domain.errors import EntryUnreadable, StoreError, StoreLocked, StoreTimedOut
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.stores.keyring.entries import ACCOUNT
from atmos_auth.stores.keyring.system_keyring import LONGEST, SystemKeyring, has_desktop
from atmos_auth.testing.contracts.secret_store import KEYS, OTHER_KEYS, SecretStoreContract

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
needs_bus = pytest.mark.skipif("dbus-daemon" in MISSING, reason="dbus-daemon is not installed (Debian: dbus)")
needs_gnome_keyring = pytest.mark.skipif(
    bool(MISSING), reason=f"{' and '.join(MISSING)} not installed (Debian: dbus, gnome-keyring)"
)
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the Secret Service is for Linux")
pytestmark = linux_only
# On a busy machine a healthy keyring may be slow to start; what hangs is measured with the real patience.
GENEROUS = 30.0


def keyring(environ: dict[str, str], **settings: Any) -> SystemKeyring:
    defaults = {"may_ask": True, "say": pytest.fail, "lock": os.path.join(environ["HOME"], "lock")}
    return SystemKeyring(environ, **(defaults | settings))


@contextmanager
def session_bus(environ: dict[str, str], home: Path) -> Iterator[dict[str, str]]:
    """A private D-Bus session; gives the environment of its programs."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    environ = environ | {"XDG_RUNTIME_DIR": str(runtime)}
    with subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ,
        text=True,
    ) as bus:
        try:
            assert bus.stdout is not None
            yield environ | {"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip()}
        finally:
            bus.terminate()


@contextmanager
def gnome_keyring(environ: dict[str, str], password: str | None = "password of the login keyring") -> Iterator[None]:
    """A real daemon, unlocked with `password`; None: never unlocked."""
    unlock = [] if password is None else ["--unlock"]
    with subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--components=secrets", *unlock],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environ,
    ) as daemon:
        try:
            assert daemon.stdin is not None
            with daemon.stdin:
                daemon.stdin.write((password or "").encode())
            wait_for_service(environ)
            yield
        finally:
            daemon.terminate()


def wait_for_service(environ: dict[str, str]) -> None:
    deadline = time.monotonic() + GENEROUS
    asked = [
        "dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets",
    ]  # fmt: skip
    while b"true" not in subprocess.run(asked, env=environ, capture_output=True, check=False).stdout:
        assert time.monotonic() < deadline, "the Secret Service did not start"
        time.sleep(0.02)


@pytest.fixture
def bus(environ: dict[str, str], home: Path) -> Iterator[dict[str, str]]:
    with session_bus(environ, home) as inside:
        yield inside


@pytest.fixture
def desktop(bus: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of a session whose keyring is unlocked."""
    with gnome_keyring(bus):
        yield bus


@needs_gnome_keyring
class TestGnomeKeyring(SecretStoreContract):
    @pytest.fixture(autouse=True)
    def _daemon(self, desktop: dict[str, str]) -> None:
        self.environ = desktop

    def make_store(self, folder: Path, realm: str = "") -> SecretStore:
        return keyring(self.environ, realm=realm, patience_seconds=GENEROUS)


# --- the form of an entry ---------------------------------------------------------------------------------------


@needs_gnome_keyring
@pytest.mark.skipif(
    shutil.which("secret-tool") is None, reason="secret-tool is not installed (Debian: libsecret-tools)"
)
def test_other_tools_find_the_entry_by_its_documented_key(desktop: dict[str, str]) -> None:
    keyring(desktop, realm="acme", patience_seconds=GENEROUS).put("Dev", OTHER_KEYS)
    words = ["secret-tool", "lookup", "service", "atmos_acme_dev", "username", "atmos-auth"]
    found = subprocess.run(words, env=desktop, capture_output=True, check=True)
    assert json.loads(found.stdout) == {"type": "aws", "realm": "acme", "identity": "Dev", "data": OTHER_KEYS}


@needs_gnome_keyring
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "its content is not what we write"),
        ('{"type": "aws", "data": {}}', "its content is not what we write"),
        ('{"type": "gcp", "realm": "", "identity": "dev", "data": {}}', "it does not hold AWS keys"),
        (
            '{"type": "aws", "realm": "", "identity": "dev", "data": {"session_token": "t"}}',
            "it holds a session instead of long-lived keys",
        ),
        (
            '{"type": "aws", "realm": "", "identity": "dev", "data": {"access_key_id": "AKIA"}}',
            "half of the access key is missing",
        ),
        ('{"type": "aws", "realm": "x", "identity": "y", "data": {}}', 'belongs to identity "y" of realm "x"'),
    ],
)
def test_an_entry_that_is_not_ours_is_never_taken_for_none(desktop: dict[str, str], text: str, why: str) -> None:
    foreign(desktop, "atmos_dev", text)
    with pytest.raises(EntryUnreadable, match=why) as unreadable:
        keyring(desktop, patience_seconds=GENEROUS).get("dev")
    assert 'the entry "atmos_dev" of the system keyring (Secret Service)' in unreadable.value.message


@needs_gnome_keyring
def test_an_unreadable_entry_can_be_replaced_and_removed(desktop: dict[str, str]) -> None:
    store = keyring(desktop, patience_seconds=GENEROUS)
    foreign(desktop, "atmos_dev", "not json")
    store.put("dev", KEYS)
    assert store.get("dev") == KEYS
    foreign(desktop, "atmos_prod", "not json")
    assert store.remove("prod") is True
    assert store.get("prod") is None


@needs_gnome_keyring
def test_entries_of_other_programs_are_left_alone(desktop: dict[str, str]) -> None:
    foreign(desktop, "somebody-elses", "their secret")
    store = keyring(desktop, patience_seconds=GENEROUS)
    store.put("dev", KEYS)
    assert store.names() == ["dev"]


def foreign(environ: dict[str, str], key: str, text: str) -> None:
    """Store what another program might, as it would."""
    script = (
        "import sys, secretstorage as s; c = s.get_default_collection(s.dbus_init());"
        "c.create_item('foreign', {'service': sys.argv[1], 'username': sys.argv[2]}, sys.argv[3].encode())"
    )
    subprocess.run([sys.executable, "-c", script, key, ACCOUNT, text], env=environ, check=True)


@needs_gnome_keyring
def test_an_entry_that_windows_could_not_hold_is_refused_everywhere(desktop: dict[str, str]) -> None:
    store = keyring(desktop, patience_seconds=GENEROUS)
    with pytest.raises(StoreError, match=f"too long for the system keyring .*: [0-9]+ characters of {LONGEST}"):
        store.put("dev", KEYS | {"secret_access_key": "x" * LONGEST})
    assert store.names() == []


@needs_gnome_keyring
def test_the_probe_says_nothing_where_all_is_well(desktop: dict[str, str]) -> None:
    keyring(desktop, patience_seconds=GENEROUS).check()


# --- secrets stay inside ----------------------------------------------------------------------------------------


@needs_gnome_keyring
def test_no_secret_is_in_the_arguments_or_the_environment_of_the_worker(
    desktop: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "canary-of-the-secret"
    started: list[str] = []
    popen = subprocess.Popen

    def watched(argv: list[str], **settings: Any) -> Any:
        started.append(f"{argv} {settings['env']}")
        return popen(argv, **settings)

    monkeypatch.setattr(subprocess, "Popen", watched)
    store = keyring(desktop | {"ATMOS_KEYRING_PASSWORD": canary, "AWS_SECRET_ACCESS_KEY": canary})
    store.put("dev", KEYS | {"secret_access_key": canary})
    assert store.get("dev") == KEYS | {"secret_access_key": canary}
    assert started
    assert not [text for text in started if canary in text]


@needs_gnome_keyring
def test_a_module_in_the_current_directory_is_not_imported(
    desktop: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("secretstorage", "jeepney", "json", "keyring"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken in')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert keyring(desktop, patience_seconds=GENEROUS).get("dev") is None


# --- no keyring, a locked one, a silent one -----------------------------------------------------------------------


def failure(call: Callable[[], Any]) -> StoreError:
    """The error of a call that must fail within five seconds."""
    start = time.monotonic()
    with pytest.raises(StoreError) as failed:
        call()
    assert time.monotonic() - start < 5
    assert any("ATMOS_KEYRING_TYPE=file" in hint for hint in failed.value.hints)
    assert "system keyring (Secret Service)" in failed.value.message
    return failed.value


@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus"], ids=["unset", "dead"])
def test_without_a_session_bus(environ: dict[str, str], address: str) -> None:
    without = environ | ({"DBUS_SESSION_BUS_ADDRESS": address} if address else {})
    error = failure(lambda: keyring(without).get("dev"))
    assert "is not to be had here" in error.message
    assert "gnome-keyring, KWallet or KeePassXC" in error.hints[0]


@needs_bus
def test_without_a_secret_service_on_the_bus(bus: dict[str, str], tmp_path: Path) -> None:
    # The machine's own service files would start a daemon; an empty bus has none.
    configuration = tmp_path / "bus.conf"
    configuration.write_text(
        f"<busconfig><type>session</type><listen>unix:dir={tmp_path}</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    words = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=bus, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            inside = bus | {"DBUS_SESSION_BUS_ADDRESS": daemon.stdout.readline().strip()}
            error = failure(lambda: keyring(inside).check())
        finally:
            daemon.terminate()
    assert "no program on the session bus offers the Secret Service" in error.message


@needs_gnome_keyring
def test_the_wrong_password(bus: dict[str, str]) -> None:
    with gnome_keyring(bus):
        keyring(bus, patience_seconds=GENEROUS).put("dev", KEYS)
    with gnome_keyring(bus, "another password"):
        error = failure(lambda: keyring(bus).get("dev"))
        assert isinstance(error, StoreLocked)
        assert "its password was wrong, or the window that asks for it was dismissed" in error.message
        # Nobody may be asked: then nobody is.
        error = failure(lambda: keyring(bus, may_ask=False).get("dev"))
        assert isinstance(error, StoreLocked)
        assert "nobody may be asked" in error.message


@needs_gnome_keyring
def test_a_keyring_that_was_never_set_up(bus: dict[str, str]) -> None:
    """Nothing is in it, which is the truth; nothing can be put into it, which must be said."""
    with gnome_keyring(bus, None):
        store = keyring(bus)
        assert store.get("dev") is None
        assert store.names() == []
        assert isinstance(failure(lambda: store.put("dev", KEYS)), StoreLocked)


def test_a_bus_that_accepts_and_stays_silent(environ: dict[str, str], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        listener.listen()
        silent = environ | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'bus'}"}
        error = failure(lambda: keyring(silent).get("dev"))
    assert isinstance(error, StoreTimedOut)
    assert "did not answer" in error.message
    assert "restart the program behind it" in error.hints[0]


class Service:
    """A Secret Service of our own on the bus, which behaves as badly as it is told.

    `prompt` is how its locked collection is unlocked: None, it is not even locked, nor does the service ever answer;
    else the seconds until the person answers, and whether they dismiss.
    """

    def __init__(self, address: str, prompt: tuple[float, bool] | None) -> None:
        from jeepney import message_bus
        from jeepney.bus import parse_addresses
        from jeepney.io.blocking import DBusConnection, prep_socket

        path = dict(next(iter(parse_addresses(address)))[1])
        self._connection = DBusConnection(prep_socket(path.get("path") or f"\0{path['abstract']}"))
        self._connection.bus_proxy.RequestName("org.freedesktop.secrets")
        assert message_bus.bus_name == "org.freedesktop.DBus"
        self._prompt = prompt
        self._locked = True
        self._stopping = threading.Event()
        self.asked = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                self._answer(self._connection.receive(timeout=0.05))

    def _answer(self, message: Any) -> None:
        from jeepney import HeaderFields, MessageType, new_method_return

        if message.header.message_type is not MessageType.method_call:
            return
        self.asked.set()
        if self._prompt is None:
            return
        member = message.header.fields[HeaderFields.member]
        signature, body = self._reply(member, message.body)
        self._connection.send(new_method_return(message, signature, body))
        if member == "Prompt":
            self._complete(message)

    def _reply(self, member: str, body: Any) -> tuple[str, tuple[Any, ...]]:
        if member == "Get":
            return "v", ({"Label": ("s", "Default"), "Locked": ("b", self._locked)}[body[1]],)
        return {
            "Unlock": ("aoo", ([], "/prompt")),
            "SearchItems": ("ao", ([],)),
            "Prompt": ("", ()),
        }[member]

    def _complete(self, message: Any) -> None:
        from jeepney import DBusAddress, HeaderFields, new_signal

        assert self._prompt is not None
        seconds, dismissed = self._prompt
        if self._stopping.wait(seconds):
            return
        self._locked = dismissed
        emitter = DBusAddress("/prompt", interface="org.freedesktop.Secret.Prompt")
        signal_ = new_signal(emitter, "Completed", "bv", (dismissed, ("ao", [])))
        signal_.header.fields[HeaderFields.destination] = message.header.fields[HeaderFields.sender]
        self._connection.send(signal_)


@contextmanager
def service(environ: dict[str, str], prompt: tuple[float, bool] | None) -> Iterator[Service]:
    with Service(environ["DBUS_SESSION_BUS_ADDRESS"], prompt) as running:
        yield running


@needs_bus
def test_a_service_that_never_answers(bus: dict[str, str]) -> None:
    with service(bus, None):
        error = failure(lambda: keyring(bus).get("dev"))
    assert isinstance(error, StoreTimedOut)
    assert "did not answer within 4 s" in error.message
    assert "restart the program behind it: gnome-keyring-daemon" in error.hints[0]


@needs_bus
def test_a_locked_collection_that_nobody_unlocks(bus: dict[str, str]) -> None:
    with service(bus, (3600.0, False)):
        error = failure(lambda: keyring(bus).get("dev"))
    assert isinstance(error, StoreLocked)
    assert "is locked, and nobody unlocked it within 4 s" in error.message
    assert "unlock it in its own window" in error.hints[0]


@needs_bus
def test_a_dialog_that_is_dismissed(bus: dict[str, str]) -> None:
    with service(bus, (0.0, True)):
        error = failure(lambda: keyring(bus).get("dev"))
    assert isinstance(error, StoreLocked)
    assert "stayed locked" in error.message


@needs_bus
def test_a_person_before_a_desktop_is_waited_for_and_told_why(bus: dict[str, str]) -> None:
    said: list[str] = []
    patient = {"say": said.append, "patience_seconds": 2.0, "asking_seconds": GENEROUS}
    with service(bus | {"DISPLAY": ":99"}, (3.0, False)):
        assert keyring(bus | {"DISPLAY": ":99"}, **patient).get("dev") is None
    assert len(said) == 1
    assert "asks for its password or for permission in a window of its own: waiting up to 30 s" in said[0]


@needs_bus
def test_nobody_is_waited_for_who_must_not_be_asked(bus: dict[str, str]) -> None:
    with service(bus, (3600.0, False)):
        error = failure(lambda: keyring(bus | {"DISPLAY": ":99"}, may_ask=False).get("dev"))
    assert "nobody may be asked" in error.message


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("darwin", {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, False),
        ("win32", {"DISPLAY": ":0"}, False),
    ],
)
def test_where_a_window_can_be_shown(platform: str, environ: dict[str, str], expected: bool) -> None:
    assert has_desktop(environ, platform) is expected


# --- ending early -------------------------------------------------------------------------------------------------


@needs_bus
def test_ctrl_c_ends_the_wait_and_the_worker(bus: dict[str, str]) -> None:
    script = (
        "import os, sys\n"
        "from atmos_auth.stores.keyring.system_keyring import SystemKeyring\n"
        "print('started', flush=True)\n"
        "try:\n"
        "    SystemKeyring(os.environ, may_ask=True, say=print, lock='', patience_seconds=60).get('dev')\n"
        "except KeyboardInterrupt:\n"
        "    children = open(f'/proc/self/task/{os.getpid()}/children').read()\n"
        "    print('interrupted, children:', children, flush=True)\n"
    )
    with service(bus, None) as silent:
        running = subprocess.Popen([sys.executable, "-c", script], env=bus, stdout=subprocess.PIPE, text=True)
        with running:
            assert silent.asked.wait(GENEROUS)
            running.send_signal(signal.SIGINT)
            output, _ = running.communicate(timeout=GENEROUS)
    assert output == "started\ninterrupted, children: \n"


@needs_bus
def test_a_worker_whose_parent_is_gone_ends_by_itself(bus: dict[str, str]) -> None:
    script = (
        "import os\n"
        "from atmos_auth.stores.keyring.system_keyring import SystemKeyring\n"
        "SystemKeyring(os.environ, may_ask=True, say=print, lock='', patience_seconds=0.5, asking_seconds=0.5)"
        "._texts._call('read', 'dev')\n"
    )
    with service(bus, None) as silent:
        # The worker inherits nothing but this pipe's end, so its end is the pipe's.
        with subprocess.Popen([sys.executable, "-c", script], env=bus, stderr=subprocess.PIPE) as running:
            assert silent.asked.wait(GENEROUS) or running.poll() is not None
            running.kill()
        assert not workers_of(bus)


def workers_of(environ: dict[str, str]) -> list[int]:
    """Workers that still run in this session, some seconds after they should have ended."""
    address = f"DBUS_SESSION_BUS_ADDRESS={environ['DBUS_SESSION_BUS_ADDRESS']}".encode()
    deadline = time.monotonic() + GENEROUS
    while True:
        running = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                words, variables = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
                if b"keyring_worker" in words and address in variables.split(b"\0"):
                    running.append(int(folder.name))
        if not running or time.monotonic() > deadline:
            return running
        time.sleep(0.1)


def test_a_worker_that_dies_is_an_error(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atmos_auth.stores.keyring.worker_call._START", "raise SystemExit(1)")
    assert "its worker ended without an answer" in failure(lambda: keyring(environ).get("dev")).message


def test_a_worker_that_cannot_be_started_is_an_error(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert "its worker cannot be started" in failure(lambda: keyring(environ).get("dev")).message
