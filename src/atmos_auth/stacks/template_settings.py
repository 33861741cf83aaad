"""How templates in the values of components are worked out, as the configuration says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.stacks.templates.template import DELIMITERS


class TemplateSettings(NamedTuple):
    """What is said of templates in values: whether they are worked out, how often, how they look.

    `may_lack_values` tells that a missing key is no error where it would be one; `env` are variables that only
    templates see.
    """

    is_enabled: bool = False
    evaluations: int = 1
    delimiters: tuple[str, str] = DELIMITERS
    may_lack_values: bool = False
    env: Mapping[str, str] = {}

    def under(self, said: object) -> "TemplateSettings":
        """Return these settings under what a component says in `settings.templates.settings`.

        Raises `InvalidSetting` for what is of a wrong type.
        """
        if not isinstance(said, Mapping):
            return self
        return self._replace(
            is_enabled=_checked(said, "enabled", self.is_enabled, bool, "true or false"),
            evaluations=max(1, _checked(said, "evaluations", self.evaluations, int, "a number from 1")),
            env={**self.env, **variables(said.get("env"), "settings.templates.settings.env")},
        )


def variables(said: object, name: str) -> dict[str, str]:
    """Read names and values; raises `InvalidSetting` for anything else."""
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise InvalidSetting(f"{name} maps names to values", hints=["write `NAME: value` lines below it"])
    return {str(key): str(value) for key, value in said.items() if value is not None}


def _checked(said: Mapping[str, Any], key: str, otherwise: Any, kind: type, expected: str) -> Any:
    value = said.get(key, otherwise)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        place = getattr(said, "value_places", {}).get(key)
        raise InvalidSetting(f"settings.templates.settings.{key} takes {expected}", place=place)
    return value
