"""One command for several components: which they are, and in which order."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.repository import Repository

Instance = tuple[str, str]


class Selection(NamedTuple):
    """Which components are meant: those of one stack or of all, with these names, any of these tags, all these labels.

    `matches` tells of a component whether it is meant; None means any. Empty names, tags and labels mean any as well.
    """

    stack: str | None = None
    names: Sequence[str] = ()
    tags: Sequence[str] = ()
    labels: Sequence[tuple[str, str]] = ()
    matches: Callable[[Component], bool] | None = None


def selected(repository: Repository, selection: Selection) -> list[Component]:
    """Return the components that are meant, stack by stack; neither abstract ones nor those that are switched off."""
    found = []
    for stack in [selection.stack] if selection.stack else repository.stacks():
        for name in repository.usable(stack):
            if selection.names and name not in selection.names:
                continue
            component = repository.component(name, stack)
            if component.is_enabled and _is_marked(component, selection) and _matches(component, selection):
                found.append(component)
    return found


def in_order(components: Iterable[Component], *, backwards: bool = False) -> list[Component]:
    """Sort components so that each comes after those that it depends on, or before them; else the order stays.

    Dependencies on components that are not among them do not count. Raises `ConfigError` for a circle.
    """
    by_instance = {(component.name, component.stack): component for component in components}
    sorter: TopologicalSorter[Instance] = TopologicalSorter()
    for instance, component in by_instance.items():
        sorter.add(instance, *(other for other in _depends_on(component) if other in by_instance))
    try:
        ordered = [by_instance[instance] for instance in sorter.static_order()]
    except CycleError as circle:
        steps = [f'component "{name}" of stack "{stack}"' for name, stack in reversed(circle.args[1])]
        raise ConfigError(
            "components depend on each other in a circle",
            details=[steps[0], *(f"depends on {step}" for step in steps[1:])],
            hints=["look at `dependencies.components` and `settings.depends_on`"],
        ) from None
    return ordered[::-1] if backwards else ordered


def _depends_on(component: Component) -> list[Instance]:
    """List what a component says that it depends on, in the newer way and in the older one."""
    newer = component.sections.get("dependencies")
    listed = newer.get("components") if isinstance(newer, Map) else None
    older = component.sections["settings"].get("depends_on")
    entries = [*(listed if isinstance(listed, list) else []), *(older.values() if isinstance(older, Map) else [])]
    return [
        (str(entry["component"]), str(entry.get("stack") or component.stack))
        for entry in entries
        if isinstance(entry, Mapping) and entry.get("component")
    ]


def _is_marked(component: Component, selection: Selection) -> bool:
    tags, labels = component.metadata.get("tags"), component.metadata.get("labels")
    has_tag = isinstance(tags, list) and any(tag in tags for tag in selection.tags)
    return (has_tag or not selection.tags) and all(_has_label(labels, *label) for label in selection.labels)


def _has_label(labels: object, key: str, value: str) -> bool:
    if not isinstance(labels, Mapping) or key not in labels:
        return False
    # As it is written: true, 7.
    return (labels[key] if isinstance(labels[key], str) else json.dumps(labels[key])) == value


def _matches(component: Component, selection: Selection) -> bool:
    return selection.matches is None or selection.matches(component)
