"""Commands that the project's configuration defines, run as if they were built in."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from atmos_auth.cli.custom_choices import chosen
from atmos_auth.cli.custom_flags import destination, parser_of
from atmos_auth.cli.flags import Parser
from atmos_auth.cli.identity_words import flag_only
from atmos_auth.cli.parsing import is_ours
from atmos_auth.cli.running_as import running_over
from atmos_auth.cli.step_commands import handed_on, started
from atmos_auth.cli.step_screens import CommandScreen, QuietScreen
from atmos_auth.cli.workflow_names import warn
from atmos_auth.config.nesting import deeper
from atmos_auth.domain.errors import UsageError
from atmos_auth.host.paths import home_directory
from atmos_auth.host.process import run as run_program
from atmos_auth.programs.aliases import aliases
from atmos_auth.programs.custom_commands.found import CustomCommand, below, custom_commands, find, with_default
from atmos_auth.programs.custom_commands.given import given
from atmos_auth.programs.custom_commands.planning import Surroundings, plan_of
from atmos_auth.programs.workflows.planning import Planner
from atmos_auth.programs.workflows.running import Tools
from atmos_auth.programs.workflows.running import run as run_plan
from atmos_auth.wiring import Project

# From here on two words are taken for one that was mistyped.
_ALIKE = 0.6


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Run the command that the words name; raises the `UsageError` that they are, if they name none."""
    commands = custom_commands(project.config)
    found = find(commands, arguments.words)
    if found is None and (alias := aliases(project.config).get(arguments.words[0])):
        if alias.wrong is not None:
            raise alias.wrong
        behind = [] if arguments.rest is None else ["--", *arguments.rest]
        return _run_alias([*alias.words, *arguments.words[1:], *behind], arguments.words[0], project)
    if found is None or is_ours(found[0].words):
        raise _unknown(arguments.unknown, commands, arguments.words, found[0].words if found else (), project)
    command, words = with_default(*found)
    if command.wrong is not None:
        raise command.wrong
    parser = parser_of(command)
    if not command.settings.steps:
        return _show_below(command, words, parser, project)
    said, rest = parser.parse_known_args(words)
    if any(word.startswith("-") and word != "-" for word in rest):
        flag = next(word for word in rest if word.startswith("-"))
        raise UsageError(f"unknown flag {flag}", hints=[f"atmos {' '.join(command.words)} --help"])
    if getattr(said, "verbose", False):
        project.speak_up()
    flags = {flag.name: vars(said).get(destination(flag)) for flag in command.flags}
    rest, flags = chosen(command, rest, flags, project)
    values = given(command, rest, flags, arguments.rest or ())
    surplus = rest[len(command.settings.arguments) :]
    if surplus:
        project.prompter.warn(f"`atmos {' '.join(command.words)}` takes no {' '.join(surplus)}: it is passed over")
    _run(command, values.data(), said, project)
    return 0


def _run_alias(words: Sequence[str], alias: str, project: Project) -> int:
    environ = {**project.child_base, **deeper(project.child_base, what=f'the alias "{alias}"')}
    return run_program(project.own_command.nested(words), environ)


def _run(command: CustomCommand, data: Mapping[str, Any], said: argparse.Namespace, project: Project) -> None:
    functions = project.config.resolver.functions
    command = command._replace(tree=functions.whole(command.tree))
    asked = flag_only(said)
    plan, base = plan_of(
        command,
        data,
        project.script_base,
        Surroundings(partial(_functions, project), project.directory, partial(_described, said, project)),
        planner=_planner(project),
        identity=project.operations.select(asked) or "false" if asked.pick or asked.name else None,
    )
    become = running_over(said)
    tools = Tools(
        base=base,
        become=lambda name, environ: become(project, name, environ).environment,
        own_command=partial(started, project, handed_on(said)),
        resume=None,
        audience=CommandScreen(project) if command.settings.verbose else QuietScreen(project),
        prompter=project.prompter,
        clock=project.clock,
    )
    run_plan(plan, tools)


def _show_below(command: CustomCommand, words: Sequence[str], parser: Parser, project: Project) -> int:
    name = " ".join(command.words)
    if "--help" in words or "-h" in words:
        parser.print_help(project.streams.stdout)
        return 0
    if words:
        names = [one.settings.name for one in command.shown_below]
        hints = [*_meant(words, names, name), f"atmos {name} --help"]
        raise UsageError(f'unknown command "atmos {name} {words[0]}"', hints=hints)
    known = [f"atmos {' '.join(one.words)}" for one in command.shown_below]
    if not known:
        raise UsageError(f'the command "atmos {name}" has no steps or subcommands', hints=["give it `steps:`"])
    raise UsageError(f'"atmos {name}" does nothing by itself', details=["Available command(s):", *known])


def _unknown(
    error: UsageError,
    commands: Sequence[CustomCommand],
    words: Sequence[str],
    above: tuple[str, ...],
    project: Project,
) -> UsageError:
    """Offer the project's own commands and aliases as well."""
    names = [command.settings.name for command in below(commands, above) if not is_ours(command.words)]
    names += [] if above else aliases(project.config)
    if names:
        known = ", ".join(" ".join((*above, name)) for name in names)
        error.details = (*error.details, f"commands of this project: {known}")
        error.hints = (*_meant(words[len(above) :], names, " ".join(above)), *error.hints)
    return error


def _meant(words: Sequence[str], names: Sequence[str], above: str) -> list[str]:
    """Name the command whose name, of one word or more, is nearly what was typed."""
    from difflib import SequenceMatcher

    def likeness(name: str) -> float:
        return SequenceMatcher(None, " ".join(words[: len(name.split())]), name).ratio()

    close = max(names, key=likeness, default=None)
    if close is None or likeness(close) < _ALIKE:
        return []
    return [f"did you mean `{' '.join(filter(None, ('atmos', above, close)))}`?"]


def _described(said: argparse.Namespace, project: Project, name: str, stack: str) -> Mapping[str, Any]:
    from atmos_auth.programs.terraform.run import Terraform
    from atmos_auth.stacks.evaluation import Wish

    terraform = Terraform(project, asked=flag_only(said), wish=Wish(), running_as=running_over(said))
    return terraform.stacks.data(terraform.component(name, stack))


def _functions(project: Project) -> tuple[Any, ...]:
    from atmos_auth.stacks.templates.functions.world import clock_functions, environment_functions

    now = partial(_now, project)
    return (*clock_functions(now), *environment_functions(project.environ))


def _now(project: Project) -> datetime:
    return datetime.fromtimestamp(project.clock.now()).astimezone()


def _planner(project: Project) -> Planner:
    return Planner(
        opened=project.config.resolver.functions.whole,
        identity_named=lambda name: project.catalog.identity(name)[0],
        base_path=project.config.base_path,
        home=home_directory(project.environ),
        warn=partial(warn, project),
        environ=project.child_base,
        what="custom command",
    )
