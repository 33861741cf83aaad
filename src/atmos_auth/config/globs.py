"""Find the files that a pattern with `*`, `?`, `[...]`, `{a,b}` and `**` names."""

import os

from atmos_auth.config.links import leads_back
from atmos_auth.config.observer import Observer

_MAGIC = frozenset("*?[{")


def is_pattern(path: str) -> bool:
    """Tell whether the path holds anything that stands for several names."""
    return not _MAGIC.isdisjoint(path)


def matching_files(pattern: str, observer: Observer) -> list[str]:
    """Give the files that the absolute pattern names: shallow ones first, then by path.

    `**` stands for any number of directories. Names that begin with a dot are matched only by a part of the
    pattern that does, too. Raises OSError when a directory cannot be listed.
    """
    found: set[str] = set()
    for one in _alternatives(pattern.replace(os.sep, "/")):
        drive, rest = os.path.splitdrive(one)
        parts = [part for part in rest.split("/") if part]
        start = drive + os.sep
        while len(parts) > 1 and not is_pattern(parts[0]):
            start = os.path.join(start, parts.pop(0))
        _collect(start, parts, observer, found, ())
    return sorted(found, key=lambda path: (path.count(os.sep), path))


def _collect(directory: str, parts: list[str], observer: Observer, found: set[str], above: tuple[str, ...]) -> None:
    if not parts:
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        _collect(directory, rest or ["*"], observer, found, above)
    for name, is_directory in observer.entries(directory):
        path = os.path.join(directory, name)
        if first == "**":
            if is_directory and not name.startswith(".") and not leads_back(path, (*above, directory)):
                _collect(path, parts, observer, found, (*above, directory))
        elif _fits(name, first):
            if is_directory:
                _collect(path, rest, observer, found, above)
            elif not rest:
                found.add(path)


def _fits(name: str, part: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(name, part) and (not name.startswith(".") or part.startswith("."))


def _alternatives(pattern: str) -> list[str]:
    before, opened, rest = pattern.partition("{")
    inside, closed, after = rest.partition("}")
    if not opened or not closed:
        return [pattern]
    return [one for choice in inside.split(",") for one in _alternatives(before + choice + after)]
