"""The variables that a workflow or a step sets."""

import re

from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.programs.workflows.texts import Filling

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def variables_of(tree: Map, subject: str, texts: Filling) -> dict[str, str]:
    """Give the variables that a workflow or step sets, each of which knows those before it.

    A message never shows a value.
    """
    section = tree.get("env")
    if not isinstance(section, Map):
        return {}
    variables: dict[str, str] = {}
    for name, value in section.items():
        place = section.value_places[name]
        if not _VARIABLE.fullmatch(name):
            raise InvalidSetting(
                f"{subject}: {name!r} cannot be the name of a variable",
                place=section.key_places[name],
                hints=["use letters, digits and _, and no digit first"],
            )
        if isinstance(value, Map | Seq):
            raise InvalidSetting(f"{subject}: env.{name} must be one value, not several", place=place)
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        variables[name] = texts.knowing(variables).filled(text, f"{subject}: env.{name}", place)
    return variables
