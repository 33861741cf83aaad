"""The stacks of a project: what commands ask about components, with everything that the answers need."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from atmos_auth.config.tree import NOWHERE, Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.component_auth import with_auth
from atmos_auth.stacks.component_paths import ComponentPaths, is_path
from atmos_auth.stacks.data_sources import DataSources
from atmos_auth.stacks.description import described
from atmos_auth.stacks.evaluation import Call, Evaluation, Wish
from atmos_auth.stacks.file_locals import FileLocals
from atmos_auth.stacks.includes import Includes
from atmos_auth.stacks.layout import Layout, layout_of
from atmos_auth.stacks.local_functions import local_functions
from atmos_auth.stacks.manifests import Manifests
from atmos_auth.stacks.plain import plain
from atmos_auth.stacks.refused_functions import refused_functions
from atmos_auth.stacks.rendering import Renderer
from atmos_auth.stacks.repository import KINDS, Repository
from atmos_auth.stacks.template_settings import TemplateSettings
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.workspace import workspace_of
from atmos_auth.wiring import Project

Functions = Mapping[str, Callable[[Call], Any]]
# From a component to what Terraform has put out for it.
Outputs = Callable[[Component], Mapping[str, Any] | None]
TEMPLATE = "!template"
COMPONENT_FUNCTION = "atmos.Component"


class Stacks:
    """The components of a project's stacks.

    `functions` makes, of these very stacks, the YAML functions beside those that need nothing but this machine;
    `outputs` gives templates what other components have put out; without it, those that ask stay as they are written.
    `repository` is there if the stacks have been read already.
    All methods read files and raise `ConfigError`; what else they do is up to what a component uses.
    """

    def __init__(
        self,
        project: Project,
        *,
        functions: Callable[["Stacks"], Functions] | None = None,
        outputs: Outputs | None = None,
        wish: Wish = Wish(),  # noqa: B008 - immutable
        repository: Repository | None = None,
    ) -> None:
        self._project = project
        self._wish = wish
        self._outputs = outputs
        # By what components say of identities.
        self._projects: dict[str, Project] = {}
        self.layout: Layout = layout_of(project.config)
        self._renderer = _renderer(project, self.layout)
        self.repository = repository or _repository(project, self.layout, self._renderer)
        self.paths = ComponentPaths(
            self.repository, directory=project.directory, above=self.layout.terraform, folder=self.folder
        )
        known = {**refused_functions(), **local_functions(project.config.resolver.functions)}
        known |= functions(self) if functions else {}
        known[TEMPLATE] = self._template
        self._evaluation = Evaluation(
            functions=known,
            render=self._value,
            data_of=self.data,
            wish=wish,
            has_templates=lambda component: self._template_settings(component.sections["settings"]).is_enabled,
            opening=self.layout.templates.delimiters[0],
        )

    def component(self, name: str, stack: str) -> Component:
        """Return a component with everything worked out that is wished for."""
        return self.worked_out(self.repository.component(name, stack))

    def worked_out(self, written: Component) -> Component:
        """Return a component of the repository with everything worked out that is wished for."""
        return self._evaluation.worked_out(written)

    def without_sign_in(self) -> "Stacks":
        """Return the same stacks, but nobody signs in: what needs that stays as it is written, what fails is null."""
        return Stacks(self._project, wish=self._wish._replace(tolerate=lambda _: None), repository=self.repository)

    @property
    def running(self) -> tuple[Component, ...]:
        """The components that are being worked out just now, each because the one before it needs it."""
        return self._evaluation.running

    def named(self, word: str, stack: str) -> str:
        """Return the name of the component that a word means in a stack, by its name or by where its code is."""
        return self.paths.the_one_at(word, stack) if is_path(word) else word

    def project_of(self, component: Component) -> Project:
        """Return the project as the component has it: with the identities of its `auth`, one for all that say the same.

        What such a project remembers, such as sessions, serves all of them.
        """
        said = component.sections["auth"]
        if not said:
            return self._project
        key = json.dumps(plain(said), sort_keys=True, default=str)
        if key not in self._projects:
            self._projects[key] = self._project.with_config(with_auth(self._project.config, said))
        return self._projects[key]

    def data(self, component: Component) -> dict[str, Any]:
        """Return all that is known of a component, as plain data."""
        return self._data(component, self.workspace(component))

    def tree(self, component: Component) -> Map:
        """Return the sections of which `data` is made, with the places where their values were written."""
        tree, auth = component.sections.copied(), self._auth(component)
        tree.put("auth", auth, auth.place, auth.place)
        return tree

    def workspace(self, component: Component) -> str:
        """Name the component's Terraform workspace."""

        def by_template(template: str, place: Place) -> str:
            return self._renderer.name(template, place, component.seen_at(place, self._data(component, "")))

        return workspace_of(component, enabled=self.layout.workspaces, by_template=by_template)

    def folder(self, component: Component) -> str:
        """Return the folder of the component's code, absolute; it may not exist."""
        return os.path.join(self.layout.terraform, component.base)

    def _data(self, component: Component, workspace: str) -> dict[str, Any]:
        return described(component, workspace=workspace, auth=self._auth(component), folder=self.layout.terraform)

    def _auth(self, component: Component) -> Map:
        auth = with_auth(self._project.config, component.sections["auth"]).peek(("auth",))
        return auth if isinstance(auth, Map) else Map()

    def _value(self, text: str, place: Place, data: Mapping[str, Any]) -> str:
        asks_for_outputs = COMPONENT_FUNCTION in text and "outputs" in text
        if asks_for_outputs and self._outputs is None:
            return text

        def other(name: str, stack: str = "") -> dict[str, Any]:
            component = self.component(name, stack or str(data["atmos_stack"]))
            found = self.data(component)
            # Terraform is asked only where what it says is wanted.
            if self._outputs is not None and asks_for_outputs:
                found["outputs"] = dict(self._outputs(component) or {})
            return found

        functions = [Function(COMPONENT_FUNCTION, "text text?", other)]
        return self._renderer.value(text, place, data, functions, self._template_settings(data["settings"]))

    def _template_settings(self, settings: Mapping[str, Any]) -> TemplateSettings:
        """Return how a component's templates are worked out: as the configuration says, under what it says itself."""
        templates = settings.get("templates")
        said = templates.get("settings") if isinstance(templates, Mapping) else None
        return self.layout.templates if said is None else self.layout.templates.under(said)

    def _template(self, call: Call) -> Any:
        """`!template`: work a text out, and read what comes of it as JSON where it is JSON."""
        function = call.function
        if not isinstance(function.argument, str):
            raise ConfigError("!template takes a text", place=function.place)
        text = self._value(function.argument, function.place, self.data(call.component))
        try:
            return json.loads(text)
        except ValueError:
            return text


def _renderer(project: Project, layout: Layout) -> Renderer:
    documents = project.config.resolver.functions.documents
    base_path = project.config.base_path
    return Renderer(
        layout.templates,
        now=lambda: datetime.fromtimestamp(project.clock.now()).astimezone(),
        environ=project.environ,
        read=lambda path: documents.text(os.path.normpath(os.path.join(base_path, path))),
        read_source=DataSources(documents, base_path=base_path, environ=project.environ),
    )


def _repository(project: Project, layout: Layout, renderer: Renderer) -> Repository:
    functions = project.config.resolver.functions
    manifests = Manifests(
        layout,
        observer=functions.observer,
        documents=functions.documents,
        render=renderer.manifest,
        include=Includes(functions, project.config.base_path).put_into,
        render_path=renderer.strictly,
        file_locals=FileLocals(renderer, functions.whole, KINDS),
    )
    place = project.config.place(("stacks", "name_template")) or NOWHERE
    return Repository(
        layout,
        manifests,
        lowest=_lowest(project),
        name_by_template=lambda template, values: renderer.name(template, place, plain(values)),
    )


def _lowest(project: Project) -> Map:
    """Collect what the configuration gives to every component."""
    lowest = Map()
    where = ("components", "terraform", "command")
    command = project.config.resolve(where)
    if command is not None:
        place = project.config.place(where) or NOWHERE
        lowest.put("command", command, place, place)
    env = project.config.resolve(("env",))
    if isinstance(env, Map):
        place = project.config.place(("env",)) or NOWHERE
        lowest.put("env", env, place, place)
    return lowest
