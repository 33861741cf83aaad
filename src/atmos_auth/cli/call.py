"""How this process was called: before anything has changed its environment or directory."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Call(NamedTuple):
    """A command line, and the environment and directory in which it was typed."""

    words: Sequence[str]
    environ: Mapping[str, str]
    directory: str


def this_call(words: Sequence[str]) -> Call:
    """Return how this process is called, with these words."""
    try:
        directory = os.getcwd()
    except FileNotFoundError:  # it was removed under our feet
        directory = ""
    return Call(words, dict(os.environ), directory)
