"""A small, strict AWS on localhost: it refuses what AWS refuses."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_emulator.faults import Fault
    from aws_emulator.journal import Entry
    from aws_emulator.server import Emulator
    from aws_emulator.state import State
    from aws_emulator.state_file import default_state, load_state
    from aws_emulator.yaml_values import StateFileError

__all__ = ["Emulator", "Entry", "Fault", "State", "StateFileError", "default_state", "load_state"]

_HOMES = {
    "Emulator": "server",
    "Entry": "journal",
    "Fault": "faults",
    "State": "state",
    "StateFileError": "yaml_values",
    "default_state": "state_file",
    "load_state": "state_file",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that the command can explain a missing extra."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
