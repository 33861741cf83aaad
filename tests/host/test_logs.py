import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.logs import LEVELS, MASK, SHORTEST_SECRET, LogFile, Redaction

SECRET = "a-secret-value"


@pytest.fixture
def log_of() -> Iterator[Callable[..., LogFile]]:
    """Make logs, and close what they opened."""
    made: list[LogFile] = []

    def make(level: str = "debug", path: Path | None = None, stderr: io.StringIO | None = None) -> LogFile:
        log = LogFile(level=level, path=str(path) if path else None, redaction=Redaction(), stderr=stderr)
        made.append(log)
        return log

    yield make
    for log in made:
        for handler in log._logger.handlers if log._logger else ():
            handler.close()


def test_lines_go_to_stderr_by_default(log_of):
    stderr = io.StringIO()
    record = log_of(stderr=stderr)
    record.debug("a step")
    record.warn("a fault")
    lines = stderr.getvalue().splitlines()
    assert lines[0].endswith(" DEBUG atmos-auth a step")
    assert lines[1].endswith(" WARNING atmos-auth a fault")


@pytest.mark.parametrize(
    ("level", "debug", "warn"),
    [
        ("trace", True, True),
        ("debug", True, True),
        ("info", False, True),
        ("warn", False, True),
        ("warning", False, True),
        ("error", False, False),
        ("off", False, False),
    ],
)
def test_levels(log_of, level, debug, warn):
    stderr = io.StringIO()
    record = log_of(level, stderr=stderr)
    record.debug("step")
    record.warn("fault")
    assert ("step" in stderr.getvalue(), "fault" in stderr.getvalue()) == (debug, warn)
    assert record.is_debug == debug


def test_every_level_has_a_number():
    assert set(LEVELS) == {"trace", "debug", "info", "warn", "warning", "error", "off"}


def test_a_file_is_private_and_appended_to(log_of, tmp_path):
    path = tmp_path / "logs" / "atmos.log"
    before = os.umask(0)
    try:
        log_of(path=path).debug("first")
        log_of(path=path).debug("second")
    finally:
        os.umask(before)
    assert [line.rsplit(" ", 1)[1] for line in path.read_text().splitlines()] == ["first", "second"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_is_opened_until_a_line_is_written(log_of, tmp_path):
    path = tmp_path / "atmos.log"
    log_of("error", path=path).warn("not this one")
    assert not path.exists()


def test_secrets_are_masked_in_a_file(log_of, tmp_path):
    path = tmp_path / "atmos.log"
    record = log_of(path=path)
    record.hide([SECRET])
    record.debug(f"calling with {SECRET} and 100%s")
    assert SECRET not in path.read_text()
    assert f"calling with {MASK} and 100%s" in path.read_text()


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.parent.joinpath("x").touch()])
def test_a_file_that_cannot_be_written_is_an_error_with_a_hint(log_of, tmp_path, make):
    path = tmp_path / "atmos.log"
    make(path)
    target = path if path.is_dir() else tmp_path / "x" / "atmos.log"
    with pytest.raises(StoreError) as caught:
        log_of(path=target).warn("fault")
    assert str(tmp_path) in caught.value.message
    assert caught.value.hints


# --- redaction -------------------------------------------------------------------------------------------------


@given(st.lists(st.text(min_size=SHORTEST_SECRET, max_size=20), max_size=5), st.text(max_size=30), st.data())
def test_no_secret_gets_through(secrets, text, data):
    redaction = Redaction()
    redaction.hide(secrets)
    for secret in secrets:
        text += data.draw(st.text(max_size=5)) + secret
    shown = redaction(text)
    assert [secret for secret in secrets if secret in shown.replace(MASK, "\0")] == []


def test_the_longest_is_masked_first():
    redaction = Redaction()
    redaction.hide(["secret-1"])
    redaction.hide(["secret-1-and-more"])
    assert redaction("secret-1-and-more, secret-1") == f"{MASK}, {MASK}"


def test_harmless_words_are_left_alone():
    redaction = Redaction()
    redaction.hide(["", "a", "short"])
    assert redaction("a short text") == "a short text"


def test_hiding_twice_changes_nothing():
    redaction = Redaction()
    redaction.hide([SECRET])
    redaction.hide([SECRET, SECRET])
    assert redaction(f"[{SECRET}]") == f"[{MASK}]"
