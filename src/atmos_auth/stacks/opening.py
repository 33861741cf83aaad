"""The stacks of a project: what commands ask about components, with everything that the answers need."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.config.tree import NOWHERE, Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.component_auth import with_auth
from atmos_auth.stacks.description import described
from atmos_auth.stacks.evaluation import Call, Evaluation, Wish
from atmos_auth.stacks.includes import Includes
from atmos_auth.stacks.layout import Layout, layout_of
from atmos_auth.stacks.local_functions import local_functions
from atmos_auth.stacks.manifests import Manifests, Rendering
from atmos_auth.stacks.repository import Repository
from atmos_auth.stacks.workspace import workspace_of
from atmos_auth.wiring import Project

Functions = Mapping[str, Callable[[Call], Any]]


class Stacks:
    """The components of a project's stacks.

    `functions` makes, of these very stacks, the YAML functions beside those that need nothing but this machine. All
    methods read files and raise `ConfigError`; what else they do is up to the functions that a component uses.
    """

    def __init__(
        self,
        project: Project,
        *,
        functions: Callable[["Stacks"], Functions] | None = None,
        wish: Wish = Wish(),  # noqa: B008 - immutable
    ) -> None:
        self._project = project
        self.layout: Layout = layout_of(project.config)
        self.repository = _repository(project, self.layout)
        known = local_functions(project.config.resolver.functions) | dict(functions(self) if functions else {})
        self._evaluation = Evaluation(functions=known, render=_render_value, data_of=self.data, wish=wish)

    def component(self, name: str, stack: str) -> Component:
        """Return a component with everything worked out that is wished for."""
        return self._evaluation.worked_out(self.repository.component(name, stack))

    def project_of(self, component: Component) -> Project:
        """Return the project as the component has it: with the identities of its `auth`."""
        said = component.sections["auth"]
        return self._project.with_config(with_auth(self._project.config, said)) if said else self._project

    def data(self, component: Component) -> dict[str, Any]:
        """Return all that is known of a component, as plain data."""
        auth = with_auth(self._project.config, component.sections["auth"]).peek(("auth",))
        return described(
            component,
            workspace=self.workspace(component),
            auth=auth if isinstance(auth, Map) else Map(),
            folder=self.layout.terraform,
        )

    def workspace(self, component: Component) -> str:
        """Name the component's Terraform workspace."""
        return workspace_of(component, enabled=self.layout.workspaces)

    def folder(self, component: Component) -> str:
        """Return the folder of the component's code, absolute; it may not exist."""
        return os.path.join(self.layout.terraform, component.base)


def _repository(project: Project, layout: Layout) -> Repository:
    functions = project.config.resolver.functions
    manifests = Manifests(
        layout,
        observer=functions.observer,
        documents=functions.documents,
        render=_render,
        include=Includes(functions, project.config.base_path).put_into,
    )
    return Repository(layout, manifests, lowest=_lowest(project), name_by_template=_name_by_template)


def _lowest(project: Project) -> Map:
    """Collect what the configuration gives to every component."""
    lowest = Map()
    env = project.config.resolve(("env",))
    if isinstance(env, Map):
        place = project.config.place(("env",)) or NOWHERE
        lowest.put("env", env, place, place)
    return lowest


def _render(text: str, path: str, rendering: Rendering) -> str:
    raise ConfigError("manifests that are templates are not read yet", place=Place(path, 1, 1))


def _render_value(text: str, place: Place, data: Mapping[str, Any]) -> str:
    raise ConfigError("values that are templates are not worked out yet", place=place)


def _name_by_template(template: str, values: Map) -> str:
    raise ConfigError("stacks.name_template is not read yet", hints=["use stacks.name_pattern"])
