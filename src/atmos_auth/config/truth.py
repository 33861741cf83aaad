"""The words that mean yes and no in an environment variable."""

_YES = frozenset({"1", "t", "true"})
_NO = frozenset({"0", "f", "false"})


def truth(word: str) -> bool:
    """Read `1 t true 0 f false` in any case. Raises ValueError for any other word."""
    folded = word.strip().lower()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise ValueError("expected one of 1, t, true, 0, f, false")


def is_true(word: str | None, *, default: bool) -> bool:
    """Read a switch; a variable that is unset, or says neither, leaves the default."""
    try:
        return default if word is None else truth(word)
    except ValueError:
        return default
