"""From a workflow as it is written, and a command line, to steps that can be run."""

import shlex
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from atmos_auth.config.check import check, convert
from atmos_auth.config.paths import absolute
from atmos_auth.config.tree import Map, Seq, place_of
from atmos_auth.config.workflow_settings import (
    ATMOS,
    SHELL,
    STEP_TYPES,
    StepSettings,
    WorkflowSettings,
)
from atmos_auth.domain.errors import AtmosAuthError, InvalidSetting, UnknownIdentity, UnknownWorkflow
from atmos_auth.domain.place import Place
from atmos_auth.host.plain_text import plain_text
from atmos_auth.programs.workflows.content import (
    empty_command,
    refuse_unsupported,
    words_of,
)
from atmos_auth.programs.workflows.retrying import Retry, retry_of
from atmos_auth.programs.workflows.texts import Texts, is_template
from atmos_auth.programs.workflows.variables import variables_of
from atmos_auth.programs.workflows.written import Written
from atmos_auth.usecases.select_identity import disables

# What stands for "as nobody in particular" where an identity may be named.
NOBODY = "false"


class Step(NamedTuple):
    """One step, ready to be run.

    `number` counts from 1 within the whole workflow. `words` are those after `atmos`, `script` is for the shell.
    `identity` is a name, NOBODY, or None when nothing was said; `directory` None means where we are. `template` is the
    command as it is written, if something was filled in, which may be a secret.
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


class Wish(NamedTuple):
    """What the command line says over what is written; None: nothing."""

    stack: str | None = None
    identity: str | None = None
    from_step: str | None = None


class Planner:
    """Makes plans.

    `opened` works out the functions of a tree; `identity_named` gives an identity's name as it is configured, and
    raises `UnknownIdentity`; relative folders start at `base_path`; `warn` is told what is not understood; templates
    find `environ`. `what` names in words what has the steps.
    """

    def __init__(
        self,
        *,
        opened: Callable[[Any], Any],
        identity_named: Callable[[str], str],
        base_path: str,
        home: str,
        warn: Callable[[AtmosAuthError], None],
        environ: Mapping[str, str],
        what: str = "workflow",
    ) -> None:
        self._what = what
        self._environ = environ
        self._opened = opened
        self._identity_named = identity_named
        self._base_path = base_path
        self._home = home
        self._warn = warn

    def plan(self, written: Written, wish: Wish) -> Plan:
        """Return the steps to run; raises ConfigError, `UnknownWorkflow` for a step that is not there."""
        _require_printable(written.name, f"a {self._what}", written.place)
        if wish.identity is not None and not disables(wish.identity):
            self._identity_named(wish.identity)  # a name that is mistyped is one even where no step heeds it
        tree = self._opened(written.tree)
        subject = f'{self._what} "{written.name}"'
        if not isinstance(tree, Map):
            raise InvalidSetting(
                f"{subject} must be a mapping", place=written.place, hints=["write `steps:` below its name, indented"]
            )
        common = self._common(tree, subject, written.place)
        steps = self._steps(tree, common, wish, subject, written.place)
        return Plan(written.name, _beginning_at(steps, wish.from_step, written.name), len(steps), self._what)

    def _common(self, tree: Map, subject: str, place: Place | None) -> WorkflowSettings:
        refuse_unsupported(tree, subject)
        without_steps = Map(tree.place)
        for key, value in tree.items():
            if key != "steps":
                without_steps.put(key, value, tree.key_places[key], tree.value_places[key])
        common: WorkflowSettings = self._checked(without_steps, WorkflowSettings, subject, place)
        return common

    def _steps(self, tree: Map, common: WorkflowSettings, wish: Wish, subject: str, place: Place | None) -> list[Step]:
        written = tree.get("steps")
        if not isinstance(written, Seq) or not written:
            raise InvalidSetting(
                f"{self._what} has no steps defined: {subject} is empty and requires at least one step to execute"
                if not written
                else f"{subject}: steps must be a list",
                place=place_of(tree, ("steps",)) or place,
                hints=["write `steps:`, and below it `- command: atmos auth validate`"],
            )
        texts = Texts(self._environ, {"stack": wish.stack or "", "identity": wish.identity or ""})
        variables = variables_of(tree, subject, texts)
        around = _Around(tree, common, variables, texts.knowing(variables), wish, subject)
        steps: dict[str, Step] = {}
        for index, (one, at) in enumerate(zip(written, written.value_places, strict=True)):
            step = self._step(one, at, index + 1, around)
            twin = steps.get(step.name)
            if twin is not None:
                raise InvalidSetting(
                    f'{subject}: two steps are named "{step.name}"',
                    place=step.place,
                    details=[f"the other is at {twin.place}"],
                    hints=["give each a name of its own: --from-step must know which one is meant"],
                )
            steps[step.name] = step
        return list(steps.values())

    def _step(self, tree: Any, at: Place, number: int, around: "_Around") -> Step:
        subject = f"{around.subject}, step {number}"
        if not isinstance(tree, Map):
            raise InvalidSetting(
                f"{subject} must be a mapping", place=at, hints=["write `- command:` and, below it, `type: shell`"]
            )
        name = tree.get("name") or f"step{number}"
        if isinstance(name, str):
            _require_printable(name, subject, place_of(tree, ("name",)))
            subject = f'{around.subject}, step "{name}"'
        refuse_unsupported(tree, subject)
        _require_supported_type(tree, subject)
        settings = self._checked(tree, StepSettings, subject, at)
        place = place_of(tree, ("command",)) or at
        if not settings.command.strip():
            raise empty_command(subject, place)
        own = variables_of(tree, subject, around.texts)
        texts = around.texts.knowing(own)
        command = texts.filled(settings.command, f"{subject}: command", place)
        stack = around.wish.stack or settings.stack or around.common.stack
        stack = texts.filled(stack, f"{subject}: stack", place_of(tree, ("stack",)))
        directory, directory_tree = settings.working_directory, tree
        if not directory:
            directory, directory_tree = around.common.working_directory, around.tree
        at_directory = place_of(directory_tree, ("working_directory",))
        directory = texts.filled(directory, f"{subject}: working_directory", at_directory)
        return Step(
            name=name,
            number=number,
            type=settings.type,
            words=words_of(command, stack, subject, place) if settings.type == ATMOS else (),
            script=command if settings.type == SHELL else "",
            identity=self._identity(settings, tree, subject, around),
            variables={**around.variables} | own,
            directory=absolute(directory, self._base_path, self._home) if directory else None,
            retry=retry_of(settings.retry),
            place=at,
            template=settings.command.strip() if is_template(settings.command) else "",
        )

    def _identity(self, settings: StepSettings, tree: Map, subject: str, around: "_Around") -> str | None:
        """The step's own word, then the command line's, then the workflow's; but who switches it off there, wins."""
        told = around.wish.identity
        if told is not None and disables(told):
            return NOBODY
        for word, holder in ((settings.identity, tree), (told, None), (around.common.identity, around.tree)):
            if word is None or word == "":
                continue
            place = place_of(holder, ("identity",)) if holder is not None else None
            if word is True:
                raise InvalidSetting(
                    f"{subject}: identity is true, which is not the name of an identity, or false",
                    place=place,
                    hints=["for example `identity: dev-admin`"],
                )
            if disables(str(word)):
                return NOBODY
            try:
                return self._identity_named(str(word))
            except UnknownIdentity as unknown:
                unknown.place = place
                raise
        return None

    def _checked(self, tree: Map, structure: type[Any], subject: str, place: Place | None) -> Any:
        misfits = check(tree, structure, subject=subject, fallback=place)
        if misfits.errors:
            raise misfits.errors[0]
        for unknown in misfits.unknown:
            self._warn(unknown)
        return convert(tree, structure)


class _Around(NamedTuple):
    """What a step stands in."""

    tree: Map
    common: WorkflowSettings
    variables: Mapping[str, str]
    texts: Texts
    wish: Wish
    subject: str


def _require_printable(name: str, subject: str, place: Place | None) -> None:
    if not name or plain_text(name) != name:
        raise InvalidSetting(
            f"{subject}: {name!r} cannot be used as a name",
            place=place,
            hints=["leave out line breaks and control characters"],
        )


def _require_supported_type(tree: Map, subject: str) -> None:
    written = tree.get("type")
    if isinstance(written, str) and written not in STEP_TYPES:
        raise InvalidSetting(
            f'invalid workflow step type: {subject} uses unsupported type "{plain_text(written)}"',
            place=place_of(tree, ("type",)),
            hints=[f"use one of: {', '.join(STEP_TYPES)}"],
        )


def _beginning_at(steps: list[Step], name: str | None, workflow: str) -> tuple[Step, ...]:
    if name is None:
        return tuple(steps)
    names = [step.name for step in steps]
    if name in names:
        return tuple(steps[names.index(name) :])
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1)
    raise UnknownWorkflow(
        f'invalid from-step flag: workflow "{workflow}" has no step "{name}"',
        details=[f"available steps: {', '.join(names)}"],
        hints=[f'did you mean "{close[0]}"?'] if close else [f"--from-step {shlex.quote(names[0])}"],
    )
