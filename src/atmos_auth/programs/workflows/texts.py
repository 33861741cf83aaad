"""Texts of workflows that hold templates over the environment and over what the command line says."""

import re
from collections.abc import Mapping

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.host.plain_text import plain_text
from atmos_auth.programs.workflows.content import require_plain

# Templates of other programs, such as those of `docker ps --format`, name none of these.
_OURS = re.compile(r"\{\{[^{}]*?(?<![\w.])\.(env|flags|steps)\b[^{}]*\}\}")


def is_template(text: str) -> bool:
    """Tell whether a text holds a template that is meant for us."""
    return _OURS.search(text) is not None


class Texts:
    """Fills in templates: `environ` is what `.env` holds, `flags` what `.flags` holds."""

    def __init__(self, environ: Mapping[str, str], flags: Mapping[str, str]) -> None:
        self._environ = environ
        self._flags = flags

    def knowing(self, variables: Mapping[str, str]) -> "Texts":
        """Return texts whose environment has these variables as well."""
        return Texts({**self._environ, **variables}, self._flags)

    def filled(self, text: str, what: str, place: Place | None) -> str:
        """Return the text without templates; raises `InvalidSetting` for what cannot be had, and zero bytes."""
        require_plain(text, what, place)
        for template in _OURS.finditer(text):
            if template[1] == "steps":
                raise InvalidSetting(
                    f"{what} wants the output of a step, which is not kept",
                    place=place,
                    details=[plain_text(template[0], limit=60)],
                    hints=["have that step write a file, and read it in this one"],
                )
        if not is_template(text):
            return text
        from atmos_auth.stacks.templates.template import Template

        template_place = place or Place("", 1, 1)
        data = {"env": dict(self._environ), "flags": dict(self._flags)}
        filled = Template(text, template_place).render(data, missing="error")
        require_plain(filled, what, place)
        return filled
