"""`aliases`: words of a project that stand for command lines of ours."""

import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.config.load import Config
from atmos_auth.domain.errors import InvalidSetting

SECTION = "aliases"


class Alias(NamedTuple):
    """The words that an alias stands for; `wrong` is what keeps it, and no other, from being used."""

    words: list[str]
    wrong: InvalidSetting | None = None


def aliases(config: Config) -> dict[str, Alias]:
    """Return each alias with what it stands for; raises `InvalidSetting` where the section holds none."""
    section = config.resolve((SECTION,))
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        raise InvalidSetting(
            f"{SECTION} maps words to commands",
            place=config.place((SECTION,)),
            hints=[f"write `{SECTION}: {{ tp: terraform plan }}`"],
        )
    return {name: _alias(name, value, config) for name, value in section.items()}


def written_out(config: Config) -> dict[str, list[str]]:
    """Return those whose words are written out; no function is asked, and none is wrong."""
    section = config.peek((SECTION,))
    if not isinstance(section, Mapping):
        return {}
    judged = {name: _alias(name, value, config) for name, value in section.items()}
    return {name: alias.words for name, alias in judged.items() if alias.wrong is None}


def _alias(name: str, value: Any, config: Config) -> Alias:
    place, why = config.place((SECTION, name)), None
    try:
        words = shlex.split(value) if isinstance(value, str) else []
    except ValueError as error:
        words, why = [], error
    words = words[1:] if words[:1] == ["atmos"] else words  # our own name is no part of it
    if words:
        return Alias(words)
    if why is not None:
        return Alias([], InvalidSetting(f'the alias "{name}" cannot be read as words: {why}', place=place))
    hint = f'write `{name}: "terraform plan"`'
    return Alias([], InvalidSetting(f'the alias "{name}" stands for no command', place=place, hints=[hint]))
