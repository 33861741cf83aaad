"""`atmos auth credential-process`."""

import argparse

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.warming import Kept, keep
from atmos_auth.delivery.credential_process import as_json
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AuthenticationDisabled, CredentialsMissing
from atmos_auth.wiring import Project

USAGE = "atmos auth credential-process [IDENTITY] [flags]"
DESCRIPTION = """\
Print an identity's credentials as JSON, as the credential_process of an AWS
profile must. Nobody is asked and no browser is opened; a session is renewed
silently if it can be. It ends after 50 seconds at the latest.

examples:
  atmos auth credential-process prod-admin
  credential_process = atmos auth credential-process prod-admin"""
POSITIONALS = 1
# The AWS SDK for Go gives up after a minute, and then nobody reads what is wrong.
LONGEST_SECONDS = 50


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the credentials on stdout."""
    said = asked(arguments)
    identity = project.operations.select_unasked(said)
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    credential = project.operations.credentials_in_time(identity, LONGEST_SECONDS)
    if not isinstance(credential, AwsCredentials):
        raise CredentialsMissing(f'identity "{identity}" has no credentials of its own to print')
    text = as_json(credential)
    project.streams.stdout.write(text)
    keep(arguments.call, project, said, identity, Kept(text, [credential.access_key_id, *credential.secrets]))
    return 0
