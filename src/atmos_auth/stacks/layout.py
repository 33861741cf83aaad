"""What the configuration says about where stacks and components are, and how stacks are named."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.config.load import Config
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.stacks.merge import REPLACE, STRATEGIES
from atmos_auth.stacks.template_settings import TemplateSettings, addresses, variables
from atmos_auth.stacks.templates.template import DELIMITERS

# What holds where there is no configuration file at all.
_CONVENTIONS: dict[tuple[str, ...], Any] = {
    ("stacks", "base_path"): "stacks",
    ("stacks", "included_paths"): ["orgs/**/*"],
    ("stacks", "excluded_paths"): ["**/_defaults.yaml"],
    ("stacks", "name_pattern"): "{tenant}-{environment}-{stage}",
    ("components", "terraform", "base_path"): "components/terraform",
}


class Layout(NamedTuple):
    """Absolute folders, the patterns of top-level manifests, and the rules of names.

    `stacks` is the folder of manifests; `included` and `excluded` are patterns below it; `name_pattern` and
    `name_template` say how a stack is named, if anything does; `lists` how lists merge; `terraform` is the folder of
    Terraform's components, `workspaces` tells whether they have workspaces, `separator` stands for slashes in the names
    of their states; `templates` is about those in values. With `is_unwritten`
    there is no configuration, and all of this is what holds then.
    """

    stacks: str
    included: tuple[str, ...]
    excluded: tuple[str, ...]
    name_pattern: str | None
    name_template: str | None
    lists: str
    inherits_metadata: bool
    terraform: str
    workspaces: bool
    separator: str
    templates: TemplateSettings
    is_unwritten: bool


def layout_of(config: Config) -> Layout:
    """Read the layout; raises `InvalidSetting` for what is missing or of a wrong type. Looks at no manifest."""
    reading = _Reading(config)
    stacks = reading.text("stacks", "base_path")
    if not stacks:
        raise _missing(config, "base_path", "ATMOS_STACKS_BASE_PATH", "stacks")
    included = reading.texts("stacks", "included_paths")
    if not included:
        raise _missing(config, "included_paths", "ATMOS_STACKS_INCLUDED_PATHS", '["**/*"]')
    return Layout(
        stacks=reading.folder(stacks),
        included=included,
        excluded=reading.texts("stacks", "excluded_paths"),
        name_pattern=reading.text("stacks", "name_pattern") or None,
        name_template=reading.text("stacks", "name_template") or None,
        lists=reading.choice(STRATEGIES, "settings", "list_merge_strategy"),
        inherits_metadata=reading.switch("stacks", "inherit", "metadata", otherwise=True),
        terraform=reading.folder(reading.text("components", "terraform", "base_path")),
        workspaces=reading.switch("components", "terraform", "workspaces_enabled", otherwise=True),
        separator=reading.text("components", "terraform", "workspace", "prefix_separator") or "-",
        templates=_templates(reading, is_unwritten=not config.files),
        is_unwritten=not config.files,
    )


def _templates(reading: "_Reading", *, is_unwritten: bool) -> TemplateSettings:
    above = ("templates", "settings")
    delimiters = reading.texts(*above, "delimiters")
    return TemplateSettings(
        reading.switch(*above, "enabled", otherwise=is_unwritten),
        reading.number(*above, "evaluations", otherwise=1),
        (delimiters[0], delimiters[1]) if len(delimiters) == 2 else DELIMITERS,
        reading.switch(*above, "ignore_missing_template_values", otherwise=False),
        reading.variables(*above, "env"),
        reading.addresses(*above, "gomplate", "datasources"),
    )


class _Reading:
    def __init__(self, config: Config) -> None:
        self._config = config

    def text(self, *path: str) -> str:
        value = self._value(path)
        if value is not None and not isinstance(value, str):
            raise self._wrong(path, value, "text")
        return (value or "").strip()

    def texts(self, *path: str) -> tuple[str, ...]:
        value = self._value(path)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            raise self._wrong(path, value, "a list of patterns")
        return tuple(items)

    def switch(self, *path: str, otherwise: bool) -> bool:
        value = self._value(path)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(path, value, "true or false")
        return otherwise if value is None else value

    def variables(self, *path: str) -> dict[str, str]:
        value = self._value(path)
        if value is not None and not isinstance(value, Mapping):
            raise self._wrong(path, value, "names and values")
        return variables(value, ".".join(path))

    def addresses(self, *path: str) -> dict[str, str]:
        return addresses(self._value(path), ".".join(path))

    def number(self, *path: str, otherwise: int) -> int:
        value = self._value(path)
        if value is None:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self._wrong(path, value, "a number from 1")
        return value

    def choice(self, choices: tuple[str, ...], *path: str) -> str:
        chosen = self.text(*path) or REPLACE
        if chosen not in choices:
            raise self._wrong(path, chosen, f"one of {', '.join(choices)}")
        return chosen

    def folder(self, written: str) -> str:
        return os.path.normpath(os.path.join(self._config.base_path, os.path.expanduser(written)))

    def _value(self, path: tuple[str, ...]) -> Any:
        value = self._config.resolve(path)
        if value is None and not self._config.files:
            return _CONVENTIONS.get(path)
        return value

    def _wrong(self, path: tuple[str, ...], value: Any, expected: str) -> InvalidSetting:
        shown = "a mapping" if isinstance(value, Mapping) else f'"{value}"'
        return InvalidSetting(f"{'.'.join(path)} takes {expected}, not {shown}", place=self._config.place(path))


def _missing(config: Config, key: str, variable: str, example: str) -> InvalidSetting:
    return InvalidSetting(
        f"stacks.{key} is not set, and there are no stacks without it",
        place=config.place(("stacks",)),
        hints=[f"write `stacks: {{ {key}: {example} }}` into atmos.yaml", f"or set {variable}"],
    )
