"""`atmos describe config`."""

import argparse

from atmos_auth.cli import data_output
from atmos_auth.cli.stack_words import accept_identity_flag
from atmos_auth.stacks.plain import plain
from atmos_auth.usecases.listing.redaction import redacted
from atmos_auth.wiring import Project

USAGE = "atmos describe config [flags]"
DESCRIPTION = """\
Show the configuration, when all files that it comes from are merged. YAML
functions stand as they are written, and secrets are masked.

examples:
  atmos describe config
  atmos describe config -q .auth.identities -f yaml"""
COMPLETIONS = data_output.COMPLETIONS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    data_output.add_flags(parser, default="json")
    accept_identity_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the configuration."""
    data_output.show(redacted(plain(project.config.tree)), arguments, project)
    return 0
