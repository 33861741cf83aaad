"""Read configuration files, each at most once."""

from typing import Any

from atmos_auth.config.observer import Observer
from atmos_auth.config.tree import Map
from atmos_auth.config.well_formed import refuse_unknown_functions_and_twins
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


class UnreadableFileError(ConfigError):
    """A file is missing, is no file, or may not be read."""


class Documents:
    """Reads text, YAML and configuration files through an observer, and remembers the trees."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._trees: dict[str, Any] = {}
        self._parts: dict[str, Any] = {}

    def text(self, path: str) -> str:
        """Read a text file as UTF-8, or UTF-16 where a byte order mark says so. Raises ConfigError."""
        try:
            content = self._observer.read(path)
        except OSError as error:
            raise _unreadable(path, error) from None
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            before = content[: error.start].decode(encoding, "replace")
            column = len(before) - (before.rfind("\n") + 1) + 1
            raise ConfigError(
                "this file is not text in UTF-8",
                place=Place(path, before.count("\n") + 1, column),
                hints=["Save the file with the encoding UTF-8."],
            ) from None

    def tree(self, path: str) -> Any:
        """Read a YAML or JSON file with any value at its top; empty gives None. Raises ConfigError."""
        if path not in self._trees:
            from atmos_auth.config.compose import compose

            self._trees[path] = compose(self.text(path), path)
        return self._trees[path]

    def part(self, path: str) -> Any:
        """Read a YAML file that becomes part of the configuration. Raises ConfigError.

        Functions that do not exist, and keys of one mapping that differ in case only, are refused.
        """
        if path not in self._parts:
            tree = self.tree(path)
            refuse_unknown_functions_and_twins(tree)
            self._parts[path] = tree
        return self._parts[path]

    def configuration(self, path: str) -> Map:
        """Read a configuration file: a mapping at its top; empty gives no keys. Raises ConfigError."""
        tree = self.part(path)
        if tree is None:
            return Map(Place(path, 1, 1))
        if not isinstance(tree, Map):
            raise ConfigError(
                f"a mapping is expected here, not {_named(tree)}",
                place=getattr(tree, "place", Place(path, 1, 1)),
                hints=["Write `key: value` lines, for example `auth:` with `identities:` below it."],
            )
        return tree


def _named(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return "a YAML function" if hasattr(value, "tag") else "a single value"


def _unreadable(path: str, error: OSError) -> UnreadableFileError:
    if isinstance(error, IsADirectoryError):
        message, hint = "this is a directory, and a file is expected", "Name a file inside it, or rename it."
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        message, hint = "this file does not exist", "Check the spelling of the path."
    elif isinstance(error, PermissionError):
        message, hint = "this file may not be read", f"Allow it: chmod u+r '{path}'."
    else:
        message, hint = f"this file cannot be read: {error.strerror or error}", "Check the file and its disk."
    return UnreadableFileError(message, place=Place(path, 1, 1), hints=[hint])
