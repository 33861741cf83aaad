"""Variables as one JSON object."""

from collections.abc import Mapping, Sequence


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return an object, two spaces deep; nothing can be unset there."""
    from json import dumps

    return dumps(dict(variables), indent=2, ensure_ascii=False) + "\n"
