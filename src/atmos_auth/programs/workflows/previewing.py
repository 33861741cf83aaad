"""What a dry run works out: everything but what would start a program, or come out otherwise the next time."""

from typing import Any

from atmos_auth.config.functions import Functions
from atmos_auth.config.tags import EXEC, RANDOM
from atmos_auth.config.tree import Map, Seq, Tagged
from atmos_auth.domain.errors import ConfigError


def preview(tree: Any, functions: Functions) -> Any:
    """Return a copy of the tree in which `!exec` and `!random` stand as they are written; raises ConfigError."""
    return _preview(tree, functions, ())


def _preview(tree: Any, functions: Functions, above: tuple[Tagged, ...]) -> Any:
    if isinstance(tree, Tagged):
        if tree.tag in (EXEC, RANDOM):
            return repr(tree)
        if tree in above:
            raise ConfigError(f"{tree!r} includes itself", place=tree.place)
        return _preview(functions.head(tree), functions, (*above, tree))
    if isinstance(tree, Map):
        mapping = Map(tree.place)
        for key, below in tree.items():
            mapping.put(key, _preview(below, functions, above), tree.key_places[key], tree.value_places[key])
        return mapping
    if isinstance(tree, Seq):
        sequence = Seq(tree.place)
        for below, place in zip(tree, tree.value_places, strict=True):
            sequence.add(_preview(below, functions, above), place)
        return sequence
    return tree
