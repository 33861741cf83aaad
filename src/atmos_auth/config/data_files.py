"""Files as data, by their endings: YAML, JSON, values of Terraform; all others are text."""

import os
from typing import Any

from atmos_auth.config.documents import Documents
from atmos_auth.config.scalars import integer
from atmos_auth.config.tree import planted
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def data_at(path: str, documents: Documents) -> Any:
    """Return what a file holds, as a tree or a text. Raises ConfigError."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in (".yaml", ".yml"):
        return documents.part(path)
    if suffix == ".json":
        return _json(path, documents)
    if suffix in (".tfvars", ".hcl"):
        from atmos_auth.config.hcl import read_hcl

        return read_hcl(documents.text(path), path)
    return documents.text(path)


def _json(path: str, documents: Documents) -> Any:
    import json

    text = documents.text(path)
    try:
        data = json.loads(text, parse_int=integer)
    except (ValueError, RecursionError) as error:
        place = Place(path, getattr(error, "lineno", 1), getattr(error, "colno", 1))
        reason = getattr(error, "msg", "it is nested too deeply")
        raise ConfigError(f"this is not valid JSON: {reason}", place=place) from None
    try:
        # Only the YAML reader knows places, and JSON is YAML but for pairs of escapes.
        return documents.tree(path)
    except ConfigError:
        if "\\u" not in text:
            raise
        return planted(data, Place(path, 1, 1))
