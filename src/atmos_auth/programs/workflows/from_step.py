"""The steps that are left where a run begins at one of them."""

import shlex
from collections.abc import Sequence

from atmos_auth.domain.errors import UnknownWorkflow, UsageError
from atmos_auth.programs.workflows.outputs import beginning
from atmos_auth.programs.workflows.steps import Step


def beginning_at(steps: Sequence[Step], name: str | None, workflow: str) -> tuple[Step, ...]:
    """Return all steps, or those from the named one on; raises `UnknownWorkflow`, and `UsageError`."""
    if name is None:
        return tuple(steps)
    names = [step.name for step in steps]
    if name in names:
        begun = tuple(steps[names.index(name) :])
        _require_outputs(begun, steps, name)
        return begun
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1)
    raise UnknownWorkflow(
        f'invalid from-step flag: workflow "{workflow}" has no step "{name}"',
        details=[f"available steps: {', '.join(names)}"],
        hints=[f'did you mean "{close[0]}"?'] if close else [f"--from-step {shlex.quote(names[0])}"],
    )


def _require_outputs(begun: Sequence[Step], steps: Sequence[Step], name: str) -> None:
    """Raise `UsageError` if a step wants the output of one that is left out."""
    known = {step.name for step in begun}
    for step in begun:
        missing = next((need for need in step.needs if need not in known), None)
        if missing is not None:
            needs = {one.name: one.needs for one in steps}
            first = beginning(list(needs), needs.__getitem__, name)
            raise UsageError(
                f'step "{step.name}" wants the output of "{missing}", which --from-step leaves out',
                hints=[f"--from-step {shlex.quote(first)}"],
            )
