"""From words to a command and its arguments: argparse, with each command's flags declared only when it is called."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from atmos_auth.cli.commands import COMMANDS, GROUPS, SHORT, Command
from atmos_auth.cli.flags import (
    ENABLING_WORDS,
    Flag,
    HelpShown,
    Parser,
    add_common_flags,
    add_identity_flag,
    add_run_flags,
)
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UnknownCommand, UsageError

_HELP = ("-h", "--help")
# From here on two flags are taken for one that was mistyped.
_ALIKE = 0.75


class Invocation:
    """A command that was recognised: its module, its flags, its positional words, and what came after `--`."""

    def __init__(self, module: Any, arguments: argparse.Namespace, rest: Sequence[str] | None) -> None:
        self.module = module
        self.arguments = arguments
        self.arguments.rest = rest


class _Version(argparse.Action):
    """Chooses the command `version`, which is loaded now."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        setattr(namespace, self.dest, import_module("atmos_auth.cli.version"))


class _CommandParser(Parser):
    """Declares its command's flags when it is first used."""

    command: Command | None = None
    module: Any = None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.declare()
        return super().parse_known_args(args, namespace)

    def declare(self) -> None:
        if self.command is None or self.module is not None:
            return
        self.module = import_module(self.command.module)
        self.usage = self.module.USAGE
        self.description = self.module.DESCRIPTION
        self.module.configure(self)
        add_common_flags(self)
        self.set_defaults(module=self.module)


def parse(words: Sequence[str]) -> Invocation:
    """Recognise a command; raises `UsageError`; `--help` prints and raises SystemExit."""
    words, rest = _split(words)
    words = _spelled_out(words)
    nested, words = _nested(words)
    if nested is None and (unknown := _none_of(words)) is not None:
        return _of_the_project(words, rest, unknown)
    words, theirs = _without_words_of_others(words) if nested is None else (words, [])
    words = _with_explicit_switch(words)
    try:
        root, arguments, extra = _recognised(words) if nested is None else _parsed(_parser_of(nested), words)
    except UnknownCommand as unknown:
        return _of_the_project(words, rest, unknown)
    if rest is None and getattr(getattr(arguments, "module", None), "TAKES_COMMAND", False) and _has_word_first(extra):
        command = " ".join(words[words.index(extra[0]) :])
        raise UsageError(
            f"no command specified: {extra[0]!r} must come after `--`", hints=[f"{_name(arguments)} -- {command}"]
        )
    advice = getattr(getattr(arguments, "module", None), "ADVICE", ())
    flags = [word for word in extra if _is_flag(word)]
    if flags:
        meant = _meant(flags[0], arguments)
        raise UsageError(f"unknown flag {flags[0]}", hints=[*meant, *advice, f"{_name(arguments)} --help"])
    if not hasattr(arguments, "module"):
        _show_help(arguments, root)
    if rest is not None and not getattr(arguments.module, "TAKES_REST", False):
        extra, rest = [*extra, *rest], None
    limit = getattr(arguments.module, "POSITIONALS", 0)
    if limit is not None and len(extra) > limit:
        raise UsageError(f"unexpected {extra[limit]!r}", hints=[*advice, f"{_name(arguments)} --help"])
    arguments.positional, arguments.theirs = extra, theirs
    return Invocation(arguments.module, arguments, rest)


def after_help(words: Sequence[str], shown: HelpShown) -> Invocation | None:
    """Return what adds the project's own commands to the help that was shown; None where they cannot stand.

    `words` are those that were typed.
    """
    if not takes_more(shown.words):
        return None
    outer = Parser(prog="atmos")
    add_common_flags(outer)
    said = _split(words)[0]
    arguments, _ = outer.parse_known_args([word for word in said if word not in _HELP])
    arguments.above, arguments.is_asked = shown.words, any(word in said for word in _HELP)
    return Invocation(import_module("atmos_auth.cli.project_commands"), arguments, None)


def takes_more(words: tuple[str, ...]) -> bool:
    """Tell whether a project may have commands of its own below these words."""
    command = _command(words)
    return command is None or hasattr(import_module(command.module), "WORDS")


def is_ours(words: tuple[str, ...]) -> bool:
    """Tell whether these words lead to something of ours: a command, a group, or what a command knows by itself."""
    command = _command(words[:-1])
    known = getattr(import_module(command.module), "WORDS", ()) if command is not None else ()
    return words[-1] in known or any(command.words[: len(words)] == words for command in COMMANDS)


def _none_of(words: Sequence[str]) -> UsageError | None:
    """Return what is wrong with the word after a command that only knows some, if a project may have added it.

    Such a command has them as `WORDS`, and a function `unknown`.
    """
    at, command = _first_command(words)
    after = words[at + 1 :]
    module: Any = import_module(command.module) if command is not None else None
    if not _has_word_first(after) or after[0] in getattr(module, "WORDS", after):
        return None
    error: UsageError = module.unknown(after[0])
    return error


def _recognised(words: list[str]) -> tuple[Parser, argparse.Namespace, list[str]]:
    """Parse with parsers for those commands only that could be meant, and with all of them if it is none of these."""
    named = next((command for command in COMMANDS if tuple(words[: len(command.words)]) == command.words), None)
    if named is not None:
        return _parsed(_parser_of(named), words[len(named.words) :])
    likely = [command for command in COMMANDS if set(command.words) <= set(words)]
    if likely and not any(word in words for word in _HELP):
        try:
            root, arguments, extra = _parsed(build_parser(likely), words)
        except UnknownCommand:
            pass
        else:
            if hasattr(arguments, "module"):
                return root, arguments, extra
    return _parsed(build_parser(), words)


def _parsed(parser: Parser, words: list[str]) -> tuple[Parser, argparse.Namespace, list[str]]:
    return parser, *parser.parse_known_args(words)


def _of_the_project(words: Sequence[str], rest: Sequence[str] | None, unknown: UsageError) -> Invocation:
    """Take for a command of the project what is none of ours; `unknown` is what is wrong if it is not."""
    words = _with_explicit_switch(list(words))
    outer = Parser(prog="atmos")
    add_common_flags(outer)
    # From the first word that is no flag on, everything is that command's.
    outer.add_argument("words", nargs=argparse.REMAINDER)
    arguments = outer.parse_args(words)
    # Only flags about the run as a whole are looked for behind it: they decide which commands there are.
    behind = Parser(prog="atmos")
    add_run_flags(behind)
    arguments, arguments.words = behind.parse_known_args(arguments.words, arguments)
    arguments.unknown = unknown
    return Invocation(import_module("atmos_auth.cli.custom"), arguments, rest)


def flags_of(words: tuple[str, ...]) -> list[Flag]:
    """Return the flags of a command, a group, or with no words those of the program; loads that command only."""
    command = _command(words)
    if command is not None:
        own = _parser_of(command)
        own.declare()
        return own.flags()
    parser = Parser(prog=" ".join(("atmos", *words)))
    if words:
        add_identity_flag(parser)
    add_common_flags(parser)
    return parser.flags()


def build_parser(commands: Sequence[Command] = COMMANDS) -> Parser:
    """Return the tree of parsers that leads to these commands; they are named in it but not loaded."""
    root = Parser(
        prog="atmos",
        usage="atmos COMMAND [flags]",
        description="Name an identity, and every AWS tool works as it.",
    )
    branches: dict[tuple[str, ...], Any] = {
        (): root.add_subparsers(metavar="COMMAND", title="commands", parser_class=_CommandParser)
    }
    root.add_argument_group("flags").add_argument(
        "--version",
        action=_Version,
        nargs=0,
        dest="module",
        default=argparse.SUPPRESS,
        help="print the version",
    )
    add_common_flags(root)
    for group_words, summary in GROUPS.items():
        if not any(command.words[: len(group_words)] == group_words for command in commands):
            continue
        name = " ".join(("atmos", *group_words))
        group = branches[group_words[:-1]].add_parser(
            group_words[-1], help=summary, description=f"{summary}.", prog=name, usage=f"{name} COMMAND [flags]"
        )
        group.set_defaults(group=group)
        branches[group_words] = group.add_subparsers(metavar="COMMAND", title="commands", parser_class=_CommandParser)
        add_identity_flag(group.add_argument_group("flags"))
        add_common_flags(group)
    for command in commands:
        if _is_nested(command):
            continue
        parser = branches[command.words[:-1]].add_parser(
            command.words[-1], help=command.summary, prog=" ".join(("atmos", *command.words))
        )
        parser.command = command
    return root


def _command(words: Sequence[str]) -> Command | None:
    return next((command for command in COMMANDS if command.words == tuple(words)), None)


def _is_nested(command: Command) -> bool:
    """Tell whether the command stands below another command, which has words of its own in its place."""
    return any(_command(command.words[:length]) for length in range(1, len(command.words)))


def _nested(words: list[str]) -> tuple[Command | None, list[str]]:
    """Find the command below another one that is meant, and return it with the words around it."""
    for command in COMMANDS:
        length = len(command.words)
        if _is_nested(command):
            for at in range(len(words) - length + 1):
                if tuple(words[at : at + length]) == command.words and _is_first(words[:at]):
                    return command, [*words[:at], *words[at + length :]]
    return None, words


def _is_first(before: Sequence[str]) -> bool:
    """Tell whether no command has been named yet."""
    return not {command.words[0] for command in COMMANDS} & set(before)


def _parser_of(command: Command) -> "_CommandParser":
    parser = _CommandParser(prog=" ".join(("atmos", *command.words)))
    parser.command = command
    return parser


def _split(words: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """Cut at the first `--`: what follows belongs to somebody else."""
    words = list(words)
    if "--" not in words:
        return words, None
    cut = words.index("--")
    return words[:cut], words[cut + 1 :]


def _spelled_out(words: list[str]) -> list[str]:
    """Put a command in the place of what is short for it; the value of a flag may be the same word."""
    if not set(SHORT) & set(words):
        return words
    take_value = {name for flag in flags_of(()) if flag.takes_value and not flag.may_stand_alone for name in flag.names}
    before = ["", *words]
    at = next((at for at, word in enumerate(words) if not _is_flag(word) and before[at] not in take_value), None)
    if at is None or words[at] not in SHORT:
        return words
    return [*words[:at], SHORT[words[at]], *words[at + 1 :]]


def _first_command(words: Sequence[str]) -> tuple[int, Command | None]:
    """Return where the first word of a command or a group stands, and the command if that word alone is one."""
    tops = {command.words[0] for command in COMMANDS}
    at = next((at for at, word in enumerate(words) if word in tops), len(words))
    return at, _command(words[at : at + 1])


def _without_words_of_others(words: list[str]) -> tuple[list[str], list[str]]:
    """Take out the flags of a program that a command runs: with one dash, they would be taken for ours.

    A command that has such has a function `told_apart`.
    """
    at, command = _first_command(words)
    told_apart = getattr(import_module(command.module), "told_apart", None) if command is not None else None
    if told_apart is None:
        return words, []
    ours, theirs = told_apart(words[at + 1 :])
    return [*words[: at + 1], *ours], theirs


def _with_explicit_switch(words: list[str]) -> list[str]:
    """Keep a bare --interactive from taking the command that follows it for its value."""
    switches = (*ENABLING_WORDS, *env_names.DISABLING_WORDS)
    return [
        f"{word}=true" if word == "--interactive" and not (after and after.lower() in switches) else word
        for word, after in zip(words, [*words[1:], ""], strict=False)
    ]


def _meant(typed: str, arguments: argparse.Namespace) -> list[str]:
    """Ask whether a flag was meant that is spelled nearly like the one that was typed."""
    from difflib import get_close_matches

    names = [name for flag in flags_of(tuple(_name(arguments).split()[1:])) for name in flag.names]
    return [f"did you mean `{name}`?" for name in get_close_matches(typed.partition("=")[0], names, n=1, cutoff=_ALIKE)]


def _show_help(arguments: argparse.Namespace, root: Parser) -> NoReturn:
    """Nothing was asked for but a group: say what there is."""
    taken = getattr(arguments, "identity", None)
    if any(taken == command.words[-1] for command in COMMANDS):
        raise UsageError(
            f'no command given: "{taken}" was taken for the name of an identity',
            hints=[f"atmos auth {taken} --identity"],
        )
    shown = getattr(arguments, "group", None) or root
    shown.print_help()
    raise HelpShown(tuple(shown.prog.split()[1:]))


def _is_flag(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _has_word_first(words: Sequence[str]) -> bool:
    return bool(words) and not _is_flag(words[0])


def _name(arguments: argparse.Namespace) -> str:
    module = getattr(arguments, "module", None)
    return next((" ".join(("atmos", *c.words)) for c in COMMANDS if module and c.module == module.__name__), "atmos")
