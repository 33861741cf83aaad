"""Texts of workflows that hold templates: over the environment, what the command line says, and what steps printed."""

import re
from collections.abc import Mapping
from typing import Protocol

from atmos_auth.domain.place import Place
from atmos_auth.programs.workflows.content import require_plain
from atmos_auth.programs.workflows.outputs import ROOT, Outputs, Wanted, wanted_by

_NOWHERE = Place("", 1, 1)
# Templates of other programs, such as those of `docker ps --format`, name none of these.
_OURS = re.compile(rf"\{{\{{[^{{}}]*?(?<![\w.])\.(env|flags|{ROOT})\b[^{{}}]*\}}\}}")


class Filling(Protocol):
    """Fills in the templates of steps."""

    def knowing(self, variables: Mapping[str, str]) -> "Filling":
        """Return one whose environment has these variables as well."""

    def after(self, outputs: Outputs) -> "Filling":
        """Return one that knows what steps have printed."""

    def wanted(self, text: str, place: Place | None) -> Wanted:
        """Tell whose output a text wants; raises `InvalidTemplate`."""

    def is_shown_as_written(self, text: str) -> bool:
        """Tell whether what is filled in is not to be shown."""

    def filled(self, text: str, what: str, place: Place | None) -> str:
        """Return the text without templates; raises `ConfigError` for what cannot be had, and zero bytes."""


class Texts:
    """Fills in those of workflows: `environ` is what `.env` holds, `flags` what `.flags` holds."""

    def __init__(self, environ: Mapping[str, str], flags: Mapping[str, str], outputs: Outputs = Outputs()) -> None:  # noqa: B008 - immutable
        self._environ = environ
        self._flags = flags
        self._outputs = outputs

    def knowing(self, variables: Mapping[str, str]) -> "Texts":
        """Return texts whose environment has these variables as well."""
        return Texts({**self._environ, **variables}, self._flags, self._outputs)

    def after(self, outputs: Outputs) -> "Texts":
        """Return texts that know what steps have printed."""
        return Texts(self._environ, self._flags, outputs)

    def wanted(self, text: str, place: Place | None) -> Wanted:
        """Tell whose output a text wants; raises `InvalidTemplate`."""
        if not self.is_shown_as_written(text):
            return Wanted()
        from atmos_auth.stacks.templates.template import Template

        return wanted_by(text, Template(text, place or _NOWHERE).looked_at())

    def is_shown_as_written(self, text: str) -> bool:
        """Tell whether a text holds a template that is meant for us: what it is filled with may be a secret."""
        return _OURS.search(text) is not None

    def filled(self, text: str, what: str, place: Place | None) -> str:
        """Return the text without templates; raises `ConfigError` for what cannot be had, and zero bytes."""
        require_plain(text, what, place)
        if not self.is_shown_as_written(text):
            return text
        from atmos_auth.stacks.templates.template import Template

        data = {"env": dict(self._environ), "flags": dict(self._flags), ROOT: self._outputs.data()}
        filled = Template(text, place or _NOWHERE).render(data, missing="error")
        require_plain(filled, what, place)
        return filled
