"""A value as one text: as it is, or as JSON where it is made of several."""

import json
from typing import Any


def bare(value: Any) -> str:
    """Return a text as it is, nothing for null, and everything else as JSON in one line."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
