"""Environments as text: the table of formats; each is safe for every value that its reader can hold, or says no."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import NamedTuple

from atmos_auth.domain.errors import InvalidSetting, UsageError


class Format(NamedTuple):
    """One format: the module whose `text` writes it, and whether its reader can be told to unset a variable.

    `any_name` tells that every name of a variable can be written, `is_whole` that nothing may stand before its text.
    """

    module: str
    unsets: bool = False
    any_name: bool = False
    is_whole: bool = False


FORMATS = {
    "bash": Format("atmos_auth.delivery.formats.posix", unsets=True),
    "zsh": Format("atmos_auth.delivery.formats.posix", unsets=True),
    "fish": Format("atmos_auth.delivery.formats.fish", unsets=True),
    "powershell": Format("atmos_auth.delivery.formats.powershell", unsets=True),
    "cmd": Format("atmos_auth.delivery.formats.cmd", unsets=True),
    "json": Format("atmos_auth.delivery.formats.json_object", any_name=True, is_whole=True),
    "dotenv": Format("atmos_auth.delivery.formats.dotenv"),
    "env": Format("atmos_auth.delivery.formats.env_file"),
    "github": Format("atmos_auth.delivery.formats.github"),
}


def render(name: str, variables: Mapping[str, str], unset: Iterable[str] = ()) -> str:
    """Return the variables in the format `name`, sorted; `unset` names what a shell is to drop first.

    What cannot unset leaves `unset` out. Raises `InvalidSetting`, which names the variable and not its value, where
    the reader could not hold it.
    """
    chosen = FORMATS[name]
    for variable, value in variables.items():
        _require_possible(variable, value, any_name=chosen.any_name)
    text: str = import_module(chosen.module).text(dict(sorted(variables.items())), sorted(unset))
    return text


def require_unsetting(name: str) -> None:
    """Raise `UsageError` if what reads the format `name` cannot be told to unset a variable."""
    if not FORMATS[name].unsets:
        able = [known for known, known_format in FORMATS.items() if known_format.unsets]
        raise UsageError(
            f"--unset cannot be written as {name}: only a shell can unset a variable",
            hints=[f"use one of: {', '.join(f'--format {known}' for known in able)}"],
        )


def _require_possible(variable: str, value: str, *, any_name: bool) -> None:
    if not any_name and not (variable.isascii() and variable.isidentifier()):
        raise InvalidSetting(
            f"{variable!r} cannot be the name of a variable",
            hints=["name it with letters, digits and _ under the identity's `env`"],
        )
    if "\0" in value and not any_name:
        raise InvalidSetting(
            f"the value of {variable} holds a NUL character, and no environment can hold that",
            hints=["look at the identity's `env`"],
        )
