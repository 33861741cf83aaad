"""The environment that Terraform runs in, but for whom it runs as."""

import json
from collections.abc import Mapping
from typing import Any

from atmos_auth import __version__
from atmos_auth.config.nesting import deeper
from atmos_auth.domain import env_names
from atmos_auth.programs.terraform.request import Request
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.plain import plain
from atmos_auth.wiring import Project

# They change what every Terraform command does, whatever a stack says.
_SURPRISING = ("TF_WORKSPACE",)
_WITH_VARIABLES = ("plan", "apply", "refresh", "import", "destroy", "console")
_SURPRISING_BEGINNINGS = ("TF_CLI_ARGS", "TF_VAR_")


def surroundings(project: Project, component: Component, *, user_agent: str | None = None) -> dict[str, str]:
    """Return the variables of a program that works on the component: the configuration's, its own, and Terraform's.

    Raises `ConfigError` where we are run by ourselves too many times over.
    """
    environ = dict(project.child_base)
    for name, value in plain(component.sections["env"]).items():
        if value is None:
            environ.pop(name, None)
        else:
            environ[name] = _text(value)
    environ[env_names.ATMOS_CLI_CONFIG_PATH] = project.config.directory
    environ[env_names.ATMOS_BASE_PATH] = project.config.base_path
    environ["TF_IN_AUTOMATION"] = "true"
    environ["TF_APPEND_USER_AGENT"] = (
        user_agent or _setting(project, "append_user_agent") or f"atmos-auth/{__version__}"
    )
    environ |= deeper(environ, what="a command of Terraform")
    return environ


def shell_variables(component: Component, folder: str, workspace: str, varfile: str) -> dict[str, str]:
    """Return what a shell for the component has as well: where one is, and Terraform's variables without a flag."""
    flags = {f"TF_CLI_ARGS_{command}": f"-var-file={varfile}" for command in _WITH_VARIABLES}
    return flags | {
        env_names.ATMOS_STACK: component.stack,
        env_names.ATMOS_COMPONENT: component.name,
        env_names.ATMOS_SHELL_WORKING_DIR: folder,
        env_names.ATMOS_TERRAFORM_WORKSPACE: workspace,
    }


def region_for_import(request: Request, component: Component, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the region for `import`, which asks AWS before Terraform has worked out the provider's own."""
    region = component.sections["vars"].get("region")
    if request.name != "import" or environ.get(env_names.AWS_REGION) or not isinstance(region, str):
        return {}
    return {env_names.AWS_REGION: region}


def surprising(environ: Mapping[str, str]) -> list[str]:
    """Name the variables that change what Terraform does behind everybody's back."""
    return sorted(name for name in environ if name in _SURPRISING or name.startswith(_SURPRISING_BEGINNINGS))


def without_surprises(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those, for runs that nobody sees and that may ask nobody."""
    return {name: value for name, value in environ.items() if name not in surprising(environ)} | {"TF_INPUT": "false"}


def _setting(project: Project, key: str) -> Any:
    return project.config.resolve(("components", "terraform", key))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
