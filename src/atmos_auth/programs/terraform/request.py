"""What a person wants of Terraform for one component."""

from typing import NamedTuple


class Request(NamedTuple):
    """One command for one component; None means: as the configuration says.

    `subcommand` is one word, or two as in `state list`; `given` are the words that only Terraform understands;
    `planfile` is a stored plan, empty for that of the component's own name.
    """

    subcommand: tuple[str, ...]
    component: str
    stack: str
    given: tuple[str, ...] = ()
    is_dry: bool = False
    runs_init: bool | None = None
    reconfigures: bool | None = None
    passes_variables: bool | None = None
    generates_backend: bool | None = None
    keeps_plan: bool | None = None
    planfile: str | None = None
    user_agent: str | None = None

    @property
    def name(self) -> str:
        """The first word of the command."""
        return self.subcommand[0]
