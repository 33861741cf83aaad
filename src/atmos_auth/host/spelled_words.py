"""Command lines of ours as one plain word, for files whose readers would cut them."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

# The first argument of a command line that is spelled so.
SPELLED = "--spelled"


def spelled(words: Sequence[str]) -> str:
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
