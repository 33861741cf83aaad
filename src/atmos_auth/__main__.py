"""`python -m atmos_auth` is `atmos`."""

import sys

from atmos_auth.cli.entry import atmos

sys.exit(atmos())
