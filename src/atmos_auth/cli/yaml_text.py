"""Plain data as YAML, exactly as PyYAML writes it, and faster: how a text must be quoted is found out once."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from yaml.nodes import ScalarNode

# libyaml is many times faster, and PyYAML need not have it.
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# What stands for a value in nodes and decides what they mean; it writes nothing.
_MEANING: Any = yaml.SafeDumper(io.StringIO())
# How PyYAML asks whether a text would be read as what it is: written plainly, and quoted.
_PLAIN_AND_QUOTED = ((True, False), (False, True))
_MAPPING, _END_OF_MAPPING = MappingStartEvent(None, None, True, flow_style=False), MappingEndEvent()
_SEQUENCE, _END_OF_SEQUENCE = SequenceStartEvent(None, None, True, flow_style=False), SequenceEndEvent()
_EMPTY_MAPPING = MappingStartEvent(None, None, True, flow_style=True)
_EMPTY_SEQUENCE = SequenceStartEvent(None, None, True, flow_style=True)


def yaml_text(data: Any) -> str:
    """Write dicts with texts as keys, lists and single values; keys sorted, nothing written as an alias."""
    stream = io.StringIO()
    dumper = _Dumper(stream, allow_unicode=True, width=10_000)
    try:
        dumper.emit(StreamStartEvent())
        dumper.emit(DocumentStartEvent(explicit=False))
        _emit(data, dumper.emit)
        dumper.emit(DocumentEndEvent(explicit=False))
        dumper.emit(StreamEndEvent())
    finally:
        dumper.dispose()
    return stream.getvalue()


def _emit(value: Any, emit: Callable[[Any], object]) -> None:
    if isinstance(value, str):
        emit(_remembered_text(value))
    elif isinstance(value, dict):
        emit(_MAPPING if value else _EMPTY_MAPPING)
        for key in sorted(value):
            emit(_remembered_text(key))
            _emit(value[key], emit)
        emit(_END_OF_MAPPING)
    elif isinstance(value, list):
        emit(_SEQUENCE if value else _EMPTY_SEQUENCE)
        for below in value:
            _emit(below, emit)
        emit(_END_OF_SEQUENCE)
    elif isinstance(value, float):
        # 0.0 and -0.0 are equal, and not the same.
        emit(_looked_at(value))
    else:
        emit(_remembered_number_or_word(value))


def _looked_at(value: Any) -> ScalarEvent:
    node: Any = _MEANING.represent_data(value)
    implicit = [node.tag == _MEANING.resolve(ScalarNode, node.value, form) for form in _PLAIN_AND_QUOTED]
    return ScalarEvent(None, node.tag, (implicit[0], implicit[1]), node.value, style=node.style)


_remembered_text = lru_cache(maxsize=8192)(_looked_at)
# 1 and true are equal as well.
_remembered_number_or_word = lru_cache(maxsize=1024, typed=True)(_looked_at)
