"""`!terraform.output` and `!terraform.state`: values of other components, read as whoever may read them."""

from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.config.tree import Map
from atmos_auth.config.words import words
from atmos_auth.domain.errors import AtmosAuthError, ConfigError
from atmos_auth.programs.terraform.states import STATIC, outputs_in_state
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.evaluation import Call
from atmos_auth.stacks.opening import Stacks
from atmos_auth.stacks.plain import plain
from atmos_auth.wiring import Project

OUTPUT, STATE = "!terraform.output", "!terraform.state"
_FORM = "`{tag} COMPONENT OUTPUT` or `{tag} COMPONENT STACK OUTPUT`"
# In a query, what stands in for a component that is not there yet.
_OTHERWISE = "//"

# From a component, and the name of an identity or None, to what Terraform says that the component has put out.
RunOutput = Callable[[Component, str | None], dict[str, Any]]


class TerraformFunctions:
    """The functions over one set of stacks; what a component has put out is read once.

    `identity_of` names the identity that a component is read as, None for what the environment gives; it may ask a
    person. `run_output` runs Terraform.
    """

    def __init__(
        self,
        stacks: Stacks,
        *,
        identity_of: Callable[[Component], str | None],
        run_output: RunOutput,
    ) -> None:
        self._stacks = stacks
        self._identity_of = identity_of
        self._run_output = run_output
        self._outputs: dict[tuple[str, str, str], dict[str, Any] | None] = {}
        self._read_for: str | None = None

    def table(self) -> dict[str, Callable[[Call], Any]]:
        """Return the functions by their tags."""
        return {OUTPUT: self._value, STATE: self._value}

    def outputs_of(self, component: Component) -> dict[str, Any] | None:
        """Return what Terraform says that a component has put out."""
        return self._read(OUTPUT, component.name, component.stack)

    def forget(self, component: Component) -> None:
        """Forget what a component had put out: it may be another thing by now."""
        for key in [key for key in self._outputs if key[1:] == (component.name, component.stack)]:
            del self._outputs[key]

    def run_as(self, identity: str | None) -> None:
        """Forget what was read for another identity's run: whoever comes next may not be allowed to know it."""
        if identity != self._read_for:
            self._outputs.clear()
            self._read_for = identity

    def _value(self, call: Call) -> Any:
        function = call.function
        first, *others = words(function, at_least=2, at_most=3, form=_FORM.format(tag=function.tag))
        stack, expression = (others[0], others[1]) if len(others) == 2 else (call.component.stack, others[0])
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
        key = (tag, name, stack)
        if key not in self._outputs:
            self._outputs[key] = self._fetched(tag, name, stack)
        return self._outputs[key]

    def _fetched(self, tag: str, name: str, stack: str) -> dict[str, Any] | None:
        target = self._stacks.component(name, stack)
        if target.is_abstract or target.sections["vars"].get("enabled") is False:
            return {}
        if target.sections.get("remote_state_backend_type") == STATIC:
            return dict(plain(target.sections["remote_state_backend"]))
        identity = self._identity_of(target)
        if tag == OUTPUT:
            return self._run_output(target, identity)
        return outputs_in_state(
            target,
            workspace=self._stacks.workspace(target),
            folder=self._stacks.folder(target),
            project=self._stacks.project_of(target),
            identity=identity,
        )


class NestedIdentities:
    """Tells as whom other components are read: as the default of their own stack, or as whoever the run is.

    `run_as` gives the identity of the run, None when authentication is switched off or there is none.
    """

    def __init__(self, project_of: Callable[[Component], Project], run_as: Callable[[], str | None]) -> None:
        self._project_of = project_of
        self._run_as = run_as

    def __call__(self, component: Component) -> str | None:
        """Name the identity; may ask which one the run is."""
        run_as = self._run_as()
        if run_as is None:
            return None
        own = _own_default(component.sections["auth"])
        if own is not None:
            return own
        catalog = self._project_of(component).catalog
        return run_as if run_as.lower() in (name.lower() for name in catalog.identities()) else None


def _own_default(said: Map) -> str | None:
    """Return the identity that the component's stack marks as its default."""
    identities = said.get("identities")
    if not isinstance(identities, Map):
        return None
    marked = [name for name, entry in identities.items() if isinstance(entry, Map) and entry.get("default") is True]
    return marked[0] if len(marked) == 1 else None


def _picked(outputs: Mapping[str, Any], expression: str) -> Any:
    if not expression.startswith("."):
        return outputs.get(expression)
    from atmos_auth.stacks.query import queried

    return queried(dict(outputs), expression)
