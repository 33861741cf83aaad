"""`!terraform.output` and `!terraform.state`: values of other components, read as whoever may read them."""

from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.config.words import words
from atmos_auth.domain.errors import AtmosAuthError, ConfigError
from atmos_auth.programs.terraform.readers import Reader, Readers
from atmos_auth.programs.terraform.states import STATIC, outputs_in_state
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.evaluation import Call
from atmos_auth.stacks.opening import Stacks
from atmos_auth.stacks.plain import plain

OUTPUT, STATE = "!terraform.output", "!terraform.state"
_FORM = "`{tag} COMPONENT OUTPUT` or `{tag} COMPONENT STACK OUTPUT`"
# In a query, what stands in for a component that is not there yet.
_OTHERWISE = "//"

# From a component, and who reads it, to what Terraform says that the component has put out.
RunOutput = Callable[[Component, Reader], dict[str, Any]]


class TerraformFunctions:
    """The functions over one set of stacks; what a component has put out is read once for each who reads it.

    `readers` tells as whom; what one has read may be nobody else's to know. `run_output` runs Terraform; `note` is told
    what is fetched.
    """

    def __init__(
        self,
        stacks: Stacks,
        *,
        readers: Readers,
        run_output: RunOutput,
        note: Callable[[str], None],
    ) -> None:
        self._stacks = stacks
        self._readers = readers
        self._run_output = run_output
        self._note = note
        self._written: dict[tuple[str, str], Component] = {}
        self._outputs: dict[tuple[str, str, str, Reader], dict[str, Any] | None] = {}

    def table(self) -> dict[str, Callable[[Call], Any]]:
        """Return the functions by their tags."""
        return {OUTPUT: self._value, STATE: self._value}

    def outputs_of(self, component: Component) -> dict[str, Any] | None:
        """Return what Terraform says that a component has put out."""
        return self._read(OUTPUT, component.name, component.stack)

    def forget(self, component: Component) -> None:
        """Forget what a component had put out: it may be another thing by now."""
        for key in [key for key in self._outputs if key[1:3] == (component.name, component.stack)]:
            del self._outputs[key]

    def _value(self, call: Call) -> Any:
        function = call.function
        first, *others = words(function, at_least=2, at_most=3, form=_FORM.format(tag=function.tag))
        stack, expression = (others[0], others[1]) if len(others) == 2 else (call.component.stack, others[0])
        self._note(f"Fetching {expression} output from {first} in {stack}")
        try:
            outputs = self._read(function.tag, first, stack)
        except AtmosAuthError as failure:
            failure.details = (*failure.details, f"needed by {function.tag} at {function.place}")
            raise
        if outputs is None and _OTHERWISE not in expression:
            picked = expression if expression.startswith(".") else f".{expression}"
            raise ConfigError(
                f'component "{first}" of stack "{stack}" is not provisioned: it has no state yet',
                place=function.place,
                hints=[
                    f"atmos terraform apply {first} -s {stack}",
                    f'or say what holds until then: "{picked} // null"',
                ],
            )
        return _picked(outputs or {}, expression)

    def _read(self, tag: str, name: str, stack: str) -> dict[str, Any] | None:
        written = self._written.get((name, stack)) or self._stacks.repository.component(name, stack)
        self._written[name, stack] = written
        if _is_without_state(written):
            return {}
        if _is_static(written):
            return self._static(self._stacks.worked_out(written))
        reader = self._readers(written)
        key = (tag, name, stack, reader)
        if key not in self._outputs:
            self._outputs[key] = self._fetched(tag, written, reader)
        return self._outputs[key]

    def _fetched(self, tag: str, written: Component, reader: Reader) -> dict[str, Any] | None:
        target = self._stacks.worked_out(written)
        if _is_without_state(target):
            return {}
        if _is_static(target):
            return self._static(target)
        if tag == OUTPUT:
            return self._run_output(target, reader)
        return outputs_in_state(
            target,
            workspace=self._stacks.workspace(target),
            folder=self._stacks.folder(target),
            reader=reader,
        )

    def _static(self, component: Component) -> dict[str, Any]:
        return dict(plain(component.sections["remote_state_backend"]))


def _is_without_state(component: Component) -> bool:
    """Tell whether the component puts nothing out, because it is off or there to be inherited from only."""
    return component.is_abstract or not component.is_enabled or component.sections["vars"].get("enabled") is False


def _is_static(component: Component) -> bool:
    return component.sections.get("remote_state_backend_type") == STATIC


def _picked(outputs: Mapping[str, Any], expression: str) -> Any:
    if not expression.startswith("."):
        return outputs.get(expression)
    from atmos_auth.stacks.query import queried

    return queried(dict(outputs), expression)
