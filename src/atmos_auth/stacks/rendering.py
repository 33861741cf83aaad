"""Templates of a repository: in manifests that are imported, in stack names, in the values of components."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from atmos_auth.domain.errors import InvalidTemplate
from atmos_auth.domain.place import Place
from atmos_auth.stacks.file_locals import LOCALS, only_locals
from atmos_auth.stacks.manifests import Rendering
from atmos_auth.stacks.plain import plain
from atmos_auth.stacks.template_settings import TemplateSettings
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.functions.world import (
    clock_functions,
    environment_functions,
    file_functions,
    source_functions,
)
from atmos_auth.stacks.templates.template import Template


class Renderer:
    """Renders text; `now`, `environ`, `read` and `read_source` are what templates may know of the world.

    Raises `InvalidTemplate`.
    """

    def __init__(
        self,
        settings: TemplateSettings,
        *,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        read: Callable[[str], str],
        read_source: Callable[[str], Any],
    ) -> None:
        self._settings = settings
        self._read_source = read_source
        # One catalog's template is rendered for every stack.
        self._template = lru_cache(maxsize=512)(Template)
        self._environ = environ
        self._world = (
            *clock_functions(now),
            *environment_functions({**environ, **settings.env}),
            *file_functions(read),
            *source_functions(settings.sources, read_source),
        )

    def manifest(self, text: str, path: str, rendering: Rendering) -> str:
        """Turn a manifest that is a template into YAML; a key that the context lacks is an error, unless it may."""
        missing = rendering.may_lack_values or self._settings.may_lack_values
        return self._rendered(text, Place(path, 1, 1), plain(rendering.context), lacks=missing)

    def name(self, template: str, place: Place, data: Mapping[str, Any]) -> str:
        """Name a stack or a workspace; a key that is missing is an error."""
        name = self._rendered(template, place, data, lacks=self._settings.may_lack_values).strip()
        if not name:
            raise InvalidTemplate("the template gives an empty name", place=place)
        return name

    def value(
        self,
        text: str,
        place: Place,
        data: Mapping[str, Any],
        functions: Iterable[Function] = (),
        settings: TemplateSettings | None = None,
    ) -> str:
        """Work out a value of a component, as often as its settings say; what is missing is `<no value>`."""
        settings = settings or self._settings
        if settings.env is not self._settings.env:
            functions = (*functions, *environment_functions({**self._environ, **settings.env}))
        if settings.sources is not self._settings.sources:
            functions = (*functions, *source_functions(settings.sources, self._read_source))
        for _ in range(settings.evaluations):
            if self._settings.delimiters[0] not in text:
                break
            template = self._template(text, place, delimiters=self._settings.delimiters)
            # Nobody else can have meant a local that is not there.
            is_strict = LOCALS in data and LOCALS in text and only_locals(template.looked_at())
            missing: Literal["default", "error"] = "error" if is_strict else "default"
            text = template.render(data, functions=(*self._world, *functions), missing=missing)
        return text

    def looked_at(self, text: str, place: Place) -> frozenset[tuple[str, ...]]:
        """Return the ways into its data that a template goes."""
        return self._template(text, place).looked_at()

    def strictly(self, text: str, place: Place, data: Mapping[str, Any]) -> str:
        """Work a text of a manifest out while it is read; a key that is missing is an error."""
        return self._rendered(text, place, data, lacks=False)

    def _rendered(self, text: str, place: Place, data: Mapping[str, Any], *, lacks: bool) -> str:
        template = self._template(text, place)
        return template.render(data, functions=self._world, missing="default" if lacks else "error")
