"""`atmos list components`."""

import argparse
from collections import Counter

from atmos_auth.cli.output import BOLD, Paint
from atmos_auth.cli.stack_words import accept_identity_flag, add_override_flags, add_stack_flag, said_stack
from atmos_auth.stacks.opening import Stacks
from atmos_auth.stacks.repository import TERRAFORM
from atmos_auth.wiring import Project

USAGE = "atmos list components [flags]"
DESCRIPTION = """\
List the components that can be used, each with its type and the number of
stacks that have it. In a pipe: fields between tabs, without a heading.

examples:
  atmos list components
  atmos list components -s plat-dev"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser, about="only those of this stack")
    add_override_flags(parser)
    accept_identity_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the components."""
    repository, only = Stacks(project).repository, said_stack(arguments, project)
    counts: Counter[str] = Counter()
    for stack in [only] if only else repository.stacks():
        counts.update(repository.usable(stack))
    stdout = project.streams.stdout
    rows = [(name, TERRAFORM, str(counts[name])) for name in sorted(counts)]
    if not stdout.isatty():
        stdout.writelines("\t".join(row) + "\n" for row in rows)
        return 0
    paint = Paint(stdout, project.environ, plain=project.plain)
    heading = ("Component", "Type", "Stacks")
    widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    for row in (heading, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        stdout.write(f"{paint(line, BOLD) if row is heading else line}\n")
    return 0
