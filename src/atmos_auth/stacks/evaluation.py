"""Work out what stands in a component's sections as templates and YAML functions.

Templates come first, for they may write what a function is given. Both work on single values: what is not one of them
is never parsed again, and keeps its type and its place.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from atmos_auth.config.tags import UNSET
from atmos_auth.config.tree import COMPOUND, Map, Seq, Tagged, planted
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.component import Component

_DEEPEST = 64


class Call(NamedTuple):
    """A function that is to be worked out, and for which component."""

    function: Tagged
    component: Component


class Wish(NamedTuple):
    """What is to be worked out; `skipped` are functions that stay as they are written, by name without `!`."""

    templates: bool = True
    functions: bool = True
    skipped: frozenset[str] = frozenset()


class Evaluation:
    """Works out components.

    `functions` maps tags to what they do; those that are not in it stay as they are written. `render` turns the text of
    a template, which stands at a place, into text, given a component's data; a text without `opening` is none. What a
    function raises comes through.
    """

    def __init__(
        self,
        *,
        functions: Mapping[str, Callable[[Call], Any]],
        render: Callable[[str, Place, Mapping[str, Any]], str],
        data_of: Callable[[Component], Mapping[str, Any]],
        wish: Wish,
        opening: str = "{{",
    ) -> None:
        self._opening = opening
        self._functions = {tag: work for tag, work in functions.items() if tag.removeprefix("!") not in wish.skipped}
        self._render = render
        self._data_of = data_of
        self._wish = wish
        self._running: list[tuple[str, str]] = []

    def worked_out(self, component: Component) -> Component:
        """Return the component with everything worked out that is wished for. Raises `ConfigError`.

        A component whose values need each other in a circle is named, whichever functions lead around it.
        """
        asking = (component.name, component.stack)
        if asking in self._running or len(self._running) >= _DEEPEST:
            chain = [f'component "{name}" of stack "{stack}"' for name, stack in (*self._running, asking)]
            raise ConfigError(
                "circular dependency detected", details=[chain[0], *(f"needs {one}" for one in chain[1:])]
            )
        self._running.append(asking)
        try:
            sections = component.sections
            if self._wish.templates:
                rendering = _Rendering(self._render, lambda: self._data_of(component), self._opening)
                sections = rendering.tree(sections)
            if self._wish.functions:
                sections = self._without_functions(sections, component._replace(sections=sections))
            return component._replace(sections=sections)
        finally:
            self._running.pop()

    def _without_functions(self, value: Any, component: Component) -> Any:
        if isinstance(value, Tagged):
            work = self._functions.get(value.tag)
            if work is None:
                return value
            result = work(Call(value, component))
            return result if isinstance(result, Map | Seq) else planted(result, value.place)
        if isinstance(value, Map):
            changed = {}
            for key, below in value.items():
                if isinstance(below, COMPOUND):
                    is_gone = isinstance(below, Tagged) and below.tag == UNSET
                    worked_out = below if is_gone else self._without_functions(below, component)
                    if is_gone or worked_out is not below:
                        changed[key] = worked_out
            return _changed_mapping(value, changed)
        if isinstance(value, Seq):
            return _changed_sequence(value, [self._without_functions(below, component) for below in value])
        return value


class _Rendering:
    """Renders the templates of one component; the data is made when the first template is met."""

    def __init__(
        self,
        render: Callable[[str, Place, Mapping[str, Any]], str],
        data: Callable[[], Mapping[str, Any]],
        opening: str,
    ) -> None:
        self._opening = opening
        self._render = render
        self._make_data = data
        self._data: Mapping[str, Any] | None = None

    def tree(self, value: Any, place: Place | None = None) -> Any:
        """Return the value with every template in it rendered; what holds none is shared."""
        if isinstance(value, str):
            return self._text(value, place or Place("", 1, 1)) if self._opening in value else value
        if isinstance(value, Tagged):
            argument = self.tree(value.argument, value.place)
            return value if argument is value.argument else Tagged(value.tag, argument, value.place)
        if isinstance(value, Map):
            return self._mapping(value)
        if isinstance(value, Seq):
            rendered = [self.tree(*one) for one in zip(value, value.value_places, strict=True)]
            return _changed_sequence(value, rendered)
        return value

    def _mapping(self, value: Map) -> Map:
        changed, has_rendered_keys = {}, False
        for key, below in value.items():
            has_rendered_keys = has_rendered_keys or self._opening in key
            if isinstance(below, COMPOUND) or (isinstance(below, str) and self._opening in below):
                rendered = self.tree(below, value.value_places[key])
                if rendered is not below:
                    changed[key] = rendered
        if not has_rendered_keys:
            return _changed_mapping(value, changed)
        mapping = Map(value.place)
        for key, below in value.items():
            written = self._text(key, value.key_places[key]) if self._opening in key else key
            mapping.put(written, changed.get(key, below), value.key_places[key], value.value_places[key])
        return mapping

    def _text(self, text: str, place: Place) -> str:
        if self._data is None:
            self._data = self._make_data()
        return self._render(text, place, self._data)


def _changed_mapping(value: Map, changed: Mapping[str, Any]) -> Map:
    """Return the mapping with other values, without those that are taken away; itself where none is another."""
    if not changed:
        return value
    copy = value.copied()
    for key, new in changed.items():
        if isinstance(new, Tagged) and new.tag == UNSET:
            copy.drop(key)
        else:
            copy.put(key, new, value.key_places[key], value.value_places[key])
    return copy


def _changed_sequence(value: Seq, new: list[Any]) -> Seq:
    if all(one is old for one, old in zip(new, value, strict=True)):
        return value
    sequence = Seq(value.place)
    for one, place in zip(new, value.value_places, strict=True):
        sequence.add(one, place)
    return sequence
