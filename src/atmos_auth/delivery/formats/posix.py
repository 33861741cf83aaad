"""Lines for `eval` in bash, zsh, or any other POSIX shell."""

from collections.abc import Mapping, Sequence

# What still means something within double quotes, POSIX.1-2024 section 2.2.3.
SPECIAL = ("\\", '"', "$", "`")


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return a line `unset NAME` or `export NAME="value"` for each."""
    lines = [f"unset {name}" for name in unset]
    lines += [f"export {name}={in_double_quotes(value)}" for name, value in variables.items()]
    return "".join(f"{line}\n" for line in lines)


def in_double_quotes(value: str) -> str:
    """Quote a value so that nothing in it means anything; line breaks stay as they are."""
    for special in SPECIAL:
        value = value.replace(special, "\\" + special)
    return f'"{value}"'
