"""The custom commands of a configuration, found by their words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from atmos_auth.config.check import check, fitted
from atmos_auth.config.custom_command_settings import SECTION, CustomCommandSettings, FlagSettings
from atmos_auth.config.load import Config
from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.programs.custom_commands.unfolding import unfolded


class CustomCommand(NamedTuple):
    """A command as it is written: its words, its settings, its tree, and what stands below it.

    `flags` are its own and those of the commands above it; `working_directory` is the nearest one. `wrong` is what
    keeps it, and no other command, from being run.
    """

    words: tuple[str, ...]
    settings: CustomCommandSettings
    tree: Map
    place: Place
    flags: tuple[FlagSettings, ...]
    working_directory: str
    below: "tuple[CustomCommand, ...]"
    wrong: InvalidSetting | None = None

    @property
    def shown_below(self) -> "list[CustomCommand]":
        """What stands below it, but for what is there for other commands only."""
        return [command for command in self.below if command.can_be_typed and not command.settings.internal]

    @property
    def can_be_typed(self) -> bool:
        """Whether its name is one that words of a command line can be."""
        words = self.settings.name.split()
        return bool(words) and not any(word.startswith("-") for word in words)


def custom_commands(config: Config) -> tuple[CustomCommand, ...]:
    """Return the commands at the top, each with those below it; raises `InvalidSetting` for what is no list."""
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
    commands = [command for command in commands if command.can_be_typed]
    names = [(command.settings.name, command) for command in commands]
    # What is called so goes before what may be called so.
    aliases = [(alias, command) for command in commands for alias in command.settings.aliases]
    for name, command in (*names, *aliases):
        own = name.split()
        if list(words[: len(own)]) == own:
            rest = list(words[len(own) :])
            deeper = find(command.below, rest) or (command, rest)
            if found is None or len(deeper[1]) < len(found[1]):
                found = deeper
    return found


def with_default(command: CustomCommand, words: list[str]) -> tuple[CustomCommand, list[str]]:
    """Return the command and the words behind it, or where none below it is named the one that it says to run then."""
    names_none = not words or (words[0].startswith("-") and not {"-h", "--help"} & set(words))
    while names_none and command.settings.default and command.wrong is None:
        command = next(one for one in command.below if one.settings.name == command.settings.default)
    return command, words


def below(commands: Sequence[CustomCommand], words: tuple[str, ...]) -> list[CustomCommand]:
    """Return the commands to show directly below these words; with none, those at the top."""
    if not words:
        return [command for command in commands if command.can_be_typed and not command.settings.internal]
    found: list[CustomCommand] = []
    for command in commands:
        if command.words == words:
            found += command.shown_below
        elif command.words == words[: len(command.words)]:
            found += below(command.below, words)
    return found


def _commands(
    tree: Seq, above: tuple[str, ...], flags: tuple[FlagSettings, ...], working_directory: str
) -> Iterator[CustomCommand]:
    for entry, place in zip(tree, tree.value_places, strict=True):
        yield command_at(entry, place, above, flags, working_directory)


def command_at(
    entry: Any,
    place: Place,
    above: tuple[str, ...] = (),
    inherited: tuple[FlagSettings, ...] = (),
    working_directory: str = "",
) -> CustomCommand:
    """Return a command and those below it, from what is written, also from what has no name."""
    if not isinstance(entry, Map):
        none = InvalidSetting("a custom command must be a mapping", place=place, hints=["- name: hello"])
        return CustomCommand(above, CustomCommandSettings(""), Map(place), place, (), "", (), none)
    name = str(entry.get("name") or "")
    subject = f'custom command "{" ".join((*above, name or "?"))}"'
    fits = fitted(entry, CustomCommandSettings)
    wrong = None if fits is not None else _what_is_wrong(entry, subject, place)
    settings = fits or CustomCommandSettings(name)
    words = (*above, *settings.name.split())
    own = {flag.name: flag for flag in settings.flags}
    wrong = wrong or _unlike_those_above(own, inherited, subject, place) or _without_a_default(settings, entry, subject)
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
        wrong,
    )


def _what_is_wrong(entry: Map, subject: str, place: Place) -> InvalidSetting | None:
    misfits = check(entry, CustomCommandSettings, subject=subject, fallback=place)
    return next(iter((*misfits.errors, *misfits.unknown)), None)


def _unlike_those_above(
    own: Mapping[str, FlagSettings], inherited: Sequence[FlagSettings], subject: str, place: Place
) -> InvalidSetting | None:
    for flag in inherited:
        again = own.get(flag.name, flag)
        if (again.type, again.shorthand) != (flag.type, flag.shorthand):
            return InvalidSetting(
                f"{subject}: --{flag.name} is another flag than that of the command above it",
                place=place,
                details=[f"above: {_described(flag)}", f"here: {_described(again)}"],
                hints=["give it the same type and shorthand, or another name"],
            )
    return None


def _without_a_default(settings: CustomCommandSettings, entry: Map, subject: str) -> InvalidSetting | None:
    """Tell what is wrong with the name of the command that is run when none below is named."""
    names = [below.get("name") for below in entry.get("commands") or () if isinstance(below, Map)]
    if not settings.default or (settings.default in names and not settings.steps):
        return None
    what = "it has steps of its own" if settings.steps else f"below it are: {', '.join(map(str, names)) or 'none'}"
    return InvalidSetting(
        f'{subject}: default is "{settings.default}", and {what}', place=entry.value_places["default"]
    )


def _described(flag: FlagSettings) -> str:
    return f"type {flag.type}, {f'shorthand -{flag.shorthand}' if flag.shorthand else 'no shorthand'}"
