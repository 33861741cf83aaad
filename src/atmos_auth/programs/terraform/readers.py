"""As whom components are read that others need: as the default of their own stack, or as whoever reads them."""

from collections.abc import Callable
from typing import NamedTuple

from atmos_auth.config.tree import Map
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project


class Reader(NamedTuple):
    """Somebody who reads: an identity of a project, or with None whoever the environment makes it."""

    project: Project
    identity: str | None


class Readers:
    """Tells as whom a component is read.

    `about` gives the component that the run is about, if it is about one; `run` whoever the run is, which may ask a
    person. `is_off` tells whether authentication is switched off, for all of them.
    """

    def __init__(
        self,
        stacks: Stacks,
        *,
        about: Callable[[], Component | None],
        run: Callable[[], Reader],
        is_off: Callable[[], bool],
    ) -> None:
        self._stacks = stacks
        self._about = about
        self._run = run
        self._is_off = is_off

    def __call__(self, component: Component) -> Reader:
        """Return who reads the component: the nearest who says so of itself, it, what needs it, what needs that."""
        if self._is_off():
            return Reader(self._stacks.project_of(component), None)
        about = self._about()
        for one in (component, *reversed(self._stacks.running)):
            if about is not None and one.is_same(about):
                break  # as whom the run is decides the command line as well
            own = _own_default(one.sections["auth"])
            if own is not None:
                return Reader(self._stacks.project_of(one), own)
        return self._run()


def _own_default(said: Map) -> str | None:
    """Return the identity that the component's stack marks as its default."""
    identities = said.get("identities")
    if not isinstance(identities, Map):
        return None
    marked = [name for name, entry in identities.items() if isinstance(entry, Map) and entry.get("default") is True]
    return marked[0] if len(marked) == 1 else None
