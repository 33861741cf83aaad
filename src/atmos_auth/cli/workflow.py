"""`atmos workflow`."""

import argparse
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from atmos_auth.cli.flags import PICK, add_identity_flag
from atmos_auth.cli.running_as import add_flags, running_as
from atmos_auth.cli.shell_completion.following import WORKFLOW_FILES, WORKFLOW_STEPS, WORKFLOWS
from atmos_auth.cli.stack_words import add_workflows_flag
from atmos_auth.cli.step_commands import handed_on, started
from atmos_auth.cli.step_screens import WorkflowScreen, show_plan
from atmos_auth.cli.switches import by_variable
from atmos_auth.cli.workflow_names import described, warn, workflows_of
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UnknownWorkflow, UsageError
from atmos_auth.host.paths import home_directory
from atmos_auth.programs.workflows.planning import Planner
from atmos_auth.programs.workflows.steps import Step, Wish
from atmos_auth.programs.workflows.written import HOW_TO_WRITE, Workflows, Written
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project

USAGE = "atmos workflow [NAME] [flags]"
DESCRIPTION = """\
Run the steps of a workflow one after the other, each as the identity that it
names. The first step that fails ends the run with its exit code; you are told
how to go on from there.

Workflows stand below `workflows:` in atmos.yaml, or in files of the folder
that `workflows.base_path` names.

examples:
  atmos workflow deploy
  atmos workflow deploy --dry-run            what would be run
  atmos workflow deploy --from-step apply    go on from there
  atmos workflow deploy --identity=false     with the job's own credentials"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = WORKFLOWS
COMPLETIONS = {"--file": WORKFLOW_FILES, "--from-step": WORKFLOW_STEPS}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("-f", "--file", metavar="FILE", help="the workflow file, its folder and .yaml left out")
    parser.add_argument("-s", "--stack", metavar="STACK", help="stack that steps of atmos are run for")
    parser.add_argument("--from-step", metavar="STEP", help="leave out the steps before this one")
    parser.add_argument("--dry-run", action="store_true", help="print what would be run, and run nothing")
    add_workflows_flag(parser)
    add_identity_flag(parser)
    add_flags(parser, "step")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Run a workflow, or say what would be run."""
    written, is_one_of_several = _chosen(arguments, project)
    is_dry = arguments.dry_run or by_variable(project, env_names.ATMOS_WORKFLOW_DRY_RUN)
    identity = _identity(arguments, project)
    plan = _planner(project, is_dry=is_dry).plan(written, _wish(arguments, project, identity))
    if is_dry:
        show_plan(plan, project)
        return 0
    from atmos_auth.programs.workflows.running import Tools
    from atmos_auth.programs.workflows.running import run as run_plan

    screen = WorkflowScreen(plan, project)
    run_plan(
        plan,
        Tools(
            base=project.script_base,
            become=lambda name, base: running_as(name, arguments, project, base).environment,
            own_command=partial(started, project, handed_on(arguments)),
            resume=partial(_resuming, arguments, identity, written, is_one_of_several),
            audience=screen,
            prompter=project.prompter,
            clock=project.clock,
        ),
    )
    screen.ends()
    return 0


def _chosen(arguments: argparse.Namespace, project: Project) -> tuple[Written, bool]:
    """Return the workflow that is meant, and whether its name alone would not tell which."""
    file = arguments.file or project.environ.get(env_names.ATMOS_WORKFLOW_FILE) or None
    workflows = workflows_of(project, partial(warn, project))
    if not arguments.positional:
        return _picked(workflows, file, project)
    name = arguments.positional[0]
    found = workflows.find(name, file)
    if len(found) == 1:
        return found[0], file is not None
    words = [one.source.word for one in found]
    if project.prompter.can_ask and len(set(words)) == len(words):
        chosen = project.prompter.choose(f'"{name}" is in several files. Which one is meant?', words)
        return found[words.index(chosen)], True
    raise UnknownWorkflow(
        f'workflow "{name}" is in several files',
        details=[f"files: {', '.join(sorted(words))}"],
        hints=[f"name one: --file {shlex.quote(word)}" for word in sorted(words)[:1]],
    )


def _picked(workflows: Workflows, file: str | None, project: Project) -> tuple[Written, bool]:
    known = workflows.everywhere() if file is None else workflows.in_file(file)
    if not known:
        raise UnknownWorkflow("there are no workflows", details=workflows.remarks(), hints=[HOW_TO_WRITE])
    lines = described(known)
    if not project.prompter.can_ask:
        raise UsageError(
            "no workflow is named", details=["workflows:", *(f"  {line}" for line in lines)], hints=[USAGE]
        )
    picked = known[lines.index(project.prompter.choose("Which workflow?", lines))]
    namesakes = [one for one in known if one.name.lower() == picked.name.lower()]
    return picked, file is not None or len(namesakes) > 1


def _identity(arguments: argparse.Namespace, project: Project) -> str | None:
    said: str | None = getattr(arguments, "identity", None)
    if said in (PICK, ""):
        return project.operations.select(Asked(pick=True))
    return said


def _wish(arguments: argparse.Namespace, project: Project, identity: str | None) -> Wish:
    environ = project.environ
    if arguments.from_step == "":
        # A script whose variable is not set means anything but all steps.
        raise UsageError("--from-step names no step", hints=["name a step, or leave it out to begin at the first"])
    return Wish(
        stack=arguments.stack or environ.get(env_names.ATMOS_STACK) or None,
        identity=identity,
        from_step=arguments.from_step or environ.get(env_names.ATMOS_WORKFLOW_FROM_STEP) or None,
    )


def _planner(project: Project, *, is_dry: bool) -> Planner:
    from atmos_auth.programs.workflows.previewing import preview

    functions = project.config.resolver.functions

    def identity_named(name: str) -> str:
        known = {written.lower(): written for written in project.catalog.identities()}
        return known.get(name.lower()) or project.catalog.identity(name)[0]

    opened: Callable[[Any], Any] = (lambda tree: preview(tree, functions)) if is_dry else functions.whole
    return Planner(
        opened=opened,
        identity_named=identity_named,
        base_path=project.config.base_path,
        home=home_directory(project.environ),
        warn=partial(warn, project),
        environ=project.child_base,
    )


def _resuming(
    arguments: argparse.Namespace, identity: str | None, written: Written, is_one_of_several: bool, step: Step
) -> str:
    """Return the command that goes on from a step, with all that was said on the command line."""
    said = vars(arguments)
    flags: Mapping[str, Sequence[Any]] = {
        "--chdir": [said.get("chdir")],
        "--config": said.get("config") or (),
        "--config-path": said.get("config_path") or (),
        "--base-path": [said.get("base_path")],
        "--profile": said.get("profile") or (),
        "--workflows-dir": [said.get("workflows_dir")],
        "--file": [written.source.word if written.source.path or is_one_of_several else None],
        "--from-step": [step.name],
        "--stack": [arguments.stack],
        "--identity": [identity],
    }
    words = ["atmos", "workflow", written.name]
    words += [word for flag, values in flags.items() for value in values if value for word in _said(flag, value)]
    return shlex.join([*words, *handed_on(arguments)])


def _said(flag: str, value: str) -> tuple[str, ...]:
    return (f"{flag}={value}",) if value.startswith("-") else (flag, value)
