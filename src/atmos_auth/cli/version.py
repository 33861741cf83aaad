"""`atmos version`."""

import argparse

from atmos_auth.wiring import Project

USAGE = "atmos version"
DESCRIPTION = "Print the version."


def configure(parser: argparse.ArgumentParser) -> None:
    """There is nothing to configure."""


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the version on stdout."""
    from atmos_auth import __version__

    project.streams.stdout.write(f"{__version__}\n")
    return 0
