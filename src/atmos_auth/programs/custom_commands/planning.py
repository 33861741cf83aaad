"""From a custom command and what it is given to steps that can be run."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from atmos_auth.config.custom_command_settings import COMPONENT, STACK
from atmos_auth.config.shell import text_of
from atmos_auth.config.tree import Map, Seq, Tagged, place_of
from atmos_auth.config.workflow_settings import SHELL
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.programs.custom_commands.found import CustomCommand
from atmos_auth.programs.workflows.content import require_plain
from atmos_auth.programs.workflows.outputs import ROOT, Outputs, Wanted, wanted_by
from atmos_auth.programs.workflows.planning import FILLED, Planner
from atmos_auth.programs.workflows.steps import Plan, Wish
from atmos_auth.programs.workflows.written import Source, Written
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.template import Template

# As often as a value may hold a template that gives a template.
_PASSES = 3
_OPENING = "{{"

# What templates may call, once there are any.
Functions = Callable[[], Iterable[Function]]
# From a component's and a stack's name to everything that is known of it.
Describe = Callable[[str, str], Mapping[str, Any]]


class Surroundings(NamedTuple):
    """What templates may know of the world: functions, where we are, and how components are described."""

    functions: Functions
    directory: str
    describe: Describe


def plan_of(
    command: CustomCommand,
    data: Mapping[str, Any],
    base: Mapping[str, str],
    surroundings: Surroundings,
    *,
    planner: Planner,
    identity: str | None,
) -> tuple[Plan, dict[str, str]]:
    """Return the steps, and the environment that all of them begin with; runs what gives a variable its value.

    `data` is what the command was given, `identity` what the command line says. Raises `ConfigError` with the place at
    fault, and what describing a component raises.
    """
    rendering = _Rendering(command, {**data, "Cwd": surroundings.directory, "env": dict(base)}, surroundings.functions)
    described: dict[str, Any] = {}
    component, stack = _component_of(command, data, rendering)
    if component:
        described = dict(surroundings.describe(component, stack))
        rendering = rendering.knowing({"ComponentConfig": described, "Component": described})
    base = {**base, **_variables_of(described)}
    environ = {**base, **rendering.variables(base)}
    rendering = rendering.knowing({"env": environ})
    tree = Map(command.place)
    if command.tree.get("identity") is not None:
        at = command.tree.value_places["identity"]
        tree.put("identity", rendering.tree(command.tree["identity"], at), at, at)
    if command.working_directory:
        at = place_of(command.tree, ("working_directory",)) or command.place
        tree.put("working_directory", command.working_directory, at, at)
    tree.put("steps", _steps(command, rendering), command.place, command.place)
    written = Written(" ".join(command.words), Source("atmos.yaml", None), tree, command.place)
    return planner.plan(written, Wish(identity=identity), _Texts(rendering)), environ


def _component_of(command: CustomCommand, data: Mapping[str, Any], rendering: "_Rendering") -> tuple[str, str]:
    """Return the component whose section steps may use, and its stack; empty where there is none.

    It is that of `component_config`, or else what the command was told where a text asks for it.
    """
    wanted = command.settings.component_config
    if wanted.component:
        component = rendering.text(wanted.component, place_of(command.tree, ("component_config", "component")))
        return component, rendering.text(wanted.stack, place_of(command.tree, ("component_config", "stack")))
    if not any(name in text for text in _texts_in(command.tree) for name in (".ComponentConfig", ".Component.")):
        return "", ""
    told = [(one.type, data["Arguments"].get(one.name)) for one in command.settings.arguments]
    told += [(one.semantic_type, data["Flags"].get(one.name)) for one in command.flags]
    component, stack = (
        next((str(value) for kind, value in told if kind == meaning and value), "") for meaning in (COMPONENT, STACK)
    )
    return (component, stack) if stack else ("", "")


def _texts_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Map | Seq):
        for below in tree.values() if isinstance(tree, Map) else tree:
            yield from _texts_in(below)


def _variables_of(described: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables that a component's section says; those that are null are none."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in (described.get("env") or {}).items()
        if value is not None
    }


def _steps(command: CustomCommand, rendering: "_Rendering") -> Seq:
    """Return the steps as those of a workflow, whose texts are filled in later; a text is a script of the shell."""
    steps = Seq(command.place)
    written = command.tree.get("steps") or Seq(command.place)
    for step, place in zip(written, written.value_places, strict=True):
        known = Map(place)
        if isinstance(step, str):
            known.put("command", step, place, place)
        elif isinstance(step, Map):
            for key, value in step.items():
                ready = value if key in FILLED else rendering.tree(value, place)
                known.put(key, ready, step.key_places[key], step.value_places[key])
        else:
            raise InvalidSetting("a step is a script, or a mapping with `command`", place=place)
        if "type" not in known:
            known.put("type", SHELL, place, place)
        steps.add(known, place)
    return steps


class _Texts:
    """Fills in the texts of steps, over all that a command knows; everything in braces is a template."""

    def __init__(self, rendering: "_Rendering") -> None:
        self._rendering = rendering

    def knowing(self, variables: Mapping[str, str]) -> "_Texts":
        """Return texts whose environment has these variables as well."""
        return _Texts(self._rendering.with_variables(variables))

    def after(self, outputs: Outputs) -> "_Texts":
        """Return texts that know what steps have printed."""
        return _Texts(self._rendering.knowing({ROOT: outputs.data()}))

    def wanted(self, text: str, place: Place | None) -> Wanted:
        """Tell whose output a text wants; raises `InvalidTemplate`."""
        return wanted_by(text, self._rendering.looked_at(text, place))

    def is_shown_as_written(self, _text: str) -> bool:
        """Tell that what is run is shown: it is what was typed that makes it up."""
        return False

    def filled(self, text: str, what: str, place: Place | None) -> str:
        """Return the text without templates; raises `ConfigError` for what cannot be had, and zero bytes."""
        require_plain(text, what, place)
        filled = self._rendering.text(text, place)
        require_plain(filled, what, place)
        return filled


class _Rendering:
    """Renders what a command says, over what it was given."""

    def __init__(
        self, command: CustomCommand, data: dict[str, Any], functions: Callable[[], Iterable[Function]]
    ) -> None:
        self._command = command
        self._data = data
        self._functions = functions

    def knowing(self, more: Mapping[str, Any]) -> "_Rendering":
        """Return one that knows more."""
        return _Rendering(self._command, {**self._data, **more}, self._functions)

    def with_variables(self, variables: Mapping[str, str]) -> "_Rendering":
        """Return one whose environment has these as well."""
        return self.knowing({"env": {**self._data["env"], **variables}})

    def looked_at(self, text: str, place: Place | None) -> frozenset[tuple[str, ...]]:
        """Return the ways that a text goes into what is known."""
        return Template(text, place or self._command.place).looked_at()

    def text(self, text: str, place: Place | None = None) -> str:
        """Render a text; a key that is missing is an error."""
        for _ in range(_PASSES):
            if _OPENING not in text:
                break
            template = Template(text, place or self._command.place)
            text = template.render(self._data, functions=self._functions(), missing="error")
        return text

    def tree(self, value: Any, place: Place | None = None) -> Any:
        """Render every text in a tree; functions in it stay."""
        if isinstance(value, str):
            return self.text(value, place)
        if isinstance(value, Map):
            mapping = Map(value.place)
            for key, below in value.items():
                mapping.put(
                    key, self.tree(below, value.value_places[key]), value.key_places[key], value.value_places[key]
                )
            return mapping
        if isinstance(value, Seq):
            sequence = Seq(value.place)
            for below, at in zip(value, value.value_places, strict=True):
                sequence.add(self.tree(below, at), at)
            return sequence
        return value

    def variables(self, base: Mapping[str, str]) -> dict[str, str]:
        """Work out `env`: a mapping, or a list of `key` with `value` or `valueCommand`, one after the other."""
        written = self._command.tree.get("env")
        found: dict[str, str] = {}
        if isinstance(written, Map):
            for name, value in written.items():
                found[name] = self._value(value, written.value_places[name])
            return found
        if written is not None and not isinstance(written, Seq):
            raise InvalidSetting("env is a mapping, or a list of `key` and `value`", place=self._command.place)
        for entry, place in zip(written or (), written.value_places if written else (), strict=True):
            name, value = self._entry(entry, place, {**base, **found})
            found[name] = value
        return found

    def _entry(self, entry: Any, place: Place, environ: Mapping[str, str]) -> tuple[str, str]:
        name = entry.get("key") if isinstance(entry, Map) else None
        if not isinstance(name, str) or not isinstance(entry, Map):
            raise InvalidSetting("a variable has a `key`, and a `value` or a `valueCommand`", place=place)
        if ("value" in entry) == ("valueCommand" in entry):
            raise InvalidSetting(
                f'custom command "{" ".join(self._command.words)}": {name} needs one of `value` and `valueCommand`',
                place=place,
            )
        if "value" in entry:
            return name, self._value(entry["value"], entry.value_places["value"])
        at = entry.value_places["valueCommand"]
        script = Tagged("valueCommand", self.text(str(entry["valueCommand"]), at), at)
        return name, text_of(script, str(self._data["Cwd"]), environ).removesuffix("\n")

    def _value(self, value: Any, place: Place) -> str:
        if value is None or isinstance(value, Map | Seq | Tagged):
            raise InvalidSetting("a variable has one value", place=place)
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        return self.text(text, place)
