"""The flags of a command that the project's configuration defines, and its help."""

from typing import Any

from atmos_auth.cli.flags import Glued, Parser, add_identity_flag, add_run_flags, add_verbose_flag
from atmos_auth.cli.running_as import add_refresh_flag
from atmos_auth.config.custom_command_settings import BOOL, FlagSettings
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.programs.custom_commands.found import CustomCommand


def parser_of(command: CustomCommand) -> Parser:
    """Declare the command's own flags, and ours where it has none of the same name.

    Raises `InvalidSetting` for one that is also about the run as a whole.
    """
    name = f"atmos {' '.join(command.words)}"
    declared = " ".join(
        f"<{one.name}>" if one.required and one.default in (None, "") else f"[{one.name}]"
        for one in command.settings.arguments
    )
    if command.shown_below:
        declared = f"[COMMAND] {declared}" if command.settings.steps else "COMMAND"
    parser = Parser(
        prog=name,
        usage=" ".join(filter(None, (name, declared, "[flags]"))),
        description=_about(command),
        conflict_handler="resolve",
    )
    parser.set_defaults(with_required=False)
    own, ours = parser.add_argument_group("flags"), parser.add_argument_group("flags of every command of a project")
    add_identity_flag(ours)
    add_refresh_flag(ours, "command")
    everywhere = parser.add_argument_group("flags of every command")
    everywhere.add_argument("-h", "--help", action="help", help="show this help")
    add_run_flags(everywhere)
    _refuse_taken(command)
    add_verbose_flag(everywhere)
    for flag in command.flags:
        names = [f"-{flag.shorthand}"] if flag.shorthand else []
        options: dict[str, Any] = {"dest": destination(flag), "help": flag.description or flag.usage, "default": None}
        if flag.type == BOOL:
            options |= {"action": Glued, "const": "true", "choices": ("true", "false"), "metavar": "BOOL"}
        else:
            options |= {"metavar": flag.name.upper()}
        own.add_argument(*names, f"--{flag.name}", **options)
    return parser


def destination(flag: FlagSettings) -> str:
    """Return where a flag's value is kept: out of the way of ours."""
    return f"flag {flag.name}"


def _refuse_taken(command: CustomCommand) -> None:
    of_the_run = Parser(prog="atmos")
    add_run_flags(of_the_run)
    taken = {name for flag in of_the_run.flags() for name in flag.names}
    subject = f'custom command "{" ".join(command.words)}"'
    for flag in command.flags:
        for name in (f"--{flag.name}", f"-{flag.shorthand}"):
            if name in taken:
                raise InvalidSetting(
                    f"{subject}: every command has a flag {name}, which is about the run",
                    place=command.place,
                    hints=["give it another name, and another shorthand"],
                )


def _about(command: CustomCommand) -> str:
    short = command.settings.aliases
    lines = [command.settings.description, *([f"also: {', '.join(short)}"] if short else ()), ""]
    for argument in command.settings.arguments:
        default = f"(default: {argument.default})" if argument.default not in (None, "") else ""
        lines.append(f"  {argument.name:<20} {argument.description} {default}")
    lines += [f"  {one.settings.name:<20} {one.settings.description}" for one in command.shown_below]
    return "\n".join(line.rstrip() for line in lines).strip("\n")
