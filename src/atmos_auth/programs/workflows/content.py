"""What workflows and steps hold: a command's words, variables; and what no program could be given."""

import re
import shlex

from atmos_auth.config.tree import Map, Seq
from atmos_auth.config.workflow_settings import UNSUPPORTED
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.host.plain_text import plain_text

# These commands of ours know no stacks, and would refuse to be told one.
_WITHOUT_STACK = frozenset({"auth", "aws", "completion", "version"})
_TEMPLATE = re.compile(r"\{\{-?\s*\.(?:env|steps|flags)\b.*?\}\}", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


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


def variables_of(tree: Map, subject: str) -> dict[str, str]:
    """Give the variables that a workflow or step sets; a message never shows a value."""
    section = tree.get("env")
    if not isinstance(section, Map):
        return {}
    variables = {}
    for name, value in section.items():
        place = section.value_places[name]
        if not _VARIABLE.fullmatch(name):
            raise InvalidSetting(
                f"{subject}: {name!r} cannot be the name of a variable",
                place=section.key_places[name],
                hints=["use letters, digits and _, and no digit first"],
            )
        if isinstance(value, Map | Seq):
            raise InvalidSetting(f"{subject}: env.{name} must be one value, not several", place=place)
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        require_plain(text, f"{subject}: env.{name}", place)
        variables[name] = text
    return variables


def require_plain(text: str, what: str, place: Place | None) -> None:
    """Refuse what no program can be given, and what another tool would have worked out first."""
    if "\0" in text:
        raise InvalidSetting(f"{what} holds a zero byte, which no program can be given", place=place)
    template = _TEMPLATE.search(text)
    if template is not None:
        raise InvalidSetting(
            f"{what} holds a template, and templates are not worked out here",
            place=place,
            details=[plain_text(template[0], limit=60)],
            hints=["in a `type: shell` step, write $NAME for a variable; --stack reaches atmos steps by itself"],
        )


def refuse_unsupported(tree: Map, subject: str) -> None:
    """Raise `InvalidSetting` for a key that other tools act upon, and we would not."""
    for key in tree:
        if key in UNSUPPORTED:
            raise InvalidSetting(
                f"{subject}: `{key}` is not supported",
                place=tree.key_places[key],
                hints=["leave it out: what it would change is not left to chance"],
            )
