"""`atmos aws eks token`."""

import argparse

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.delivery.exec_credential import as_json, wanted_version
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AuthenticationDisabled, UsageError
from atmos_auth.wiring import Project

USAGE = "atmos aws eks token --cluster-name NAME --region REGION [flags]"
DESCRIPTION = """\
Print a token for an EKS cluster as JSON, as the exec plugin of a kubeconfig
must. Nobody is asked and no browser is opened; a session is renewed silently
if it can be. `update-kubeconfig` writes this command into the kubeconfig.

examples:
  atmos aws eks token --cluster-name main --region us-east-1 --identity dev"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("--cluster-name", metavar="NAME", help="the cluster that the token is for")
    parser.add_argument("--region", metavar="REGION", help="the region the cluster is in")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the token on stdout."""
    missing = [f"--{name.replace('_', '-')}" for name in ("cluster_name", "region") if not getattr(arguments, name)]
    if missing:
        raise UsageError(f"{missing[0]} is missing", hints=[f"{USAGE.partition(' [')[0]}"])
    identity = project.operations.select_unasked(asked(arguments))
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    token = project.operations.eks_token(identity, cluster=arguments.cluster_name, region=arguments.region)
    version = wanted_version(project.environ.get(env_names.KUBERNETES_EXEC_INFO, ""))
    project.streams.stdout.write(as_json(token.token, token.expires_at, version))
    return 0
