"""What a project adds to our commands: listed below their help, and never in place of one of ours."""

import argparse
import shlex
from collections.abc import Iterable
from textwrap import fill

from atmos_auth.cli.flags import WIDTH
from atmos_auth.cli.parsing import is_ours, takes_more
from atmos_auth.domain.errors import AtmosAuthError, ConfigError, InvalidSetting
from atmos_auth.host.plain_text import plain_text
from atmos_auth.programs.aliases import aliases
from atmos_auth.programs.custom_commands.found import CustomCommand, below, custom_commands
from atmos_auth.wiring import Project

_COLUMN = 24


def run(arguments: argparse.Namespace, project: Project) -> int:
    """List the commands that stand directly below the words whose help was shown, under a heading of their own.

    Raises `ConfigError` where nothing was asked for and there is no configuration.
    """
    try:
        commands = custom_commands(project.config)
        short = {} if arguments.above else aliases(project.config)
    except AtmosAuthError as error:
        # Whoever asks for help may need it to mend this very thing.
        project.prompter.warn(f"commands of this project are not listed: {error.message}")
        return 0
    _warn_of_shadows(commands, project)
    listed = [command for command in below(commands, arguments.above) if not is_ours(command.words)]
    lines = [_line(command.settings.name, command.settings.description) for command in listed]
    taken = [command.settings.name for command in commands]
    for name, alias in short.items():
        if alias.wrong is not None:
            _warn_of(alias.wrong, project)
        elif name in taken or is_ours((name,)):
            project.prompter.warn(f"the alias `{name}` is never used: a command has that name")
        else:
            lines.append(_line(name, f"short for: atmos {shlex.join(alias.words)}"))
    if lines:
        project.streams.stdout.write("\ncommands of this project:\n")
        project.streams.stdout.writelines(lines)
    if not arguments.above and not arguments.is_asked and not project.config.files:
        raise ConfigError(
            "the atmos.yaml CLI config file was not found here, above, or in the repository",
            hints=["write one here, or name one: --config FILE"],
        )
    return 0


def _warn_of_shadows(commands: Iterable[CustomCommand], project: Project) -> None:
    for command in commands:
        if command.wrong is not None:
            _warn_of(command.wrong, project)
        if command.can_be_typed and is_ours(command.words):
            name = " ".join(command.words)
            if command.below and not takes_more(command.words):
                project.prompter.warn(f"commands below the custom command `{name}` are never run: what follows is ours")
            if command.settings.steps:
                project.prompter.warn(f"steps of the custom command `{name}` are not run: one of ours has that name")
        _warn_of_shadows(command.below, project)


def _warn_of(wrong: InvalidSetting, project: Project) -> None:
    project.prompter.warn(f"{wrong.place}: {wrong.message}" if wrong.place else wrong.message)


def _line(word: str, description: str) -> str:
    name, about = f"  {plain_text(word)}", plain_text(description)
    begin = name.ljust(_COLUMN) if len(name) < _COLUMN else f"{name}  "
    return fill(f"{begin}{about}".rstrip(), WIDTH - 2, subsequent_indent=" " * _COLUMN) + "\n"
