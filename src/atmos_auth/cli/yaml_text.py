"""Plain data as YAML that all readers take for the same, and faster than PyYAML: each value is judged once."""

import io
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml
from yaml.nodes import ScalarNode

# Longer lines are folded; what comes near to it, with the keys before it, is left to PyYAML.
_WIDTH = 10_000
_LONGEST = 9_000
# libyaml puts keys of more than 128 bytes on lines of their own.
_LONGEST_KEY = 100
# Texts without anything that means something in YAML: as they are, unless a word or number looks like them.
_ORDINARY = re.compile(r"[A-Za-z0-9/](?:(?:[A-Za-z0-9/._@=+, -]|:(?! ))*[A-Za-z0-9/._@=+-])?")
# What readers of YAML 1.1 or 1.2 take for a number, a word or a day, and PyYAML not always: Terraform and yq are two.
_MISTAKEN = re.compile(
    r"[-+]?(?:0[box][0-9a-f_]+|[0-9][0-9_]*(?::[0-9]{1,2})*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:e[-+]?[0-9]+)?|\.inf|\.nan)"
    r"|y|n|yes|no|on|off|true|false|null|~|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t\s].*)?",
    re.ASCII | re.IGNORECASE,
)
_TEXT = "tag:yaml.org,2002:str"
_meaning: Any = yaml.SafeDumper(io.StringIO()).resolve


class _Unusual(Exception):
    """Something that only PyYAML knows how to write."""


# libyaml is many times faster, and PyYAML need not have it; mypy cannot know which one it is.
class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_str(self, data: str) -> Any:
        return self.represent_scalar(_TEXT, data, style="'" if _MISTAKEN.fullmatch(data) else None)


_Dumper.add_representer(str, _Dumper.represent_str)


def yaml_text(data: Any) -> str:
    """Write dicts with texts as keys, lists and single values; keys sorted, nothing written as an alias."""
    lines: list[str] = []
    try:
        if isinstance(data, dict) and data:
            _mapping(data, "", "", lines.append)
        elif isinstance(data, list) and data:
            _sequence(data, "", "", lines.append)
        else:
            raise _Unusual
    except _Unusual:
        return _dumped(data)
    return "".join(lines)


def _mapping(mapping: dict[str, Any], before: str, indent: str, write: Callable[[str], object]) -> None:
    """Write a mapping that is not empty; `before` stands before its first key, `indent` before all others."""
    for key in sorted(mapping):
        value = mapping[key]
        if not value or not isinstance(value, dict | list):
            write(f"{before}{_key(key)}: {_single(value, indent)}\n")
        else:
            write(f"{before}{_key(key)}:\n")
            if isinstance(value, dict):
                _mapping(value, indent + "  ", indent + "  ", write)
            else:
                _sequence(value, indent, indent, write)
        before = indent


def _sequence(items: list[Any], before: str, indent: str, write: Callable[[str], object]) -> None:
    """Write a list that is not empty, likewise."""
    for value in items:
        if not value or not isinstance(value, dict | list):
            write(f"{before}- {_single(value, indent)}\n")
        elif isinstance(value, dict):
            _mapping(value, before + "- ", indent + "  ", write)
        else:
            _sequence(value, before + "- ", indent + "  ", write)
        before = indent


def _single(value: Any, indent: str) -> str:
    """Return how a value is written that is no mapping or list, unless it is an empty one."""
    if isinstance(value, str):
        text = _one_line(value)
        return _lines(value, len(indent) // 2 + 1) if text is None else text
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    # 0.0 and -0.0 are equal, and not the same.
    return _fraction(repr(value)) if isinstance(value, float) else _number_or_word(value)


@lru_cache(maxsize=8192)
def _key(key: str) -> str:
    text = _one_line(key)
    if text is None or len(text.encode()) > _LONGEST_KEY:
        raise _Unusual
    return text


@lru_cache(maxsize=8192)
def _one_line(text: str) -> str | None:
    """Return how a text is written, None where that depends on how deep it stands."""
    if _ORDINARY.fullmatch(text) and len(text) <= _LONGEST and not _means_more(text):
        return text
    return _by_pyyaml(text) if text.isprintable() else None


def _means_more(text: str) -> bool:
    return _MISTAKEN.fullmatch(text) is not None or _meaning(ScalarNode, text, (True, False)) != _TEXT


@lru_cache(maxsize=1024)
def _lines(text: str, depth: int) -> str:
    return _by_pyyaml(text, depth)


@lru_cache(maxsize=1024)
def _fraction(written: str) -> str:
    return _by_pyyaml(float(written))


# 1 and true are equal as well.
@lru_cache(maxsize=1024, typed=True)
def _number_or_word(value: Any) -> str:
    return _by_pyyaml(value)


def _by_pyyaml(value: Any, depth: int = 1) -> str:
    """Return how PyYAML writes a value that stands in so many lists."""
    for _ in range(depth):
        value = [value]
    text = _dumped(value)[2 * depth : -1]
    if any(len(line) > _LONGEST for line in text.splitlines()):
        raise _Unusual
    return text


def _dumped(data: Any) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=_WIDTH))
