"""Whether somebody could still answer."""

import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from atmos_auth.host.nothing_to_read import has_nothing_to_read


@pytest.fixture
def pipe() -> Iterator[list[int]]:
    ends = list(os.pipe())
    yield ends
    for end in ends:
        os.close(end)


def test_the_null_device_and_what_is_closed_have_nothing():
    descriptor = os.open(os.devnull, os.O_RDONLY)
    assert has_nothing_to_read(descriptor)
    os.close(descriptor)
    assert has_nothing_to_read(descriptor)


def test_a_pipe_has_nothing_once_the_other_end_is_gone_and_all_is_read(pipe: list[int]):
    reading, writing = pipe
    assert not has_nothing_to_read(reading), "somebody may still write"
    os.write(writing, b"yes\n")
    pipe.remove(writing)
    os.close(writing)
    assert not has_nothing_to_read(reading)
    assert os.read(reading, 4) == b"yes\n", "nothing was taken"
    assert has_nothing_to_read(reading)


def test_a_file_has_nothing_behind_its_end(tmp_path: Path):
    path = tmp_path / "answers"
    path.write_text("yes\n")
    with path.open() as file:
        assert not has_nothing_to_read(file.fileno())
        file.read()
        assert has_nothing_to_read(file.fileno())


def test_at_a_terminal_somebody_may_answer():
    ours, theirs = pty.openpty()
    assert not has_nothing_to_read(theirs)
    os.close(ours)
    os.close(theirs)
