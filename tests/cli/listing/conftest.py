"""What the tests of all formats share: `listings`."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]
