"""Trees as dicts, lists and single values."""

from typing import Any

from atmos_auth.config.tree import Tagged

# What is not plain data yet, or may hold what is not: a single value is.
_UNFINISHED = (Tagged, dict, list)


def plain(value: Any) -> Any:
    """Turn a tree into dicts, lists and single values; a function becomes the text that it was written as."""
    if isinstance(value, Tagged):
        return repr(value)
    if isinstance(value, dict):
        return {key: plain(below) if isinstance(below, _UNFINISHED) else below for key, below in value.items()}
    if isinstance(value, list):
        return [plain(below) if isinstance(below, _UNFINISHED) else below for below in value]
    return value
