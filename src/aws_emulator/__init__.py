"""A small, strict AWS on localhost: it refuses what AWS refuses."""

from aws_emulator.faults import Fault
from aws_emulator.journal import Entry
from aws_emulator.server import Emulator
from aws_emulator.state import State
from aws_emulator.state_file import default_state, load_state
from aws_emulator.yaml_values import StateFileError

__all__ = ["Emulator", "Entry", "Fault", "State", "StateFileError", "default_state", "load_state"]
