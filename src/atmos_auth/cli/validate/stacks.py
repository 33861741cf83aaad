"""`atmos validate stacks`."""

import argparse

from atmos_auth.cli.output import GREEN, Paint, show_error, show_warning
from atmos_auth.cli.stack_words import accept_identity_flag, add_override_flags
from atmos_auth.config.misspelt import misspelt_sections
from atmos_auth.stacks.opening import Stacks
from atmos_auth.stacks.problems import problems_of
from atmos_auth.stacks.unread_settings import unread_settings
from atmos_auth.wiring import Project

USAGE = "atmos validate stacks"
DESCRIPTION = """\
Check every stack manifest: its YAML, its imports, keys that nothing reads, what
its components inherit, and that no component is defined in two ways. Warns of
settings in atmos.yaml that nothing here reads. Uses no network."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_override_flags(parser)
    accept_identity_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print what is wrong on stderr, each once, with its place."""
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    problems = problems_of(Stacks(project).repository)
    for setting in (*misspelt_sections(project.config.tree), *unread_settings(project.config)):
        show_warning(setting, stderr, paint)
    for problem in problems:
        show_error(problem, stderr, paint)
    if not problems:
        stderr.write(f"{paint('✓', GREEN)} All stacks validated successfully\n")
    return 1 if problems else 0
