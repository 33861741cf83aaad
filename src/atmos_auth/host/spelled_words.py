"""Command lines of ours in files whose readers would cut them: there the words are spelled as one plain word."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

# The first argument of a command line that is spelled so.
SPELLED = "--spelled"
# What every reader of an ini file takes as it is; readers of AWS's cut lines in ways of their own at ` #`, ` ;` and
# line breaks.
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_./=:,@+~\\")


def command_line(program: Sequence[str], words: Sequence[str]) -> str:
    """Return one line that runs `program` with `words`, or with what `spelled_out` makes into them."""
    line = [*program, *words]
    if not all(_SAFE.issuperset(word) for word in line[1:]):
        line = [*program, SPELLED, _spelled(words)]
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline(line)
    from shlex import join

    return join(line)


def _spelled(words: Sequence[str]) -> str:
    """Return the words as letters, digits, `-`, `_` and `=` alone."""
    return urlsafe_b64encode(json.dumps(list(words)).encode()).decode()


def spelled_out(words: Sequence[str]) -> Sequence[str]:
    """Return the words that are meant: those that are spelled, or these; raises `ValueError`."""
    if len(words) != 2 or words[0] != SPELLED:
        return words
    meant = json.loads(urlsafe_b64decode(words[1]))
    if not isinstance(meant, list) or not all(isinstance(word, str) for word in meant):
        raise ValueError("not a list of words")
    return meant
