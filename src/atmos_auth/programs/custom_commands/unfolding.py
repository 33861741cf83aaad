"""Names of several words: `db migrate` is the command `migrate` below `db`, beside all else that is below that."""

from atmos_auth.config.merge import Opened, lay_document
from atmos_auth.config.tree import Map, Seq

_NAME, _BELOW = "name", "commands"


def unfolded(commands: Seq, opened: Opened) -> Seq:
    """Return the commands, each with a name of one word; those of one name are one command, the later one wins.

    `opened` gives what an `!include` stands for. Raises `ConfigError` where two cannot be one.
    """
    if not _has_several_words(commands):
        return commands
    document = _holding(Seq(commands.place))
    for command, place in zip(commands, commands.value_places, strict=True):
        one = Seq(commands.place)
        one.add(_unfolded(command, opened) if isinstance(command, Map) else command, place)
        document = lay_document(document, _holding(one), opened)
    merged: Seq = document[_BELOW]
    return merged


def _unfolded(command: Map, opened: Opened) -> Map:
    below = command.get(_BELOW)
    if isinstance(below, Seq):
        command = command.copied()
        command[_BELOW] = unfolded(below, opened)
    first, *others = _name(command).split() or [""]
    if not others:
        return command
    inner = command.copied()
    inner.put(_NAME, " ".join(others), command.key_places[_NAME], command.value_places[_NAME])
    outer, nested = Map(command.place), Seq(command.place)
    outer.put(_NAME, first, command.key_places[_NAME], command.value_places[_NAME])
    nested.add(_unfolded(inner, opened), command.place)
    outer.put(_BELOW, nested, command.place, command.place)
    return outer


def _has_several_words(commands: object) -> bool:
    return isinstance(commands, Seq) and any(
        " " in _name(command) or _has_several_words(command.get(_BELOW))
        for command in commands
        if isinstance(command, Map)
    )


def _name(command: Map) -> str:
    name = command.get(_NAME)
    return name.strip() if isinstance(name, str) else ""


def _holding(commands: Seq) -> Map:
    document = Map(commands.place)
    document.put(_BELOW, commands, commands.place, commands.place)
    return document
