"""Lines for fish: `atmos auth env --format fish | source`, or `eval (atmos auth env --format fish)`."""

from collections.abc import Mapping, Sequence


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return one line for each variable, and none breaks: `eval (...)` joins lines with spaces, so each ends in `;`."""
    lines = [f"set -ge {name}; if set -qU {name}; {_told(name)}; end;" for name in unset]
    lines += [f"set -gx {name} {_quoted(value)};" for name, value in variables.items()]
    return "".join(f"{line}\n" for line in lines)


def _told(name: str) -> str:
    """Say what stays: a universal variable is kept on disk for all shells, so it is the person's own to erase."""
    return f"echo 'atmos: {name} is a universal variable, and stays; erase it with: set -Ue {name}' >&2"


def _quoted(value: str) -> str:
    """Quote a value: single quotes, and outside of them the escapes of control characters."""
    parts: list[str] = []
    plain = ""
    for character in value:
        if character < " " or character == "\x7f":
            parts += [f"'{plain}'"] if plain else []
            parts.append(f"\\x{ord(character):02x}")
            plain = ""
        else:
            plain += "\\" + character if character in "\\'" else character
    return "".join([*parts, f"'{plain}'"] if plain or not parts else parts)
