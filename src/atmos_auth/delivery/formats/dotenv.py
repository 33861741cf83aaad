"""Lines for a `.env` file."""

from collections.abc import Mapping, Sequence

from atmos_auth.delivery.formats.posix import in_double_quotes

# Bytes that a reader of such files takes as they stand.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_^")


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return a line `NAME=value` for each, quoted only where it must be; nothing can be unset there."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in variables.items())


def _quoted(value: str) -> str:
    if _PLAIN.issuperset(value):
        return value
    if "'" not in value and "\n" not in value and "\r" not in value:
        return f"'{value}'"
    return in_double_quotes(value).replace("\n", "\\n").replace("\r", "\\r")
