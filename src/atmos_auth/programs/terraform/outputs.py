"""What a component has put out, as `terraform output -json` says it."""

import json
from typing import Any, NamedTuple

from atmos_auth.domain.errors import ConfigError


class Output(NamedTuple):
    """A value, and whether Terraform hides it where nobody asks for it by name."""

    value: Any
    is_sensitive: bool


def outputs_in(text: str) -> dict[str, Output]:
    """Read the outputs by name; raises `ConfigError` for what is no answer of Terraform's."""
    try:
        answer = json.loads(text)
        return {name: Output(said["value"], said.get("sensitive") is True) for name, said in answer.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            "what Terraform has put out cannot be understood",
            details=[f"{type(error).__name__}: {error}"],
            hints=["does components.terraform.command name Terraform, or a program like it?"],
        ) from error
