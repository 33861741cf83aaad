"""Flags, those that many commands have, and the parser that knows them: argparse, in the way of this program."""

import argparse
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from atmos_auth.cli.commands import COMMANDS
from atmos_auth.domain.errors import UnknownCommand, UsageError

# What a bare --identity stands for; it cannot be typed, because names may not hold a line break.
PICK = "\n"
WIDTH = 80
# What switches a flag on; DISABLING_WORDS switch it off.
ENABLING_WORDS = ("true", "1", "yes", "on")


class HelpShown(SystemExit):
    """Help was asked for, and shown; `words` are those that it is about."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(0)
        self.words = words


class Glued(argparse.Action):
    """Keeps the value of a flag that, if it has one, follows after `=`: the next word is none of the flag's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"nargs": "?"})

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        """Keep it."""
        setattr(namespace, self.dest, values)


class Flag(NamedTuple):
    """A flag as it can be typed: its names, the long one first, and what may follow it.

    `values` are those that it takes, if they are few; `may_stand_alone` tells that a value need not follow;
    `repeatable` that it may come again.
    """

    names: tuple[str, ...]
    takes_value: bool
    may_stand_alone: bool
    repeatable: bool
    about: str
    values: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The long name."""
        return self.names[0]


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of exiting, and prints help for a person at 80 columns."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Formatter)
        super().__init__(add_help=False, allow_abbrev=False, **options)

    def flags(self) -> list[Flag]:
        """Return the flags that are declared, in the order of the help."""
        return [
            Flag(
                names=tuple(sorted(action.option_strings, key=len, reverse=True)),
                takes_value=action.nargs != 0 and not _is_glued(action),
                may_stand_alone=action.nargs == "?",
                repeatable=isinstance(action, argparse._AppendAction),  # noqa: SLF001 - it has no public name
                about=action.help or "",
                values=tuple(str(value) for value in action.choices or ()),
            )
            for action in self._actions
            if action.option_strings
        ]

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Keep a glued flag of this parser from taking the word that follows it for its value."""
        glued = {name: action.const for action in self._actions if _is_glued(action) for name in action.option_strings}
        words = [spelled for word in args or () for spelled in _with_own_value(word, glued)]
        return super().parse_known_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        """Turn argparse's complaint into one of ours."""
        raise UsageError(message, hints=[f"{self.prog} --help"])

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End, once help is shown: nothing else ends here."""
        raise HelpShown(tuple(self.prog.split()[1:]))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Name the command that was probably meant, instead of listing all of them."""
        if action.nargs != argparse.PARSER or value in (action.choices or ()):
            return super()._check_value(action, value)
        from difflib import get_close_matches

        close = [f"{self.prog} {name}" for name in get_close_matches(str(value), list(action.choices or ()), n=1)]
        meant = [" ".join(("atmos", *command.words)) for command in COMMANDS if command.words[-1] == value]
        raise UnknownCommand(
            f'unknown command "{self.prog} {value}"',
            details=[] if meant or close else [f"commands: {', '.join(action.choices or ())}"],
            hints=[*(meant or close), f"{self.prog} --help"],
        )


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=WIDTH - 2)

    def _format_action(self, action: argparse.Action) -> str:
        """List commands without a line that only says COMMAND."""
        if action.nargs != argparse.PARSER:
            return super()._format_action(action)
        self._dedent()
        lines = [self._format_action(command) for command in self._iter_indented_subactions(action)]
        self._indent()
        return "".join(lines)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        """Name a flag's value once, after its long form."""
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        if _is_glued(action):
            return f"{', '.join(action.option_strings)}[={value.strip('[]')}]"
        return f"{', '.join(action.option_strings)} {value}"


def add_identity_flag(parser: argparse._ActionsContainer) -> None:
    """`--identity` in its three modes: with a name, bare (pick one), or absent."""
    parser.add_argument(
        "-i",
        "--identity",
        nargs="?",
        const=PICK,
        default=argparse.SUPPRESS,
        metavar="NAME",
        help="identity to use; bare: choose from a list; false: no authentication",
    )


def add_common_flags(parser: argparse.ArgumentParser) -> None:
    """Flags that every command takes, before or after its name."""
    group = parser.add_argument_group("flags of every command")
    group.add_argument("-h", "--help", action="help", help="show this help")
    _add_configuration_flags(group)
    add_verbose_flag(group)
    _add_terminal_flags(group)


def add_run_flags(group: argparse._ActionsContainer) -> None:
    """Flags about the run as a whole, which no command has in a meaning of its own."""
    _add_configuration_flags(group)
    _add_terminal_flags(group)


def add_verbose_flag(group: argparse._ActionsContainer) -> None:
    """`--verbose`, in whose place a project's command may have one of its own."""
    group.add_argument(
        "-v", "--verbose", action="store_true", default=argparse.SUPPRESS, help="say what happens, and show causes"
    )


def _add_configuration_flags(group: argparse._ActionsContainer) -> None:
    absent = argparse.SUPPRESS
    group.add_argument("-C", "--chdir", metavar="DIR", default=absent, help="change to this directory first")
    group.add_argument(
        "--config",
        metavar="FILE",
        action="append",
        default=absent,
        help="read this file instead of searching",
    )
    group.add_argument(
        "--config-path",
        metavar="DIR",
        action="append",
        default=absent,
        help="read the files of this directory instead",
    )
    group.add_argument("--base-path", metavar="DIR", default=absent, help="root of the project's relative paths")
    group.add_argument(
        "--profile",
        metavar="NAME",
        action="append",
        default=absent,
        help="configuration profile (repeatable)",
    )
    group.add_argument("--logs-level", metavar="LEVEL", default=absent, help="Trace, Debug, Info, Warn, Error or Off")
    group.add_argument("--logs-file", metavar="FILE", default=absent, help="append log lines to this file")


def _add_terminal_flags(group: argparse._ActionsContainer) -> None:
    absent = argparse.SUPPRESS
    group.add_argument("--no-color", action="store_true", default=absent, help="plain text")
    group.add_argument("--force-tty", action="store_true", default=absent, help="show dialogues without a terminal")
    group.add_argument(
        "--interactive", nargs="?", const="true", metavar="BOOL", default=absent, help="false: never ask"
    )


def _is_glued(action: argparse.Action) -> bool:
    return isinstance(action, Glued)


def _with_own_value(word: str, glued: Mapping[str, str]) -> list[str]:
    """Give flags that stand without a value theirs; of several letters behind one dash, those at the beginning."""
    spelled: list[str] = []
    while word[:2] in glued and word[2:3] not in ("", "="):
        spelled.append(f"{word[:2]}={glued[word[:2]]}")
        word = f"-{word[2:]}"
    return [*spelled, f"{word}={glued[word]}" if word in glued else word]
