"""Work out what stands in a component's sections as templates and YAML functions.

Templates come first, for they may write what a function is given. Both work on single values: what is not one of them
is never parsed again, and keeps its type and its place.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from atmos_auth.config.tags import UNSET
from atmos_auth.config.tree import COMPOUND, Map, Seq, Tagged, planted
from atmos_auth.domain.errors import AtmosAuthError, Cancelled, ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.changing import Texts, changed_mapping, changed_sequence
from atmos_auth.stacks.component import Component

_DEEPEST = 64
# The section of files that are written beside a component's code.
GENERATE = "generate"


class Call(NamedTuple):
    """A function that is to be worked out, and for which component."""

    function: Tagged
    component: Component


class Wish(NamedTuple):
    """What is to be worked out; `skipped` are functions that stay as they are written, by name without `!`.

    With `tolerate`, a function that fails gives null, and that is told why.
    """

    templates: bool = True
    functions: bool = True
    skipped: frozenset[str] = frozenset()
    tolerate: Callable[[AtmosAuthError], None] | None = None


class Evaluation:
    """Works out components.

    `functions` maps tags to what they do; those that are not in it stay as they are written. `render` turns the text of
    a template, which stands at a place, into text, given a component's data; a text without `opening` is none.
    `has_templates` tells whether a component's texts are rendered. What a function raises comes through.
    """

    def __init__(
        self,
        *,
        functions: Mapping[str, Callable[[Call], Any]],
        render: Callable[[str, Place, Mapping[str, Any]], str],
        data_of: Callable[[Component], Mapping[str, Any]],
        wish: Wish,
        has_templates: Callable[[Component], bool] = lambda _: True,
        opening: str = "{{",
    ) -> None:
        self._has_templates = has_templates
        self._opening = opening
        self._functions = {tag: work for tag, work in functions.items() if tag.removeprefix("!") not in wish.skipped}
        self._render = render
        self._data_of = data_of
        self._wish = wish
        self._running: list[Component] = []

    @property
    def running(self) -> tuple[Component, ...]:
        """The components that are being worked out as they are written, each because the one before it needs it."""
        return tuple(self._running)

    def worked_out(self, component: Component) -> Component:
        """Return the component with everything worked out that is wished for. Raises `ConfigError`.

        A component whose values need each other in a circle is named, whichever functions lead around it.
        """
        is_circular = any(component.is_same(one) for one in self._running)
        if is_circular or len(self._running) >= _DEEPEST:
            chain = [f'component "{one.name}" of stack "{one.stack}"' for one in (*self._running, component)]
            raise ConfigError(
                "circular dependency detected" if is_circular else f"more than {_DEEPEST} components need each other",
                details=[chain[0], *(f"needs {one}" for one in chain[1:])],
            )
        self._running.append(component)
        try:
            sections = component.sections
            if self._wish.templates:
                texts = Texts(self._rendered_for(component), self._opening)
                sections = texts.tree(sections) if self._has_templates(component) else _with_files(sections, texts)
            if self._wish.functions:
                sections = self._without_functions(sections, component._replace(sections=sections))
            return component._replace(sections=sections)
        finally:
            self._running.pop()

    def _rendered_for(self, component: Component) -> Callable[[str, Place], str]:
        """Return what renders a component's texts; the data is made when the first one is met."""
        data: list[Mapping[str, Any]] = []

        def rendered(text: str, place: Place) -> str:
            if not data:
                data.append(self._data_of(component))
            return self._render(text, place, component.seen_at(place, data[0]))

        return rendered

    def _result(self, work: Callable[[Call], Any], call: Call) -> Any:
        try:
            return work(call)
        except Cancelled:
            raise
        except AtmosAuthError as failure:
            if self._wish.tolerate is None:
                raise
            failure.place = failure.place or call.function.place
            self._wish.tolerate(failure)
            return None

    def _without_functions(self, value: Any, component: Component) -> Any:
        if isinstance(value, Tagged):
            work = self._functions.get(value.tag)
            if work is None:
                return value
            result = self._result(work, Call(value, component))
            return result if isinstance(result, Map | Seq) else planted(result, value.place)
        if isinstance(value, Map):
            changed = {}
            for key, below in value.items():
                if isinstance(below, COMPOUND):
                    is_gone = isinstance(below, Tagged) and below.tag == UNSET
                    worked_out = below if is_gone else self._without_functions(below, component)
                    if is_gone or worked_out is not below:
                        changed[key] = worked_out
            return changed_mapping(value, changed)
        if isinstance(value, Seq):
            return changed_sequence(value, [self._without_functions(below, component) for below in value])
        return value


def _with_files(sections: Map, texts: Texts) -> Map:
    """Work out templates in files that the component describes: these always are, if they are any."""
    files = sections.get(GENERATE)
    return changed_mapping(sections, {GENERATE: texts.tree(files)}) if files else sections
