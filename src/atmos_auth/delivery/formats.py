"""Environments as text: one function per format, each safe for any value without a NUL."""

from collections.abc import Callable, Iterable, Mapping

from atmos_auth.delivery.github_job import github

# Bytes that a dotenv reader or a shell takes as they stand.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_^")


def bash(variables: Mapping[str, str], unset: Iterable[str] = ()) -> str:
    """Lines for `eval` in bash, zsh or any POSIX shell; `unset` names variables to drop first."""
    lines = [f"unset {name}" for name in sorted(unset)]
    lines += [f'export {name}="{_in_double_quotes(value)}"' for name, value in sorted(variables.items())]
    return "".join(f"{line}\n" for line in lines)


def dotenv(variables: Mapping[str, str], unset: Iterable[str] = ()) -> str:
    """Lines for a `.env` file; nothing can be unset there."""
    return "".join(f"{name}={_dotenv_value(value)}\n" for name, value in sorted(variables.items()))


def json(variables: Mapping[str, str], unset: Iterable[str] = ()) -> str:
    """One JSON object with sorted keys; nothing can be unset there."""
    from json import dumps

    return dumps(dict(variables), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Mapping[str, str], Iterable[str]], str]] = {
    "bash": bash,
    "json": json,
    "dotenv": dotenv,
    "github": github,
}


def _in_double_quotes(value: str) -> str:
    for special in ("\\", '"', "$", "`"):
        value = value.replace(special, "\\" + special)
    return value


def _dotenv_value(value: str) -> str:
    if _PLAIN.issuperset(value):
        return value
    if "'" not in value and "\n" not in value and "\r" not in value:
        return f"'{value}'"
    return '"' + _in_double_quotes(value).replace("\n", "\\n").replace("\r", "\\r") + '"'
