"""`atmos terraform clean`."""

import argparse
import os
from collections.abc import Iterator

from atmos_auth.cli.output import GREEN, Paint
from atmos_auth.cli.shell_completion.following import COMPONENTS
from atmos_auth.cli.stack_words import add_override_flags, add_stack_flag, said_stack
from atmos_auth.domain.errors import UsageError
from atmos_auth.programs.terraform.cleaning import everything_below, left_beside, remove
from atmos_auth.programs.terraform.described_files import names_of
from atmos_auth.programs.terraform.files import BACKEND
from atmos_auth.programs.terraform.plugin_cache import folder_of, kept
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.component_paths import is_path
from atmos_auth.stacks.evaluation import GENERATE, Wish
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project

USAGE = "atmos terraform clean [COMPONENT] [-s STACK] [flags]"
DESCRIPTION = """\
Delete what Terraform and Atmos have left beside components' code and can make
again: downloaded providers, lock files, variables, stored plans. Says what will
go, and asks. Nobody signs in.

examples:
  atmos terraform clean                  for all components
  atmos terraform clean -s plat-dev      for those of one stack
  atmos terraform clean vpc -s plat-dev
  atmos terraform clean vpc -s plat-dev --everything   local state as well
  atmos terraform clean --cache          providers that all components share"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = COMPONENTS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser, about="only for this stack")
    add_override_flags(parser)
    parser.add_argument("-f", "--force", action="store_true", help="ask nobody")
    parser.add_argument("--everything", action="store_true", help="delete local state of the component as well")
    parser.add_argument("--skip-lock-file", action="store_true", help="keep .terraform.lock.hcl")
    parser.add_argument("--cache", action="store_true", help="delete the cache of providers, and nothing else")
    parser.add_argument("--dry-run", action="store_true", help="print what would go, and delete nothing")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Say what would go, and let it go if a person or --force agrees."""
    paths = list(dict.fromkeys(_paths(arguments, project)))
    shown = [os.path.relpath(path, project.config.base_path) for path in paths]
    stderr = project.streams.stderr
    if not paths:
        stderr.write("Nothing to delete\n")
    elif arguments.dry_run:
        project.streams.stdout.writelines(f"{path}\n" for path in shown)
    elif not arguments.force and not _agreed(project, shown):
        stderr.write("Nothing was deleted; with --force nobody is asked\n")
    else:
        paint = Paint(stderr, project.environ, plain=project.plain)
        for path, name in zip(paths, shown, strict=True):
            remove(path)
            stderr.write(f"{paint('✓', GREEN)} Deleted {name}\n")
    return 0


def _paths(arguments: argparse.Namespace, project: Project) -> Iterator[str]:
    if arguments.cache:
        if arguments.positional or arguments.everything:
            raise UsageError(
                "--cache deletes what all components share, and takes none of them", hints=["leave it out"]
            )
        yield from kept(folder_of(project))
        return
    stacks = Stacks(project, wish=Wish(templates=False, functions=False))
    stack = said_stack(arguments, project)
    if not arguments.positional and arguments.everything:
        raise UsageError("--everything deletes state, and takes a component", hints=["name one, with its stack"])
    if not arguments.positional and stack is None:
        yield from sorted(everything_below(stacks.layout.terraform, keeps_lock=arguments.skip_lock_file))
        return
    for name, one in _instances(arguments.positional, stack, stacks):
        component = stacks.repository.component(name, one)
        yield from left_beside(
            component,
            stacks.folder(component),
            workspace=stacks.workspace(component),
            generated=_generated(component, project),
            keeps_lock=arguments.skip_lock_file,
            with_state=arguments.everything,
        )


def _generated(component: Component, project: Project) -> list[str]:
    """Name what is written before every command, if the configuration says so."""
    above = ("components", "terraform")
    backend = [BACKEND] if project.config.resolve((*above, "auto_generate_backend_file")) is True else []
    is_described = project.config.resolve((*above, "auto_generate_files")) is True
    return [*backend, *(names_of(component.sections[GENERATE]) if is_described else ())]


def _instances(words: list[str], stack: str | None, stacks: Stacks) -> list[tuple[str, str]]:
    """Return the components that are meant with their stacks: a name's or a path's, and in one stack or in all."""
    repository = stacks.repository
    if stack is not None:
        names = [stacks.named(word, stack) for word in words] or repository.usable(stack)
        return [(name, stack) for name in names]
    (word,) = words
    if is_path(word):
        return [(name, one) for one in repository.stacks() for name in stacks.paths.at(word, one)]
    return [(word, one) for one in repository.stacks() if word in repository.components(one)]


def _agreed(project: Project, shown: list[str]) -> bool:
    if not project.prompter.can_ask:
        return False
    for path in shown:
        project.prompter.say(f"  {path}")
    return project.prompter.confirm("Delete this?")
