"""Terraform as the flags of a command line want it, for every verb that reads what components have put out."""

import argparse
from collections.abc import Callable

from atmos_auth.cli.identity_words import flag_only
from atmos_auth.cli.running_as import running_over
from atmos_auth.cli.stack_words import wished
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.programs.terraform.run import Terraform
from atmos_auth.wiring import Project


def terraform_for(
    arguments: argparse.Namespace, project: Project, *, tolerate: Callable[[AtmosAuthError], None] | None = None
) -> Terraform:
    """Return Terraform over the stacks, as whom and with what worked out the flags say.

    With `tolerate`, values that cannot be had are null, and that is told why.
    """
    return Terraform(
        project,
        asked=flag_only(arguments),
        wish=wished(arguments)._replace(tolerate=tolerate),
        running_as=running_over(arguments),
    )
