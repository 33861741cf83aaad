"""What the tests of warm answers share: `warm_world`."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]
