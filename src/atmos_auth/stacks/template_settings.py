"""How templates in the values of components are worked out, as the configuration says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.stacks.templates.template import DELIMITERS


class TemplateSettings(NamedTuple):
    """What is said of templates in values: whether they are worked out, how often, how they look.

    `may_lack_values` tells that a missing key is no error where it would be one; `env` are variables that only
    templates see; `sources` are addresses of data, by name.
    """

    is_enabled: bool = False
    evaluations: int = 1
    delimiters: tuple[str, str] = DELIMITERS
    may_lack_values: bool = False
    env: Mapping[str, str] = {}
    sources: Mapping[str, str] = {}

    def under(self, said: object) -> "TemplateSettings":
        """Return these settings under what a component says in `settings.templates.settings`.

        Raises `InvalidSetting` for what is of a wrong type.
        """
        if not isinstance(said, Mapping):
            return self
        gomplate = said.get("gomplate")
        sources = gomplate.get("datasources") if isinstance(gomplate, Mapping) else None
        return self._replace(
            is_enabled=_checked(said, "enabled", self.is_enabled, bool, "true or false"),
            evaluations=max(1, _checked(said, "evaluations", self.evaluations, int, "a number from 1")),
            env={**self.env, **variables(said.get("env"), "settings.templates.settings.env")},
            sources={**self.sources, **addresses(sources, "settings.templates.settings.gomplate.datasources")},
        )


def variables(said: object, name: str) -> dict[str, str]:
    """Read names and values; raises `InvalidSetting` for anything else."""
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise InvalidSetting(f"{name} maps names to values", hints=["write `NAME: value` lines below it"])
    return {str(key): str(value) for key, value in said.items() if value is not None}


def addresses(said: object, name: str) -> dict[str, str]:
    """Read names of data and the `url` below each; raises `InvalidSetting` for anything else."""
    if said is None:
        return {}
    form = ["NAME: { url: ./config.json }"]
    if not isinstance(said, Mapping):
        raise InvalidSetting(f"{name} maps names to addresses", place=getattr(said, "place", None), hints=form)
    found = {}
    for key, below in said.items():
        url = below.get("url") if isinstance(below, Mapping) else None
        if not isinstance(url, str) or not url:
            place = getattr(said, "value_places", {}).get(key)
            raise InvalidSetting(f"{name}.{key} has no address", place=place, hints=form)
        found[str(key)] = url
    return found


def _checked(said: Mapping[str, Any], key: str, otherwise: Any, kind: type, expected: str) -> Any:
    value = said.get(key, otherwise)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        place = getattr(said, "value_places", {}).get(key)
        raise InvalidSetting(f"settings.templates.settings.{key} takes {expected}", place=place)
    return value
