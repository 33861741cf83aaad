"""The words of a command of ours, and what no program could be given, or nobody here can do."""

import shlex

from atmos_auth.config.tree import Map
from atmos_auth.config.workflow_settings import UNSUPPORTED
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place

# These commands of ours know no stacks, and would refuse to be told one.
_WITHOUT_STACK = frozenset({"auth", "aws", "completion", "version"})


def words_of(command: str, stack: str, subject: str, place: Place) -> tuple[str, ...]:
    """Split a command of ours; the stack goes to the end of what is ours."""
    try:
        words = shlex.split(command)
    except ValueError:
        raise InvalidSetting(
            f"{subject}: a quotation mark of the command is never closed",
            place=place,
            hints=["close it, or write `type: shell` if it is a shell's business"],
        ) from None
    if words[:1] == ["atmos"]:
        words = words[1:]
    if not words:
        raise empty_command(subject, place)
    if not stack or words[0] in _WITHOUT_STACK:
        return tuple(words)
    end = words.index("--") if "--" in words else len(words)
    return (*words[:end], "-s", stack, *words[end:])


def empty_command(subject: str, place: Place) -> InvalidSetting:
    """Return the error for a command that runs nothing."""
    return InvalidSetting(
        f"{subject}: the command is empty", place=place, hints=["for example `command: atmos auth validate`"]
    )


def require_plain(text: str, what: str, place: Place | None) -> None:
    """Refuse what no program can be given."""
    if "\0" in text:
        raise InvalidSetting(f"{what} holds a zero byte, which no program can be given", place=place)


def refuse_unsupported(tree: Map, subject: str) -> None:
    """Raise `InvalidSetting` for a key that other tools act upon, and we would not."""
    for key in tree:
        if key in UNSUPPORTED:
            raise InvalidSetting(
                f"{subject}: `{key}` is not supported",
                place=tree.key_places[key],
                hints=["leave it out: what it would change is not left to chance"],
            )
