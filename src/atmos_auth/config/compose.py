"""Turn YAML text into a tree of values that know their places."""

from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any

from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from atmos_auth.config import scalars
from atmos_auth.config.tree import Map, Seq, Tagged
from atmos_auth.config.yaml_errors import DEEPEST, duplicate, explained, too_deep, unprintable
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    from yaml import CSafeLoader as _Parser
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

_MOST_REPEATED = 100_000
_STANDARD = "tag:yaml.org,2002:"
_MERGE = "<<"
# One template is read anew for each of many stacks, and what is written in it stays where it is.
_place_of = lru_cache(maxsize=4096)(Place)
_STANDARD_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


def compose(text: str, file: str) -> Any:
    """Read one YAML document into Map, Seq, Tagged, str, int, float, bool or None; empty text gives None.

    `file` only appears in places. Raises ConfigError, with place and hint, for bad YAML, duplicate keys, keys
    that are not scalars, an unknown `!!` tag, a second document, nesting or aliases without bound.
    """
    try:
        return _Composer(text, file).document()
    except MarkedYAMLError as error:
        raise explained(error, text, file) from None
    except YAMLError:
        raise unprintable(text, file) from None


class _Composer:
    """Builds the tree while the parser reads: hostile nesting then ends before the stack does."""

    def __init__(self, text: str, file: str) -> None:
        self._next: Callable[[], Any] = _Parser(text).get_event
        self._file = file
        self._anchors: dict[str, Any] = {}
        self._sizes: dict[str, int] = {}
        self._open: set[str] = set()
        self._depth = 0
        self._written = 0
        self._expanded = 0

    def document(self) -> Any:
        event = self._next()
        while isinstance(event, StreamStartEvent | DocumentStartEvent):
            event = self._next()
        if event is None or isinstance(event, StreamEndEvent):
            return None
        value = self._value(event)
        event = self._next()
        while isinstance(event, DocumentEndEvent):
            event = self._next()
        if event is not None and not isinstance(event, StreamEndEvent):
            raise ConfigError(
                "a second YAML document begins here, and only one is expected",
                place=self._place(event),
                hints=["Remove the line `---`, or move what follows it to a file of its own."],
            )
        return value

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return _place_of(self._file, mark.line + 1, mark.column + 1)

    def _value(self, event: Any) -> Any:
        if isinstance(event, AliasEvent):
            return self._repeated(event)
        self._written += 1
        self._expanded += 1
        anchor = event.anchor
        if anchor is None:
            return self._fresh(event)
        before = self._expanded
        self._open.add(anchor)
        value = self._anchors[anchor] = self._fresh(event)
        self._open.discard(anchor)
        self._sizes[anchor] = self._expanded - before + 1
        return value

    def _repeated(self, event: AliasEvent) -> Any:
        name = event.anchor
        if name in self._open:
            raise ConfigError(f"*{name} stands inside the value that &{name} names", place=self._place(event))
        if name not in self._anchors:
            raise ConfigError(
                f"*{name} repeats a value that nothing named before",
                place=self._place(event),
                hints=[f"Write &{name} in front of the value to repeat, above this line, or quote the text."],
            )
        self._expanded += self._sizes[name]
        if self._expanded - self._written > _MOST_REPEATED:
            raise ConfigError("the aliases of this file repeat too much", place=self._place(event))
        return self._anchors[name]

    def _fresh(self, event: Any) -> Any:
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if self._depth >= DEEPEST:
            raise too_deep(self._place(event))
        self._depth += 1
        built = self._mapping(event) if isinstance(event, MappingStartEvent) else self._sequence(event)
        self._depth -= 1
        tag = event.tag
        if tag is None or tag in ("!", _STANDARD + "map", _STANDARD + "seq"):
            return built
        return Tagged(self._function(tag, event), built, built.place)

    def _sequence(self, event: Any) -> Seq:
        sequence = Seq(self._place(event))
        while not isinstance(event := self._next(), SequenceEndEvent):
            sequence.add(self._value(event), self._place(event))
        return sequence

    def _mapping(self, event: Any) -> Map:
        mapping, merged = Map(self._place(event)), Map(self._place(event))
        has_merged: Place | None = None
        while not isinstance(event := self._next(), MappingEndEvent):
            key_place = self._place(event)
            key = self._key(event)
            is_merge = key == _MERGE and isinstance(event, ScalarEvent) and event.implicit[0]
            earlier = has_merged if is_merge else mapping.key_places.get(key)
            if earlier is not None:
                raise duplicate(key, earlier, key_place)
            below = self._next()
            value_place = self._place(below)
            value = self._value(below)
            if is_merge:
                has_merged = key_place
                self._merge(merged, value, value_place)
            else:
                mapping.put(key, value, key_place, value_place)
        if has_merged is None:
            return mapping
        for key, value in mapping.items():
            merged.put(key, value, mapping.key_places[key], mapping.value_places[key])
        return merged

    def _key(self, event: Any) -> str:
        value = self._value(event)
        if isinstance(event, ScalarEvent) and not isinstance(value, Tagged):
            text = event.value
        elif isinstance(value, str):
            text = value
        else:
            raise ConfigError("a key must be plain text", place=self._place(event))
        if not text and event.start_mark.index == event.end_mark.index:
            raise ConfigError("a key is missing before the colon", place=self._place(event))
        return intern(str(text))

    def _merge(self, merged: Map, value: Any, place: Place) -> None:
        for source in value if isinstance(value, Seq) else [value]:
            if not isinstance(source, Map):
                raise ConfigError("`<<` takes a mapping, or a list of mappings, to copy keys from", place=place)
            for key, below in source.items():
                if key not in merged:
                    merged.put(key, below, source.key_places[key], source.value_places[key])

    def _scalar(self, event: ScalarEvent) -> Any:
        tag, text = event.tag, event.value
        if tag is None:
            return scalars.plain(text) if event.implicit[0] else text
        if tag in ("!", _STANDARD + "str"):
            return text
        if tag.startswith("!"):
            return Tagged(tag, text, self._place(event))
        kind = tag.removeprefix(_STANDARD)
        value: Any = scalars.plain(text)
        if type(value) in _STANDARD_TYPES.get(kind, ()):
            return value * 1.0 if kind == "float" else value
        if kind in _STANDARD_TYPES:
            raise ConfigError(f"{text!r} is not what !!{kind} announces", place=self._place(event))
        return self._function(tag, event)

    def _function(self, tag: str, event: Any) -> str:
        if tag.startswith("!"):
            return tag
        written = tag.replace(_STANDARD, "!!")
        raise ConfigError(f"the YAML tag {written} is not known here", place=self._place(event))
