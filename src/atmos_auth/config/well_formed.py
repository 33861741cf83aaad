"""Refuse functions that do not exist, and names that differ in case only."""

from typing import Any

from atmos_auth.config.sections import case_matters_below
from atmos_auth.config.tags import SUPPORTED
from atmos_auth.config.tree import Map, Seq, Tagged
from atmos_auth.domain.errors import ConfigError


def refuse_unknown_functions_and_twins(tree: Any) -> None:
    """Walk the whole tree once. Raises ConfigError with the place of the first misfit; evaluates nothing."""
    _refuse(tree, case_matters=False)


def _refuse(tree: Any, *, case_matters: bool) -> None:
    if isinstance(tree, Map):
        if not case_matters:
            _refuse_twins(tree)
        for key, value in tree.items():
            _refuse(value, case_matters=case_matters_below(key))
    elif isinstance(tree, Seq):
        for value in tree:
            _refuse(value, case_matters=False)
    elif isinstance(tree, Tagged):
        if tree.tag not in SUPPORTED:
            raise ConfigError(
                f"the YAML function {tree.tag} is not supported",
                place=tree.place,
                hints=[f"Use one of {', '.join(SUPPORTED)}, or quote the text if it is meant literally."],
            )
        _refuse(tree.argument, case_matters=False)


def _refuse_twins(mapping: Map) -> None:
    seen: dict[str, str] = {}
    for key in mapping:
        folded = key.lower()
        if folded in seen:
            raise ConfigError(
                f"{seen[folded]!r} and {key!r} differ in case only, and case does not matter in names",
                place=mapping.key_places[key],
                hints=["Rename one of them, or put both under one key."],
                details=[f"first at {mapping.key_places[seen[folded]]}"],
            )
        seen[folded] = key
