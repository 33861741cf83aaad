"""What is shown, on streams that can show it and on those that cannot."""

import io
import os
import pty
from contextlib import suppress

import pytest

from atmos_auth.cli.output import (
    GREEN,
    Paint,
    expiry,
    register_ascii_fallback,
    show_error,
    show_rows,
    time_left,
)
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.place import Place

FAILURE = AtmosAuthError(
    "identity \x1b[31m" + "word " * 12,
    place=Place("/a/rather/long/path/of/a/project/atmos.yaml", 3, 7),
    details=["because " * 6],
    hints=["atmos auth login --identity a-name-that-is-long-enough"],
)


class Screen(io.TextIOWrapper):
    """A text stream on a real terminal of the given width, and what that terminal got."""

    def __init__(self, columns: int) -> None:
        import fcntl
        import struct
        import termios

        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        super().__init__(os.fdopen(slave, "wb", buffering=0), encoding="utf-8", write_through=True)

    def shown(self) -> str:
        self.close()
        chunks = []
        # The other end is closed: what is left comes first, and then an error.
        with suppress(OSError):
            while chunk := os.read(self._master, 65536):
                chunks.append(chunk)
        os.close(self._master)
        return b"".join(chunks).decode().replace("\r\n", "\n")


def test_a_pipe_gets_one_line_per_thing_and_no_control_codes():
    stream = io.StringIO()
    show_error(FAILURE, stream, Paint(stream, {}))
    lines = stream.getvalue().splitlines()
    assert [line[:2] for line in lines] == ["✗ ", "  ", "  ", "💡 "[:2]]
    assert "\x1b" not in stream.getvalue()
    assert lines[1] == "  at /a/rather/long/path/of/a/project/atmos.yaml:3:7"


def test_a_narrow_screen_breaks_sentences_between_words_but_not_places_and_commands():
    with Screen(40) as screen:
        show_error(FAILURE, screen, Paint(screen, {"NO_COLOR": "1"}))
        lines = screen.shown().splitlines()
    assert "  at /a/rather/long/path/of/a/project/atmos.yaml:3:7" in lines
    assert "💡 atmos auth login --identity a-name-that-is-long-enough" in lines
    sentences = [line for line in lines if "word" in line or "because" in line]
    assert len(sentences) > 3
    assert all(len(line) < 40 for line in sentences)


@pytest.mark.parametrize(
    ("environ", "plain", "coloured"),
    [({}, False, True), ({"NO_COLOR": "1"}, False, False), ({"TERM": "dumb"}, False, False), ({}, True, False)],
)
def test_colour_only_where_it_is_wanted(environ, plain, coloured):
    with Screen(80) as screen:
        assert Paint(screen, environ, plain=plain)("x", GREEN) == ("\x1b[32mx\x1b[0m" if coloured else "x")
    assert Paint(io.StringIO(), {})("x", GREEN) == "x"


def test_a_stream_without_our_symbols_gets_ascii():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors=register_ascii_fallback(), newline="\n")
    stream.write("✓ ✗ ⚠ 💡 ● ◐ ○ ├── └── é 漢")
    stream.flush()
    assert raw.getvalue() == rb"+ x ! hint: * ! o |-- `-- \xe9 \u6f22"


def test_rows_without_a_value_are_left_out():
    stream = io.StringIO()
    show_rows([("Realm", None), ("Provider", "corp"), ("Identity", ""), ("As", "x")], stream, Paint(stream, {}))
    assert stream.getvalue() == "  Provider  corp\n  As        x\n"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (86400, "24h 0m"),
        (3600, "1h 0m"),
        (3599, "59m 59s"),
        (60, "1m 0s"),
        (59.9, "59s"),
        (0.5, "expired"),
        (-1, "expired"),
    ],
)
def test_time_left(seconds, text):
    assert time_left(seconds) == text


def test_no_end_is_no_expiry():
    assert expiry(None, 0) is None
