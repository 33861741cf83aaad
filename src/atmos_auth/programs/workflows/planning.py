"""From a workflow as it is written, and a command line, to steps that can be run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from atmos_auth.config.check import check, convert, fitted
from atmos_auth.config.paths import absolute
from atmos_auth.config.tree import Map, Seq, place_of
from atmos_auth.config.workflow_settings import (
    ATMOS,
    SHELL,
    STEP_TYPES,
    StepSettings,
    WorkflowSettings,
)
from atmos_auth.domain.errors import AtmosAuthError, InvalidSetting, UnknownIdentity
from atmos_auth.domain.place import Place
from atmos_auth.host.plain_text import plain_text
from atmos_auth.programs.workflows.content import (
    empty_command,
    refuse_unsupported,
    words_of,
)
from atmos_auth.programs.workflows.from_step import beginning_at
from atmos_auth.programs.workflows.outputs import Outputs, Wanted, needs_of
from atmos_auth.programs.workflows.retrying import retry_of
from atmos_auth.programs.workflows.steps import NOBODY, Plan, Step, Wish
from atmos_auth.programs.workflows.texts import Filling, Texts
from atmos_auth.programs.workflows.variables import variables_of
from atmos_auth.programs.workflows.written import Written
from atmos_auth.usecases.select_identity import disables

# Keys of a step whose texts are filled in when everything else of it is known.
FILLED = ("command", "env", "stack", "working_directory")


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

    def plan(self, written: Written, wish: Wish, texts: Filling | None = None) -> Plan:
        """Return the steps to run; raises ConfigError, `UnknownWorkflow` for a step that is not there.

        `texts` fills in templates, as workflows have them if nothing else is said.
        """
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
        flags = {"stack": wish.stack or "", "identity": wish.identity or ""}
        texts = Texts(self._environ, flags) if texts is None else texts
        steps = self._steps(_Around(tree, common, {}, texts, wish, subject), written.place)
        return Plan(written.name, beginning_at(steps, wish.from_step, written.name), len(steps), self._what)

    def _common(self, tree: Map, subject: str, place: Place | None) -> WorkflowSettings:
        refuse_unsupported(tree, subject)
        without_steps = Map(tree.place)
        for key, value in tree.items():
            if key != "steps":
                without_steps.put(key, value, tree.key_places[key], tree.value_places[key])
        common: WorkflowSettings = self._checked(without_steps, WorkflowSettings, subject, place)
        return common

    def _steps(self, around: "_Around", place: Place | None) -> list[Step]:
        tree, subject = around.tree, around.subject
        written = tree.get("steps")
        if not isinstance(written, Seq) or not written:
            raise InvalidSetting(
                f"{self._what} has no steps defined: {subject} is empty and requires at least one step to execute"
                if not written
                else f"{subject}: steps must be a list",
                place=place_of(tree, ("steps",)) or place,
                hints=["write `steps:`, and below it `- command: atmos auth validate`"],
            )
        needs_of(_wanted_by_variables(tree, around.texts), (), subject)
        variables = variables_of(tree, subject, around.texts)
        around = around._replace(variables=variables, texts=around.texts.knowing(variables))
        steps: dict[str, Step] = {}
        for index, (one, at) in enumerate(zip(written, written.value_places, strict=True)):
            step = self._step(one, at, list(steps), around)
            twin = steps.get(step.name)
            if twin is not None:
                raise InvalidSetting(
                    f'{subject}: two steps are named "{step.name}"',
                    place=step.place,
                    details=[f"the other is at {twin.place}"],
                    hints=["give each a name of its own: --from-step must know which one is meant"],
                )
            steps[step.name] = step._replace(number=index + 1)
        return list(steps.values())

    def _step(self, tree: Any, at: Place, before: Sequence[str], around: "_Around") -> Step:
        number = len(before) + 1
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
        blank = Step(
            name=name,
            number=number,
            type=settings.type,
            words=(),
            script="",
            identity=self._identity(settings, tree, subject, around),
            variables=dict.fromkeys((*around.variables, *settings.env), ""),
            directory=None,
            retry=retry_of(settings.retry),
            place=at,
            template=settings.command.strip(),
        )
        needs = needs_of(_wanted(settings, tree, around), before, subject)
        if needs:
            return blank._replace(
                needs=needs, finish=lambda outputs: self._filled(blank, settings, tree, subject, around.after(outputs))
            )
        return self._filled(blank, settings, tree, subject, around)

    def _filled(self, blank: Step, settings: StepSettings, tree: Map, subject: str, around: "_Around") -> Step:
        """Give a step everything that templates may be in."""
        place = place_of(tree, ("command",)) or tree.place
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
        return blank._replace(
            words=words_of(command, stack, subject, place) if settings.type == ATMOS else (),
            script=command if settings.type == SHELL else "",
            variables={**around.variables} | own,
            directory=absolute(directory, self._base_path, self._home) if directory else None,
            template=blank.template if texts.is_shown_as_written(settings.command) else "",
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
        fits = fitted(tree, structure)
        if fits is not None:
            return fits
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
    texts: Filling
    wish: Wish
    subject: str

    def after(self, outputs: Outputs) -> "_Around":
        """Return the same once steps have printed something."""
        return self._replace(texts=self.texts.after(outputs))


def _wanted(settings: StepSettings, tree: Map, around: _Around) -> Iterator[tuple[Wanted, Place | None]]:
    """Yield whose output each text of a step wants, and where it stands."""
    holder = tree if settings.working_directory else around.tree
    directory = settings.working_directory or around.common.working_directory
    yield from _wanted_by_variables(tree, around.texts)
    for text, place in (
        (settings.command, place_of(tree, ("command",))),
        (settings.stack, place_of(tree, ("stack",))),
        (directory, place_of(holder, ("working_directory",))),
    ):
        yield around.texts.wanted(text, place), place


def _wanted_by_variables(tree: Map, texts: Filling) -> Iterator[tuple[Wanted, Place | None]]:
    variables = tree.get("env")
    if isinstance(variables, Map):
        for name, value in variables.items():
            if isinstance(value, str):
                place = variables.value_places[name]
                yield texts.wanted(value, place), place


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
