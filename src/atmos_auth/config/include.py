"""Insert another file, as data or as text."""

import os
from collections.abc import Callable
from typing import Any

from atmos_auth.config.data_files import data_at
from atmos_auth.config.documents import Documents
from atmos_auth.config.paths import absolute
from atmos_auth.config.queries import pick
from atmos_auth.config.tree import Tagged
from atmos_auth.config.words import words
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def included(function: Tagged, documents: Documents, home: str, opened: Callable[[Any], Any]) -> Any:
    """Read the file that `!include FILE [query]` names, relative to its own file.

    `opened` works out a function that stands in the way of the query. Raises ConfigError.
    """
    path, query = _named(function, home)
    try:
        document = data_at(path, documents)
    except ConfigError as error:
        raise _blamed(error, path, function) from None
    return pick(document, query, function, opened) if query else document


def included_text(function: Tagged, documents: Documents, home: str) -> str:
    """Read the file that `!include.raw FILE` names as it is. Raises ConfigError."""
    path, query = _named(function, home)
    if query:
        raise ConfigError("!include.raw takes a file and nothing else", place=function.place)
    try:
        return documents.text(path)
    except ConfigError as error:
        raise _blamed(error, path, function) from None


def _named(function: Tagged, home: str) -> tuple[str, str]:
    written, *query = words(function, at_least=1, at_most=2, form=f"`{function.tag} file.yaml`")
    if "://" in written or written.startswith("git::"):
        raise ConfigError(
            f"{function.tag} reads local files only, and {written} is remote",
            place=function.place,
            hints=["Download the file and include the copy."],
        )
    return absolute(written, os.path.dirname(function.place.file), home), "".join(query)


def _blamed(error: ConfigError, path: str, function: Tagged) -> ConfigError:
    return ConfigError(
        error.message,
        place=error.place or Place(path, 1, 1),
        hints=error.hints,
        details=[*error.details, f"included at {function.place}"],
    )
