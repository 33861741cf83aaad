"""Terraform for one component, from the words of a person to Terraform's exit status."""

import os
import shlex
from collections.abc import Callable, Mapping
from typing import NamedTuple

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import CommandNotFound, NoIdentities
from atmos_auth.host.process import captured, run
from atmos_auth.programs.terraform import files
from atmos_auth.programs.terraform.files import Generated, generated
from atmos_auth.programs.terraform.invocations import command_words, init_words
from atmos_auth.programs.terraform.preconditions import require_usable
from atmos_auth.programs.terraform.surroundings import surprising, surroundings
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.opening import Stacks
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project

# What never needs a workspace, and what chooses one itself.
_WITHOUT_WORKSPACE = frozenset({"init", "providers", "version"})
# What leaves the file of variables and a stored plan where they are.
_KEEPING_PLAN = frozenset({"plan", "show"})
_NEEDING_NO_VARIABLES = frozenset({"workspace"})


class Request(NamedTuple):
    """What a person wants of Terraform; None means: as the configuration says.

    `subcommand` is one word, or two as in `state list`; `given` are the words that only Terraform understands;
    `planfile` is a stored plan, empty for that of the component's own name.
    """

    subcommand: tuple[str, ...]
    component: str
    stack: str
    identity: Asked = Asked()
    given: tuple[str, ...] = ()
    is_dry: bool = False
    runs_init: bool | None = None
    reconfigures: bool | None = None
    passes_variables: bool | None = None
    generates_backend: bool | None = None
    keeps_plan: bool | None = None
    planfile: str | None = None
    user_agent: str | None = None


# From a project and an identity's name, and the variables that a program has anyway, to all that it finds as it.
EnvironmentAs = Callable[[Project, str, Mapping[str, str]], dict[str, str]]


class Runner:
    """Runs requests one after the other over the same stacks."""

    def __init__(self, project: Project, stacks: Stacks, environment_as: EnvironmentAs) -> None:
        self._project = project
        self._stacks = stacks
        self._environment_as = environment_as

    def __call__(self, request: Request) -> int:
        """Return Terraform's exit status; may ask a person to sign in, before anything is written.

        Raises `ConfigError` and its kin for what is wrong with stacks or the component, and whatever a sign-in raises.
        """
        return _Running(self._project, self._stacks, self._environment_as, request).run()


class _Running:
    def __init__(self, project: Project, stacks: Stacks, environment_as: EnvironmentAs, request: Request) -> None:
        self._project = project
        self._stacks = stacks
        self._environment_as = environment_as
        self._request = request
        self._name = request.subcommand[0]

    def run(self) -> int:
        request = self._request
        written = self._stacks.repository.component(request.component, request.stack)
        if not written.is_enabled:
            self._project.prompter.say(f'Component "{written.name}" of {written.stack} is not enabled and skipped')
            return 0
        folder = self._stacks.folder(written)
        require_usable(written, self._name, folder)
        project = self._stacks.project_of(written)
        identity = self._identity(project)
        if identity is not None and not request.is_dry:
            # Before templates and functions: they may need what only a signed-in person may read.
            project.operations.credentials(identity)
        component = self._stacks.component(request.component, request.stack)
        workspace = self._stacks.workspace(component)
        made = generated(component, workspace=workspace, with_backend=self._flag("generates_backend"))
        environ = surroundings(project, component, user_agent=request.user_agent)
        for name in surprising(environ):
            self._project.prompter.warn(f"{name} is set, and changes what Terraform does")
        if request.is_dry:
            return self._show(component, folder, made, workspace)
        if identity is not None:
            environ = self._environment_as(project, identity, environ)
        files.write(folder, self._wanted(made))
        status = self._in(folder, self._command(component), environ, made, workspace)
        if status == 0:
            self._clean_up(folder, made)
        return status

    def _identity(self, project: Project) -> str | None:
        """Tell as whom Terraform runs, None for as whoever the environment makes it."""
        asked = self._request.identity
        catalog = project.catalog
        if catalog.identities() or catalog.providers():
            return project.operations.select(asked)
        named = asked.name or project.environ.get(env_names.ATMOS_IDENTITY)
        if (asked.pick or named) and not _switches_off(named):
            raise NoIdentities(
                "no identities are configured, and one is asked for",
                hints=["define it under auth.identities in atmos.yaml", "or run it with --identity=false"],
            )
        return None

    def _in(self, folder: str, command: str, environ: dict[str, str], made: Generated, workspace: str) -> int:
        """Run what has to be run, in the component's folder; stop at the first that fails."""
        environ = {**environ, "PWD": folder}
        if self._inits():
            files.remove(os.path.join(folder, _data_folder(environ)), "environment")
            is_all = self._name == "init"
            status = run([command, *self._init_words(made)], environ, folder, onto_stderr=not is_all)
            if status != 0 or is_all:
                return status
        if self._selects_workspace(environ):
            status = self._select(command, workspace, folder, environ)
            if status != 0:
                return status
        if self._request.subcommand == ("workspace",):
            return 0
        return run([command, *self._command_words(made, workspace)], environ, folder)

    def _select(self, command: str, workspace: str, folder: str, environ: Mapping[str, str]) -> int:
        status, said = captured([command, "workspace", "select", "-or-create", workspace], environ, folder)
        if status == 1:
            # Terraform before 1.4 cannot create what it is to select.
            status, said = captured([command, "workspace", "new", workspace], environ, folder)
        if status != 0:
            self._project.streams.stderr.write(said)
        return status

    def _show(self, component: Component, folder: str, made: Generated, workspace: str) -> int:
        """Print what would be run, as a shell would be told."""
        command, lines = self._command(component), [f"cd {shlex.quote(folder)}"]
        if self._inits():
            lines.append(shlex.join([command, *self._init_words(made)]))
        if self._name != "init" and self._selects_workspace({}):
            lines.append(shlex.join([command, "workspace", "select", "-or-create", workspace]))
        if self._name != "init" and self._request.subcommand != ("workspace",):
            lines.append(shlex.join([command, *self._command_words(made, workspace)]))
        self._project.streams.stdout.writelines(f"{line}\n" for line in lines)
        return 0

    def _inits(self) -> bool:
        if self._name == "init":
            return True
        if self._request.runs_init is not None:
            return self._request.runs_init
        return self._setting("deploy_run_init") if self._name == "deploy" else self._name != "fmt"

    def _selects_workspace(self, environ: Mapping[str, str]) -> bool:
        chooses_itself = self._name == "workspace" and len(self._request.subcommand) > 1
        return (
            self._name not in _WITHOUT_WORKSPACE
            and not chooses_itself
            and self._stacks.layout.workspaces
            and "TF_WORKSPACE" not in environ
        )

    def _init_words(self, made: Generated) -> list[str]:
        return init_words(
            made,
            reconfigure=self._name == "workspace" or self._flag("reconfigures"),
            pass_variables=self._flag("passes_variables"),
            given=self._request.given if self._name == "init" else (),
        )

    def _command_words(self, made: Generated, workspace: str) -> list[str]:
        planfile = self._request.planfile
        return command_words(
            self._request.subcommand,
            made,
            workspace=workspace,
            planfile=made.planfile if planfile == "" else planfile,
            keep_plan=self._flag("keeps_plan"),
            approve=self._setting("apply_auto_approve"),
            given=self._request.given,
        )

    def _wanted(self, made: Generated) -> dict[str, object]:
        """Leave out what this command has no use for."""
        contents = dict(made.contents)
        if self._name in _NEEDING_NO_VARIABLES or self._request.planfile is not None:
            contents.pop(made.varfile)
        return contents

    def _clean_up(self, folder: str, made: Generated) -> None:
        """Leave nothing behind that the next command would take for its own."""
        if self._name not in _KEEPING_PLAN and not self._request.planfile:
            files.remove(folder, made.planfile)
        if self._name in ("apply", "deploy"):
            files.remove(folder, made.varfile)

    def _command(self, component: Component) -> str:
        command = component.sections.get("command") or self._project.config.resolve(
            ("components", "terraform", "command")
        )
        command = str(command or "terraform")
        if os.sep in command and not os.path.isabs(command):
            raise CommandNotFound(
                f"{command} is a relative path, and Terraform runs in another folder for every component",
                hints=["give a name on PATH, or an absolute path, as components.terraform.command"],
            )
        return command

    def _flag(self, name: str) -> bool:
        said: bool | None = getattr(self._request, name)
        return self._setting(_SETTING_OF[name]) if said is None else said

    def _setting(self, name: str) -> bool:
        path = ("components", "terraform", *name.split("."))
        value = self._project.config.resolve(path)
        if name == "plan.skip_planfile":
            return value is not True
        return value is True


_SETTING_OF = {
    "reconfigures": "init_run_reconfigure",
    "passes_variables": "init.pass_vars",
    "generates_backend": "auto_generate_backend_file",
    "keeps_plan": "plan.skip_planfile",
}


def _switches_off(word: str | None) -> bool:
    return word is not None and word.strip().lower() in env_names.DISABLING_WORDS


def _data_folder(environ: Mapping[str, str]) -> str:
    return environ.get("TF_DATA_DIR") or ".terraform"
