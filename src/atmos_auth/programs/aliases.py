"""`aliases`: words of a project that stand for command lines of ours."""

import shlex
from collections.abc import Mapping
from typing import Any

from atmos_auth.config.load import Config
from atmos_auth.domain.errors import InvalidSetting

SECTION = "aliases"


def aliases(config: Config) -> dict[str, list[str]]:
    """Return for each alias the words that it stands for; raises `InvalidSetting` for what stands for none."""
    section = config.resolve((SECTION,))
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        raise InvalidSetting(
            f"{SECTION} maps words to commands",
            place=config.place((SECTION,)),
            hints=[f"write `{SECTION}: {{ tp: terraform plan }}`"],
        )
    return {name: _words(name, value, config) for name, value in section.items()}


def written_out(config: Config) -> dict[str, list[str]]:
    """Return those whose words are written out; no function is asked, and none is wrong."""
    section = config.peek((SECTION,))
    if not isinstance(section, Mapping):
        return {}
    texts = {name: value for name, value in section.items() if isinstance(value, str)}
    return {name: _split(value) for name, value in texts.items() if _split(value)}


def _split(value: str) -> list[str]:
    try:
        words = shlex.split(value)
    except ValueError:
        return []
    return words[1:] if words[:1] == ["atmos"] else words


def _words(name: str, value: Any, config: Config) -> list[str]:
    try:
        words = shlex.split(value) if isinstance(value, str) else []
    except ValueError as error:
        raise InvalidSetting(
            f'the alias "{name}" cannot be read as words: {error}', place=config.place((SECTION, name))
        ) from error
    words = words[1:] if words[:1] == ["atmos"] else words
    if not words:
        raise InvalidSetting(
            f'the alias "{name}" stands for no command',
            place=config.place((SECTION, name)),
            hints=[f'write `{name}: "terraform plan"`'],
        )
    return words
