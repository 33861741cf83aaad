"""`atmos auth keyring move`."""

import argparse

from atmos_auth.cli.output import GREEN, Paint
from atmos_auth.domain.errors import UsageError
from atmos_auth.wiring import Project

USAGE = "atmos auth keyring move --to TYPE [flags]"
DESCRIPTION = """\
Move all keys of this project from the configured keyring to another one: each
is copied, read back and compared; only then the old ones are removed.

examples:
  atmos auth keyring move --to file
  atmos auth keyring move --to system"""
TYPES = ("file", "system")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("--to", metavar="TYPE", help=f"{' or '.join(TYPES)}")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Move the keys, and say on stderr which."""
    if arguments.to not in TYPES:
        raise UsageError(f"--to takes {' or '.join(TYPES)}", hints=[f"atmos auth keyring move --to {TYPES[0]}"])
    from atmos_auth.stores.keyring.moving import move

    stderr = project.streams.stderr
    target = project.keyrings.open_as(arguments.to, project.prompter)
    if target.label == project.keys.label:
        other = next(kind for kind in TYPES if kind != arguments.to)
        raise UsageError(f"the keys are in the {target.label} already", hints=[f"atmos auth keyring move --to {other}"])
    moved = move(project.keys, target)
    paint = Paint(stderr, project.environ, plain=project.plain)
    stderr.writelines(f"  moved {name}\n" for name in moved)
    if not moved:
        stderr.write(f"No keys in the {project.keys.label}: nothing to move.\n")
        return 0
    stderr.write(f"{paint('✔', GREEN)} Moved {len(moved)} to the {target.label}\n")
    stderr.write(f"💡 set `auth.keyring.type: {arguments.to}` in atmos.yaml, so that it is looked for there\n")
    return 0
