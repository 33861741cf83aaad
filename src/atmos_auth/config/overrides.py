"""Let environment variables stand in for settings outside the `auth` section."""

from collections.abc import Callable
from typing import Any

from atmos_auth.config.observer import Observer
from atmos_auth.config.tree import Map, planted
from atmos_auth.config.truth import truth
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def _text(value: str) -> str:
    return value


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


_TERRAFORM = ("components", "terraform")

# Where several variables stand for one setting, the last one wins.
_SETTINGS: tuple[tuple[str, tuple[str, ...], Callable[[str], Any]], ...] = (
    ("ATMOS_STACKS_BASE_PATH", ("stacks", "base_path"), _text),
    ("ATMOS_STACKS_INCLUDED_PATHS", ("stacks", "included_paths"), _listed),
    ("ATMOS_STACKS_EXCLUDED_PATHS", ("stacks", "excluded_paths"), _listed),
    ("ATMOS_STACKS_NAME_PATTERN", ("stacks", "name_pattern"), _text),
    ("ATMOS_STACKS_NAME_TEMPLATE", ("stacks", "name_template"), _text),
    ("ATMOS_COMPONENTS_TERRAFORM_COMMAND", (*_TERRAFORM, "command"), _text),
    ("ATMOS_COMPONENTS_TERRAFORM_BASE_PATH", (*_TERRAFORM, "base_path"), _text),
    ("ATMOS_COMPONENTS_TERRAFORM_APPLY_AUTO_APPROVE", (*_TERRAFORM, "apply_auto_approve"), truth),
    ("ATMOS_COMPONENTS_TERRAFORM_DEPLOY_RUN_INIT", (*_TERRAFORM, "deploy_run_init"), truth),
    ("ATMOS_COMPONENTS_TERRAFORM_INIT_RUN_RECONFIGURE", (*_TERRAFORM, "init_run_reconfigure"), truth),
    ("ATMOS_COMPONENTS_TERRAFORM_INIT_PASS_VARS", (*_TERRAFORM, "init", "pass_vars"), truth),
    ("ATMOS_COMPONENTS_TERRAFORM_PLAN_SKIP_PLANFILE", (*_TERRAFORM, "plan", "skip_planfile"), truth),
    (
        "ATMOS_COMPONENTS_TERRAFORM_AUTO_GENERATE_BACKEND_FILE",
        (*_TERRAFORM, "auto_generate_backend_file"),
        truth,
    ),
    ("ATMOS_COMPONENTS_TERRAFORM_APPEND_USER_AGENT", (*_TERRAFORM, "append_user_agent"), _text),
    ("ATMOS_COMPONENTS_TERRAFORM_PLUGIN_CACHE", (*_TERRAFORM, "plugin_cache"), truth),
    ("ATMOS_COMPONENTS_TERRAFORM_PLUGIN_CACHE_DIR", (*_TERRAFORM, "plugin_cache_dir"), _text),
    (env_names.ATMOS_WORKFLOWS_BASE_PATH, ("workflows", "base_path"), _text),
    ("ATMOS_SCHEMAS_ATMOS_MANIFEST", ("schemas", "atmos", "manifest"), _text),
    ("ATMOS_SETTINGS_LIST_MERGE_STRATEGY", ("settings", "list_merge_strategy"), _text),
    ("ATMOS_DESCRIBE_COMPONENT_FILTER", ("describe", "component", "filter"), _text),
    ("ATMOS_DESCRIBE_PROVENANCE", ("describe", "provenance"), truth),
    ("ATMOS_EDITION", ("edition",), _text),
    (env_names.ATMOS_LOG_LEVEL, ("logs", "level"), _text),
    (env_names.ATMOS_LOGS_LEVEL, ("logs", "level"), _text),
    (env_names.ATMOS_LOGS_FILE, ("logs", "file"), _text),
)


def from_environment(observer: Observer) -> list[Map]:
    """Give one document for each variable that is set and not empty. Raises ConfigError.

    The place of such a setting names the variable in the stead of a file.
    """
    documents = []
    for variable, path, read in _SETTINGS:
        written = observer.variable(variable)
        if not written:
            continue
        place = Place(f"${variable}", 1, 1)
        try:
            value: Any = read(written)
        except ValueError as error:
            raise ConfigError(f"the value {written!r} is not understood: {error}", place=place) from None
        for key in reversed(path):
            value = {key: value}
        documents.append(planted(value, place))
    return documents
