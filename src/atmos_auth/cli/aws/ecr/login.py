"""`atmos aws ecr login`."""

import argparse

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.integration_words import run_integrations
from atmos_auth.wiring import Project

USAGE = "atmos aws ecr login [INTEGRATION] [flags]"
DESCRIPTION = """\
Log Docker in to container registries: to that of one integration, or to those
of all integrations that follow an identity. Signs in first if that is needed.

examples:
  atmos aws ecr login                      those of the default identity
  atmos aws ecr login dev-images
  atmos aws ecr login --identity prod-admin"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = "<integrations>"
KINDS = ("aws/ecr", "aws/ecr-public")
VERBS = {"aws/eks": "atmos aws eks update-kubeconfig"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("--no-browser", action="store_true", default=argparse.SUPPRESS, help="open no browser")
    parser.add_argument("--qr", action="store_true", default=argparse.SUPPRESS, help="show the address as a QR code")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Log in, and say on stderr where and for how long."""
    return run_integrations(arguments, project, KINDS, VERBS)
