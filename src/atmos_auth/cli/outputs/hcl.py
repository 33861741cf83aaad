"""Outputs as Terraform's own language has them, as in a `.tfvars` file."""

from collections.abc import Mapping
from typing import Any

from atmos_auth.cli.outputs.names import as_attributes
from atmos_auth.programs.terraform.hcl_text import attributes


def hcl(values: Mapping[str, Any]) -> str:
    """Return a line `name = value` for each, or several for what is made of several."""
    return attributes(as_attributes(values))
