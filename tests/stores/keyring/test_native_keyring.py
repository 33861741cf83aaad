"""The keyrings of macOS and Windows, as far as another system can tell."""

import json
import sys
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from keyring import errors

from atmos_auth.stores.keyring import native_keyring, worker
from atmos_auth.stores.keyring.entries import ACCOUNT
from atmos_auth.stores.keyring.native_keyring import KEYS as LIST
from atmos_auth.stores.keyring.native_keyring import NativeKeyring
from atmos_auth.stores.keyring.refusal import ABSENT, DISMISSED, FAILED, Refusal


class Backend:
    """Passwords in a dictionary; `failing` is raised by every call."""

    priority = 5
    passwords: dict[tuple[str, str], str] = {}  # noqa: RUF012 - one system, however often it is opened

    def __init__(self, failing: Exception | None = None) -> None:
        self._failing = failing

    def _meet(self) -> None:
        if self._failing is not None:
            raise self._failing

    def get_password(self, service: str, username: str) -> str | None:
        self._meet()
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._meet()
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._meet()
        del self.passwords[service, username]


@pytest.fixture(autouse=True)
def passwords(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    stored: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(Backend, "passwords", stored)
    return stored


def native(failing: Exception | None = None, longest: int | None = None) -> NativeKeyring:
    return NativeKeyring(Backend(failing), locked=nullcontext, longest=longest)


@pytest.mark.parametrize(("platform", "reason"), [("darwin", "macOS required"), ("win32", "Requires Windows")])
def test_a_backend_that_cannot_work_here_says_so(platform: str, reason: str) -> None:
    if sys.platform == platform:
        pytest.skip("it works here")
    with pytest.raises(Refusal) as refusal:
        native_keyring.backend(platform)
    assert refusal.value.word == ABSENT
    assert reason in refusal.value.reason


def test_keys_are_listed_in_an_entry_of_their_own(passwords: dict[tuple[str, str], str]) -> None:
    texts = native()
    texts.write("atmos_b", "B", "title")
    texts.write("atmos_a", "A", "title")
    assert json.loads(passwords[LIST, ACCOUNT]) == ["atmos_a", "atmos_b"]
    assert texts.all() == ["A", "B"]
    texts.remove("atmos_b")
    assert json.loads(passwords[LIST, ACCOUNT]) == ["atmos_a"]
    assert texts.all() == ["A"]


def test_an_entry_that_another_program_deleted_is_not_listed(passwords: dict[tuple[str, str], str]) -> None:
    texts = native()
    texts.write("atmos_a", "A", "title")
    del passwords["atmos_a", ACCOUNT]
    assert texts.all() == []


@pytest.mark.parametrize("damaged", ["{", "1", "[1]"])
def test_a_damaged_list_is_named(passwords: dict[tuple[str, str], str], damaged: str) -> None:
    passwords[LIST, ACCOUNT] = damaged
    with pytest.raises(Refusal, match=LIST):
        native().all()
    assert native().read("atmos_a") is None


def test_a_list_that_grows_too_long_stops_before_the_entry(passwords: dict[tuple[str, str], str]) -> None:
    texts = native(longest=40)
    texts.write("atmos_a", "A", "title")
    with pytest.raises(Refusal, match="no room to list more than 1 entries"):
        texts.write("atmos_" + "b" * 40, "B", "title")
    assert sorted(key for key, _ in passwords) == [LIST, "atmos_a"]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (errors.KeyringLocked("canary"), DISMISSED),
        (errors.InitError("canary"), ABSENT),
        (errors.NoKeyringError("canary"), ABSENT),
        (errors.PasswordSetError("canary"), FAILED),
        (OSError("canary"), FAILED),
    ],
)
def test_failures_of_the_backend(error: Exception, word: str) -> None:
    for call in (lambda t: t.read("a"), lambda t: t.write("a", "A", "title"), lambda t: t.remove("a")):
        with pytest.raises(Refusal) as refusal:
            call(native(error))
        assert refusal.value.word == word
        assert "canary" not in refusal.value.reason


def request(operation: str, *arguments: str) -> dict[str, Any]:
    return {
        "operation": operation,
        "arguments": arguments,
        "may_ask": True,
        "seconds": 1,
        "lock": "",
        "longest": 1280,
    }


def test_the_worker_takes_the_backend_of_its_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setitem(sys.modules, "backend_of_this_system", SimpleNamespace(Keyring=Backend))
    monkeypatch.setitem(native_keyring.BACKENDS, sys.platform, ("backend_of_this_system", "Keyring"))
    asked: list[bool] = []

    def outcome(operation: str, *arguments: str) -> dict[str, Any]:
        wanted = request(operation, *arguments) | {"lock": str(tmp_path / "lock")}
        return worker._outcome(wanted, lambda: asked.append(True))

    assert outcome("read", "atmos_a") == {"result": None}
    assert outcome("write", "atmos_a", "A", "title") == {"result": None}
    assert outcome("all") == {"result": ["A"]}
    assert outcome("remove", "atmos_a") == {"result": None}
    assert outcome("all") == {"result": []}
    assert asked  # these systems ask whenever they like


def test_the_worker_tells_no_more_of_a_failure_than_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def texts(*_: object) -> Any:
        return SimpleNamespace(read=lambda _: int("canary"), write=lambda *_: {}["canary"])

    monkeypatch.setattr(worker, "_texts", texts)
    assert worker._outcome(request("read", "a"), print) == {"refusal": [FAILED, "ValueError"]}
    assert worker._outcome(request("write", "a"), print) == {"refusal": [FAILED, "KeyError"]}


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "secretstorage", None)
    monkeypatch.delitem(native_keyring.BACKENDS, sys.platform, raising=False)
    refusal = worker._outcome(request("read", "a"), print)["refusal"]
    assert refusal == [ABSENT, "the Python package secretstorage is missing"]
