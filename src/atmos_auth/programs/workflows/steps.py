"""What is run: steps that are ready, or will be once others have run, and what a person wants of them."""

import shlex
from collections.abc import Callable, Mapping
from typing import NamedTuple

from atmos_auth.config.workflow_settings import ATMOS
from atmos_auth.domain.place import Place
from atmos_auth.programs.workflows.outputs import Outputs, beginning
from atmos_auth.programs.workflows.retrying import Retry

# What stands for "as nobody in particular" where an identity may be named.
NOBODY = "false"


class Step(NamedTuple):
    """One step, ready to be run.

    `number` counts from 1 within the whole workflow. `words` are those after `atmos`, `script` is for the shell.
    `identity` is a name, NOBODY, or None when nothing was said; `directory` None means where we are. `template` is the
    command as it is written, if something was filled in, which may be a secret. A step that `needs` what others print
    is made once they have run, by `finish`; until then its words, script, variables' values and folder are empty.
    """

    name: str
    number: int
    type: str
    words: tuple[str, ...]
    script: str
    identity: str | None
    variables: Mapping[str, str]
    directory: str | None
    retry: Retry
    place: Place | None
    template: str = ""
    needs: tuple[str, ...] = ()
    finish: "Callable[[Outputs], Step] | None" = None

    def __repr__(self) -> str:
        """Show what it is called and nothing of what it holds: variables may be secrets."""
        return f"Step({self.name!r}, {self.number})"

    @property
    def line(self) -> str:
        """What is run, as a person would type it; variables that were filled in are not shown."""
        if self.template:
            return f"atmos {self.template.removeprefix('atmos ')}" if self.type == ATMOS else self.template
        return shlex.join(("atmos", *self.words)) if self.type == ATMOS else self.script.strip("\n")


class Plan(NamedTuple):
    """The steps to be run, of `total` that there are; `what` it is that has them, in words."""

    workflow: str
    steps: tuple[Step, ...]
    total: int
    what: str = "workflow"

    @property
    def kept(self) -> frozenset[str]:
        """The steps whose output others want."""
        return frozenset(need for step in self.steps for need in step.needs)

    def resumable(self, step: Step) -> Step:
        """Return the step at which another run must begin to go on with this one."""
        by_name = {one.name: one for one in self.steps}
        return by_name[beginning(list(by_name), lambda name: by_name[name].needs, step.name)]


class Wish(NamedTuple):
    """What the command line says over what is written; None: nothing."""

    stack: str | None = None
    identity: str | None = None
    from_step: str | None = None
