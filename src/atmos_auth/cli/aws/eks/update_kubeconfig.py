"""`atmos aws eks update-kubeconfig`."""

import argparse

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.integration_words import run_integrations
from atmos_auth.wiring import Project

USAGE = "atmos aws eks update-kubeconfig [INTEGRATION] [flags]"
DESCRIPTION = """\
Write clusters into the kubeconfig, and make the last one the current context:
that of one integration, or those of all integrations that follow an identity.
Signs in first if that is needed.

examples:
  atmos aws eks update-kubeconfig          those of the default identity
  atmos aws eks update-kubeconfig dev-cluster
  atmos aws eks update-kubeconfig --identity prod-admin"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = "<integrations>"
KINDS = ("aws/eks",)
VERBS = {"aws/ecr": "atmos aws ecr login", "aws/ecr-public": "atmos aws ecr login"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("--no-browser", action="store_true", default=argparse.SUPPRESS, help="open no browser")
    parser.add_argument("--qr", action="store_true", default=argparse.SUPPRESS, help="show the address as a QR code")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Write them, and say on stderr where."""
    return run_integrations(arguments, project, KINDS, VERBS)
