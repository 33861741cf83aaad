"""Lets the tests of this folder share `pseudo_terminal`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
