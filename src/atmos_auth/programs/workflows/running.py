"""Running the steps of a plan, one after the other, until one fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, NoReturn, Protocol

from atmos_auth.config.nesting import deeper
from atmos_auth.config.workflow_settings import ATMOS
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AtmosAuthError, InvalidSetting, StepFailed
from atmos_auth.domain.ports import Clock, Prompter
from atmos_auth.host.process import Ended, run_in
from atmos_auth.programs.workflows.outputs import Outputs
from atmos_auth.programs.workflows.same_program import findable
from atmos_auth.programs.workflows.steps import NOBODY, Plan, Step

_SHELL = "sh"
# Of a script that failed.
_SHOWN_LINES = 5
_INTERRUPTED = 128 + 2
# They were meant for this very run, not for workflows that its steps start.
_CONSUMED = (
    env_names.ATMOS_WORKFLOW_FILE,
    env_names.ATMOS_WORKFLOW_FROM_STEP,
    env_names.ATMOS_WORKFLOW_DRY_RUN,
)


class Audience(Protocol):
    """Who is told what happens."""

    def begins(self, step: Step) -> None:
        """Hear that a step begins."""

    def fails(self, step: Step, status: int, attempt: int) -> None:
        """Hear that an attempt failed, and that another one follows."""


class Tools(NamedTuple):
    """What running needs: `base` is the environment of every step.

    `become` gives the environment of a program that runs as an identity, from the one it would have otherwise; it may
    prompt. `own_command` gives the words that run `atmos` with others behind it, for a step's identity; `resume` the
    command that goes on from a step, if there is one.
    """

    base: Mapping[str, str]
    become: Callable[[str, Mapping[str, str]], dict[str, str]]
    own_command: Callable[[Sequence[str], str | None], Sequence[str]]
    resume: Callable[[Step], str] | None
    audience: Audience
    prompter: Prompter
    clock: Clock

    def __repr__(self) -> str:
        """Show nothing: the environment may hold secrets."""
        return "Tools(...)"


def run(plan: Plan, tools: Tools) -> None:
    """Run the steps; raises `StepFailed` with the exit code of the one that failed, or what kept it from running."""
    base = {name: value for name, value in tools.base.items() if name not in _CONSUMED}
    base |= deeper(tools.base, what=f'{plan.what} "{plan.workflow}"')
    with findable(base) as environ:
        _run_all(plan, environ, tools)


def _run_all(plan: Plan, base: Mapping[str, str], tools: Tools) -> None:
    printed: dict[str, str] = {}
    for step in plan.steps:
        try:
            printed[step.name] = _Running(step, plan, base, tools).until_it_succeeds(Outputs(printed))
        except KeyboardInterrupt:
            raise StepFailed(
                f'step "{step.name}" was interrupted', exit_code=_INTERRUPTED, hints=_resume_hints(tools, plan, step)
            ) from None


class _Running:
    def __init__(self, step: Step, plan: Plan, base: Mapping[str, str], tools: Tools) -> None:
        self._step = step
        self._plan = plan
        self._base = base
        self._tools = tools
        self._printed = ""

    def until_it_succeeds(self, outputs: Outputs) -> str:
        """Return what it printed, if others want that; `outputs` are those of the steps before."""
        if self._step.finish is not None:
            with self._blamed():
                self._step = self._step.finish(outputs)
        tools, step = self._tools, self._step
        began = tools.clock.now()
        tools.audience.begins(step)
        attempt = 1
        while True:
            ended = self._attempt()
            if ended.told_to_end is not None:
                self._fail("was told to end", ended.status or 128 + ended.told_to_end)
            if ended.status == 0:
                return self._printed
            if ended.interrupted:
                self._fail("was interrupted", ended.status)
            wait = step.retry.wait(attempt, tools.clock.now() - began)
            if wait is None:
                attempts = f"max attempts ({attempt}) exceeded, last error: " if attempt > 1 else ""
                self._fail(f"exited with code {ended.status}", ended.status, before=attempts)
            tools.audience.fails(step, ended.status, attempt)
            with tools.prompter.waiting(f'Waiting before "{step.name}" is tried again', tools.clock.now() + wait):
                tools.clock.sleep(wait)
            attempt += 1

    def _attempt(self) -> Ended:
        with self._blamed():
            # Anew for every attempt: credentials may have run out meanwhile.
            return self._run(self._environ())

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        """Say of whatever goes wrong which step it was, and how to go on."""
        step = self._step
        try:
            yield
        except AtmosAuthError as error:
            who = f', as identity "{step.identity}"' if step.identity not in (None, NOBODY) else ""
            error.details = (*error.details, f'in step "{step.name}" of {self._plan.what} "{self._plan.workflow}"{who}')
            error.hints = (*error.hints, *_resume_hints(self._tools, self._plan, step))
            raise

    def _run(self, environ: Mapping[str, str]) -> Ended:
        step = self._step
        try:
            if step.name not in self._plan.kept:
                return run_in(step.directory, self._argv(), environ)
            from atmos_auth.host.kept_output import KeptOutput

            with KeptOutput() as kept:
                ended = run_in(step.directory, self._argv(), environ, stdout=kept.entrance)
            self._printed = kept.text()
            return ended
        except OSError as error:
            raise InvalidSetting(
                f"nobody can work in {step.directory}: {error.strerror or error}",
                place=step.place,
                hints=["check `working_directory`: it is relative to the base path"],
            ) from error

    def _environ(self) -> dict[str, str]:
        step = self._step
        environ = {**self._base, **step.variables}
        if step.directory is not None:
            environ["PWD"] = step.directory
        if step.identity is None:
            return environ
        if step.type == ATMOS or step.identity == NOBODY:
            # We ourselves find the way to the identity, and from where this run began it: from a profile of its own it
            # could not start where it starts from what the environment gives.
            return {**environ, env_names.ATMOS_IDENTITY: step.identity}
        return self._tools.become(step.identity, environ)

    def _argv(self) -> Sequence[str]:
        step = self._step
        if step.type != ATMOS:
            return [_SHELL, "-c", step.script]
        return self._tools.own_command(step.words, step.identity)

    def _fail(self, how: str, status: int, *, before: str = "") -> NoReturn:
        step = self._step
        raise StepFailed(
            f'{self._plan.what} step execution failed: {before}step "{step.name}" {how}',
            exit_code=status,
            details=["The following command failed to execute:", *(f"  {line}" for line in _beginning(step.line))],
            hints=_resume_hints(self._tools, self._plan, step),
        )


def _beginning(script: str) -> list[str]:
    lines = script.splitlines()
    rest = len(lines) - _SHOWN_LINES
    return lines if rest <= 1 else [*lines[:_SHOWN_LINES], f"… {rest} more lines"]


def _resume_hints(tools: Tools, plan: Plan, step: Step) -> list[str]:
    if tools.resume is None:
        return []
    first = plan.resumable(step)
    where = "this step" if first.name == step.name else f'"{first.name}", whose output is wanted'
    return [f"To resume the workflow from {where}, run:\n    {tools.resume(first)}"]
