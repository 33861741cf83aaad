"""Terraform over the stacks of a project: one command for one component, and values of others on the way."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import ConfigError, NoDefaultIdentity, NoIdentities, SeveralDefaults
from atmos_auth.host.process import captured
from atmos_auth.host.process import run as run_process
from atmos_auth.programs.running_as import RunningAs
from atmos_auth.programs.terraform import files
from atmos_auth.programs.terraform.caller_functions import CallerFunctions
from atmos_auth.programs.terraform.choices import Choices
from atmos_auth.programs.terraform.execution import Execution, Steps, as_shell_lines, checked_program, require_program
from atmos_auth.programs.terraform.files import Generated
from atmos_auth.programs.terraform.functions import TerraformFunctions
from atmos_auth.programs.terraform.invocations import command_words, init_words
from atmos_auth.programs.terraform.noted_backend import stays_local
from atmos_auth.programs.terraform.outputs import Output, outputs_in
from atmos_auth.programs.terraform.plugin_cache import PluginCache
from atmos_auth.programs.terraform.preconditions import (
    WITHOUT_WORKSPACES,
    require_approval,
    require_plan,
    require_usable,
)
from atmos_auth.programs.terraform.readers import Reader, Readers
from atmos_auth.programs.terraform.request import Request
from atmos_auth.programs.terraform.several import Selection, in_order, selected
from atmos_auth.programs.terraform.surroundings import (
    region_for_import,
    shell_variables,
    surprising,
    surroundings,
    without_surprises,
)
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.evaluation import Wish
from atmos_auth.stacks.opening import Functions, Stacks
from atmos_auth.stacks.query import queried
from atmos_auth.usecases.select_identity import Asked, disables
from atmos_auth.wiring import Project

PROGRAM = "terraform"
# What leaves a stored plan where it is.
_KEEPING_PLAN = frozenset({"plan", "show"})

# From a project and an identity's name, and the variables that a program has anyway, to what it runs with as it.
RunAs = Callable[[Project, str, Mapping[str, str]], RunningAs]


class Ready(NamedTuple):
    """A component's folder in which Terraform could be run by hand: which program, and with which environment."""

    program: str
    folder: str
    environ: dict[str, str]


# What is done once everything is ready; it returns a status.
Then = Callable[[Ready], int]


class Terraform:
    """Terraform for one command line.

    `asked` is what it says about identities, `wish` what is to be worked out. Methods may ask a person to sign in, use
    the network and run Terraform; they raise `ConfigError` and its kin, and whatever a sign-in raises.
    """

    def __init__(self, project: Project, *, asked: Asked, wish: Wish, running_as: RunAs) -> None:
        self._project = project
        self._asked = asked
        self._running_as = running_as
        # The component that the command is about, and as whom; chosen once, when it is first needed.
        self._about: Component | None = None
        self._chosen: dict[Project, str | None] = {}
        self._plugins = PluginCache(project.prompter.warn)
        self.stacks = Stacks(project, wish=wish, functions=self._functions, outputs=self._outputs_for_templates)

    def component(self, name: str, stack: str) -> Component:
        """Return a component with everything worked out, for whoever only wants to look."""
        written = self.stacks.repository.component(self.stacks.named(name, stack), stack)
        if self._asked.name and not self._is_off():
            self._identity_of(written)  # who is named must be somebody, whether anything needs them or not
        return self.worked_out(written)

    def worked_out(self, written: Component) -> Component:
        """Return a component of the repository with everything worked out, likewise."""
        self._about = written
        return self.stacks.worked_out(written)

    def run(self, request: Request, then: Then | None = None) -> int:
        """Run a command and return Terraform's exit status; nothing is written before somebody has signed in.

        With `then`, everything is made ready for commands, and that is called instead of one; its status is returned.
        """
        request = request._replace(component=self.stacks.named(request.component, request.stack))
        written = self._about = self.stacks.repository.component(request.component, request.stack)
        if not written.is_enabled:
            self._project.prompter.say(f'Component "{written.name}" of {written.stack} is not enabled and skipped')
            return 0
        folder = self.stacks.folder(written)
        require_usable(written, request.name, folder)
        project = self.stacks.project_of(written)
        choices = Choices(project.config, request)
        if not request.is_dry:
            self._require_program(written, project)
            variables = (*project.child_base, *written.sections["env"])
            require_plan(request, written, folder)
            require_approval(request, variables, approves=choices.approves)
        identity = self._identity_of(written)
        if identity is not None and not request.is_dry:
            # Before templates and functions: they may need what only a signed-in person may read.
            project.operations.credentials(identity)
        component = self.stacks.worked_out(written)
        workspace = self.stacks.workspace(component)
        made = choices.generated(component, workspace)
        program, steps = self._program(component), self._steps(request, component, choices, made, workspace)
        if then is not None:
            steps = steps._replace(command=())
        if request.is_dry:
            lines = as_shell_lines(program, folder, steps)
            self._project.streams.stdout.writelines(f"{line}\n" for line in lines)
            return 0
        environ = self._surroundings(project, component, request)
        self._warn(component, environ)
        if "TF_WORKSPACE" in environ:
            steps = steps._replace(workspace="")
        running = self._running_as(project, identity, environ) if identity is not None else None
        environ = running.environment if running is not None else environ
        environ |= region_for_import(request, component, environ)
        files.write(folder, _wanted(request, made))
        stores_plan = request.name == "plan" and made.planfile in steps.command
        with files.private(folder, made.planfile) if stores_plan else nullcontext():
            status = Execution(program, folder, environ, self._project.streams.stderr)(steps)
        self._values.forget(component)
        if status == 0 and then is not None:
            environ |= shell_variables(component, folder, workspace, made.varfile)
            return then(Ready(program, folder, environ))
        if status == 0:
            _clean_up(request, folder, made)
        elif identity is not None and running is not None and running.has_outlived_it(project.clock.now()):
            self._point_out_end(request, identity)
        return status

    def outputs(self, request: Request) -> tuple[int, dict[str, Output] | None]:
        """Run `output` and return its status, and what the component has put out: None if that is not to be had."""
        request = request._replace(given=("-json", *request.given))
        if request.is_dry:
            return self.run(request), None
        found: list[dict[str, Output]] = []

        def read(ready: Ready) -> int:
            result = captured([ready.program, *request.subcommand, *request.given], ready.environ, ready.folder)
            self._project.streams.stderr.write(result.errors)
            if result.status == 0:
                found.append(outputs_in(result.output))
            return result.status

        return self.run(request, read), found[0] if found else None

    def alone(self, words: Sequence[str]) -> int:
        """Run the configured program for no component, where we are; no stack is read, and nobody signs in."""
        program = checked_program(str(self._configured_program() or PROGRAM))
        return run_process([program, *words], self._project.child_base)

    def run_several(self, request: Request, selection: Selection) -> int:
        """Run a command for every component that is meant, in the order of their dependencies; stop at a failure.

        Returns the status of the last run. The request's own component and stack do not count.
        """
        components = in_order(selected(self.stacks.repository, selection), backwards=request.name == "destroy")
        say = self._project.prompter.say
        for name in selection.names:
            if not any(component.name == name for component in components):
                self._project.prompter.warn(f'no component that is meant is called "{name}"')
        if not components:
            say("No components matched")
        for number, component in enumerate(components, start=1):
            words = f"{request.name} `{component.name}` in `{component.stack}`"
            if request.is_dry:
                say(f"Would {words} (dry run)")
                continue
            say(f"({number}/{len(components)}) {words}")
            status = self.run(request._replace(component=component.name, stack=component.stack))
            if status != 0:
                left = len(components) - number
                say(f"{words} has failed with exit code {status}; {left} more were not begun")
                return status
        return 0

    def matching(self, expression: str) -> Callable[[Component], bool]:
        """Return what tells whether a query over all that is known of a component, as nobody, says yes."""
        stacks = self.stacks.without_sign_in()

        def matches(component: Component) -> bool:
            worked_out = stacks.component(component.name, component.stack)
            return queried(stacks.data(worked_out), expression) is True

        return matches

    def _point_out_end(self, request: Request, identity: str) -> None:
        """Say how the next run can outlive the credentials that it begins with."""
        command = f"atmos terraform {' '.join(request.subcommand)} {request.component} -s {request.stack} --refresh"
        self._project.prompter.say(
            f'💡 the credentials of "{identity}" have run out meanwhile; have them renewed the next time: {command}'
        )

    def _surroundings(self, project: Project, component: Component, request: Request) -> dict[str, str]:
        environ = surroundings(project, component, user_agent=request.user_agent)
        return environ | self._plugins.variables(project, environ)

    def _warn(self, component: Component, environ: Mapping[str, str]) -> None:
        """Say what Terraform will do otherwise than the stack says."""
        warn = self._project.prompter.warn
        for name in surprising(environ):
            warn(f"{name} is set, and changes what Terraform does")
        if self._project.config.peek(("toolchain",)) is not None:
            warn(f"toolchain in atmos.yaml is not supported: {self._program(component)} is the one on PATH")
        if component.sections["hooks"]:
            warn(f'hooks of component "{component.name}" are not run: they are not supported')

    def _functions(self, stacks: Stacks) -> Functions:
        readers = Readers(stacks, about=lambda: self._about, run=self._run_as, is_off=self._is_off)
        note = self._project.log.info
        self._values = TerraformFunctions(stacks, readers=readers, run_output=self._output, note=note)
        return self._values.table() | CallerFunctions(readers).table()

    def _outputs_for_templates(self, component: Component) -> Mapping[str, Any] | None:
        return self._values.outputs_of(component)

    def _run_as(self) -> Reader:
        if self._about is None:
            return Reader(self._project, None)
        return Reader(self.stacks.project_of(self._about), self._identity_of(self._about))

    def _is_off(self) -> bool:
        return not self._asked.pick and disables(self._named() or "")

    def _named(self) -> str | None:
        return self._asked.name or self._project.environ.get(env_names.ATMOS_IDENTITY)

    def _identity_of(self, component: Component) -> str | None:
        """Tell as whom Terraform runs for the component, None for as whoever the environment makes it; may ask."""
        # Whoever has chosen once has chosen for all components whose stacks say the same.
        project = self.stacks.project_of(component)
        if project not in self._chosen:
            self._chosen[project] = self._choose(project)
        return self._chosen[project]

    def _choose(self, project: Project) -> str | None:
        catalog = project.catalog
        if catalog.identities() or catalog.providers():
            try:
                return project.operations.select(self._asked)
            except (NoDefaultIdentity, SeveralDefaults) as undecided:
                undecided.hints = (*undecided.hints, "or run it as whoever the environment makes it: --identity=false")
                raise
        if (self._asked.pick or self._named()) and not self._is_off():
            raise NoIdentities(
                "no identities are configured, and one is asked for",
                hints=["define it under auth.identities in atmos.yaml", "or run it with --identity=false"],
            )
        return None

    def _output(self, component: Component, reader: Reader) -> dict[str, Any]:
        """Run `terraform output` for a component that another one needs values of."""
        request = Request(("output",), component.name, component.stack)
        project, folder = self.stacks.project_of(component), self.stacks.folder(component)
        require_usable(component, request.name, folder)
        choices, workspace = Choices(project.config, request), self.stacks.workspace(component)
        made = choices.generated(component, workspace)
        environ = without_surprises(self._surroundings(project, component, request))
        if reader.identity is not None:
            environ = self._running_as(reader.project, reader.identity, environ).environment
        files.write(folder, {name: content for name, content in made.contents.items() if name != made.varfile})
        steps = self._steps(request, component, choices, made, workspace)._replace(command=["output", "-json"])
        execution = Execution(self._program(component), folder, environ, self._project.streams.stderr)
        result = execution.quietly(steps)
        if result.status != 0:
            raise ConfigError(
                f'Terraform cannot say what component "{component.name}" of stack "{component.stack}" has put out',
                place=component.place,
                details=result.errors.splitlines()[-20:],
                hints=[f"atmos terraform output {component.name} -s {component.stack}"],
            )
        return {name: output.value for name, output in outputs_in(result.output).items()}

    def _steps(
        self, request: Request, component: Component, choices: Choices, made: Generated, workspace: str
    ) -> Steps:
        planfile, environ = request.planfile, self.stacks.project_of(component).child_base
        init = init_words(
            made,
            reconfigure=choices.reconfigures and not stays_local(component, self.stacks.folder(component), environ),
            pass_variables=choices.passes_variables,
            given=request.given if request.name == "init" else (),
        )
        command = command_words(
            request.subcommand,
            made,
            workspace=workspace,
            planfile=made.planfile if planfile == "" else planfile,
            keep_plan=choices.keeps_plan,
            approve=choices.approves,
            given=request.given,
        )
        has_workspaces = self.stacks.layout.workspaces and component.sections.get("backend_type") != WITHOUT_WORKSPACES
        is_done = request.name == "init" or request.subcommand == ("workspace",)
        return Steps(
            init if choices.runs_init else (),
            workspace if choices.wants_workspace and has_workspaces else "",
            () if is_done else command,
        )

    def _require_program(self, written: Component, project: Project) -> None:
        """Look for Terraform where the component will find it, if that is known before anything is worked out."""
        path = written.sections["env"].get("PATH", project.child_base.get("PATH"))
        is_known = path is None or (isinstance(path, str) and self.stacks.layout.templates.delimiters[0] not in path)
        if is_known:
            require_program(self._program(written), path)

    def _program(self, component: Component) -> str:
        return checked_program(str(component.sections.get("command") or self._configured_program() or PROGRAM))

    def _configured_program(self) -> object:
        return self._project.config.resolve(("components", "terraform", "command"))


def _wanted(request: Request, made: Generated) -> dict[str, Any]:
    """Leave out what the command has no use for."""
    contents = dict(made.contents)
    if request.name == "workspace" or request.planfile is not None:
        contents.pop(made.varfile)
    return contents


def _clean_up(request: Request, folder: str, made: Generated) -> None:
    """Leave nothing behind that the next command would take for its own."""
    if request.name not in _KEEPING_PLAN and not request.planfile:
        files.remove(folder, made.planfile)
    if request.name in ("apply", "deploy"):
        files.remove(folder, made.varfile)
