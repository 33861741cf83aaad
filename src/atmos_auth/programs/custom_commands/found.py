"""The custom commands of a configuration, found by their words."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from atmos_auth.config.check import check, convert
from atmos_auth.config.custom_command_settings import SECTION, CustomCommandSettings, FlagSettings
from atmos_auth.config.load import Config
from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.programs.custom_commands.unfolding import unfolded


class CustomCommand(NamedTuple):
    """A command as it is written: its words, its settings, its tree, and what stands below it.

    `flags` are its own and those of the commands above it; `working_directory` is the nearest one.
    """

    words: tuple[str, ...]
    settings: CustomCommandSettings
    tree: Map
    place: Place
    flags: tuple[FlagSettings, ...]
    working_directory: str
    below: "tuple[CustomCommand, ...]"


def custom_commands(config: Config) -> tuple[CustomCommand, ...]:
    """Return the commands at the top, each with those below it; raises `InvalidSetting` for what is wrong with one."""
    tree = config.peek((SECTION,))
    if tree is None:
        return ()
    if not isinstance(tree, Seq):
        raise InvalidSetting(
            f"{SECTION} must be a list", place=config.place((SECTION,)), hints=["write `- name: hello` below it"]
        )
    return tuple(_commands(unfolded(tree, config.resolver.functions.head), (), (), ""))


def find(commands: Sequence[CustomCommand], words: Sequence[str]) -> tuple[CustomCommand, list[str]] | None:
    """Return the command that the first words name, as far down as they lead, and the words behind it."""
    found: tuple[CustomCommand, list[str]] | None = None
    for command in commands:
        own = command.words[-len(command.settings.name.split()) :]
        if tuple(words[: len(own)]) == own:
            rest = list(words[len(own) :])
            deeper = find(command.below, rest) or (command, rest)
            if found is None or len(deeper[0].words) > len(found[0].words):
                found = deeper
    return found


def below(commands: Sequence[CustomCommand], words: tuple[str, ...]) -> list[CustomCommand]:
    """Return the commands that stand directly below these words; with none, those at the top."""
    if not words:
        return list(commands)
    found: list[CustomCommand] = []
    for command in commands:
        if command.words == words:
            found += command.below
        elif command.words == words[: len(command.words)]:
            found += below(command.below, words)
    return found


def _commands(
    tree: Seq, above: tuple[str, ...], flags: tuple[FlagSettings, ...], working_directory: str
) -> Iterator[CustomCommand]:
    for entry, place in zip(tree, tree.value_places, strict=True):
        yield _command(entry, place, above, flags, working_directory)


def _command(
    entry: Any, place: Place, above: tuple[str, ...], inherited: tuple[FlagSettings, ...], working_directory: str
) -> CustomCommand:
    if not isinstance(entry, Map):
        raise InvalidSetting("a custom command must be a mapping", place=place, hints=["- name: hello"])
    subject = f'custom command "{" ".join((*above, str(entry.get("name", "?"))))}"'
    misfits = check(entry, CustomCommandSettings, subject=subject, fallback=place)
    if misfits.errors or misfits.unknown:
        raise (*misfits.errors, *misfits.unknown)[0]
    settings: CustomCommandSettings = convert(entry, CustomCommandSettings)
    words = (*above, *settings.name.split())
    own = {flag.name: flag for flag in settings.flags}
    for flag in inherited:
        again = own.get(flag.name, flag)
        if (again.type, again.shorthand) != (flag.type, flag.shorthand):
            raise InvalidSetting(
                f"{subject}: --{flag.name} is another flag than that of the command above it",
                place=place,
                details=[f"above: {_described(flag)}", f"here: {_described(again)}"],
                hints=["give it the same type and shorthand, or another name"],
            )
    flags = (*settings.flags, *(flag for flag in inherited if flag.name not in own))
    directory = settings.working_directory or working_directory
    below = entry.get("commands")
    return CustomCommand(
        words,
        settings,
        entry,
        place,
        flags,
        directory,
        tuple(_commands(below, words, flags, directory)) if isinstance(below, Seq) else (),
    )


def _described(flag: FlagSettings) -> str:
    return f"type {flag.type}, {f'shorthand -{flag.shorthand}' if flag.shorthand else 'no shorthand'}"
