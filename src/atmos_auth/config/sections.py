"""Which mappings have keys whose case matters: environment variables do, every other name does not."""

_CASE_MATTERS_BELOW = frozenset({"env"})


def case_matters_below(key: str) -> bool:
    """Tell whether the keys of the mapping at `key` differ when only their case differs."""
    return key.lower() in _CASE_MATTERS_BELOW
