"""What a custom command is given: its arguments and flags, by their names."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from atmos_auth.config.custom_command_settings import BOOL
from atmos_auth.config.custom_command_settings import ArgumentSettings as Argument
from atmos_auth.domain.errors import UsageError
from atmos_auth.programs.custom_commands.found import CustomCommand


class Given(NamedTuple):
    """Arguments and flags by name, and the words behind `--`."""

    arguments: Mapping[str, Any]
    flags: Mapping[str, Any]
    trailing: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Return what templates see."""
        return {"Arguments": dict(self.arguments), "Flags": dict(self.flags), "TrailingArgs": shlex.join(self.trailing)}


def given(command: CustomCommand, words: Sequence[str], flags: Mapping[str, Any], trailing: Sequence[str]) -> Given:
    """Bring words and flags together with what the command declares; raises `UsageError` for what is missing or wrong.

    `flags` holds those that were said, by name; a word too many is not heeded.
    """
    name = " ".join(command.words)
    arguments = _arguments(command.settings.arguments, words, name)
    known: dict[str, Any] = {}
    for flag in command.flags:
        value = flags.get(flag.name)
        if value is None:
            value = flag.default
        if value is None and flag.required:
            raise UsageError(f"atmos {name} needs --{flag.name}", hints=[f"atmos {name} --help"])
        known[flag.name] = _fitting(f"--{flag.name}", value, flag.values, flag.type == BOOL)
    return Given(arguments, known, tuple(trailing))


def _arguments(declared: Sequence[Argument], words: Sequence[str], name: str) -> dict[str, Any]:
    needed = [argument.name for argument in declared if argument.required and argument.default in (None, "")]
    missing = [argument.name for argument in declared[len(words) :] if argument.name in needed]
    if missing:
        raise UsageError(
            f"Command requires at least {len(needed)} argument(s) (no defaults provided for them):",
            details=[
                *(f"{number}. {one}" for number, one in enumerate(needed, start=1)),
                *([f"Received {len(words)} argument(s): {', '.join(words)}"] if words else ()),
            ],
            hints=[f"atmos {name} --help"],
        )
    values = [*words, *([None] * len(declared))]
    return {
        argument.name: _fitting(
            argument.name, argument.default if value is None else value, argument.values, is_switch=False
        )
        for argument, value in zip(declared, values, strict=False)
    }


def _fitting(name: str, value: Any, choices: Sequence[str], is_switch: bool) -> Any:
    if is_switch:
        return value in (True, "true")
    if choices and value not in (None, "") and str(value) not in choices:
        raise UsageError(f'{name} is "{value}", and takes one of: {", ".join(choices)}')
    return "" if value is None else value
