"""Words for a person, where no person is."""

import io
import logging

import pytest

from atmos_auth.library.logged_text import LOGGER, words_for_a_person


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_written_to():
    terminal = Terminal()
    assert words_for_a_person(terminal) is terminal


@pytest.mark.parametrize("stderr", [None, io.StringIO()], ids=["none", "a file"])
def test_elsewhere_lines_are_logged(stderr, caplog):
    stream = words_for_a_person(stderr)
    with caplog.at_level(logging.INFO, LOGGER):
        stream.write("⚠ the session file ")
        assert caplog.records == [], "a line is logged when it is whole"
        stream.write("could not be read\n\n  as you see\nrest")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "the session file could not be read"),
        ("INFO", "as you see"),
    ]


def test_a_closed_stream_is_not_written_to():
    closed = Terminal()
    closed.close()
    words_for_a_person(closed).write("a line\n")
