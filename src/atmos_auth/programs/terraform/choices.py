"""What is done around a command: as the person says, else as the configuration does."""

from typing import Any

from atmos_auth.config.load import Config
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.programs.terraform.files import Generated, generated
from atmos_auth.programs.terraform.request import Request
from atmos_auth.stacks.component import Component

# What never needs a workspace.
_WITHOUT_WORKSPACE = frozenset({"init", "providers"})


class Choices:
    """The switches of one request, over the `components.terraform` of a configuration."""

    def __init__(self, config: Config, request: Request) -> None:
        self._config = config
        self._request = request

    @property
    def runs_init(self) -> bool:
        """Whether `init` comes first."""
        name, said = self._request.name, self._request.runs_init
        if name == "init" or said is not None:
            return name == "init" or bool(said)
        return self._is_set("deploy_run_init", otherwise=True) if name == "deploy" else name != "fmt"

    @property
    def reconfigures(self) -> bool:
        """Whether `init` forgets which backend there was."""
        return self._request.name == "workspace" or self._said(self._request.reconfigures, "init_run_reconfigure")

    @property
    def passes_variables(self) -> bool:
        """Whether `init` gets the variables as well."""
        return self._said(self._request.passes_variables, "init", "pass_vars")

    def generated(self, component: Component, workspace: str) -> Generated:
        """Return the files that are wanted; raises `InvalidSetting`."""
        return generated(
            component,
            workspace=workspace,
            with_backend=self._said(self._request.generates_backend, "auto_generate_backend_file"),
            with_described=self._is_set("auto_generate_files"),
        )

    @property
    def keeps_plan(self) -> bool:
        """Whether `plan` stores its plan."""
        said = self._request.keeps_plan
        return not self._is_set("plan", "skip_planfile") if said is None else said

    @property
    def approves(self) -> bool:
        """Whether `apply` does not ask."""
        return self._is_set("apply_auto_approve")

    @property
    def wants_workspace(self) -> bool:
        """Whether the component's workspace is chosen before the command."""
        chooses_itself = self._request.name == "workspace" and len(self._request.subcommand) > 1
        return self._request.name not in _WITHOUT_WORKSPACE and not chooses_itself

    def _said(self, said: bool | None, *path: str) -> bool:
        return self._is_set(*path) if said is None else said

    def _is_set(self, *path: str, otherwise: bool = False) -> bool:
        whole = ("components", "terraform", *path)
        value: Any = self._config.resolve(whole)
        if value is not None and not isinstance(value, bool):
            raise InvalidSetting(
                f'{".".join(whole)} takes true or false, not "{value}"', place=self._config.place(whole)
            )
        return otherwise if value is None else value is True
