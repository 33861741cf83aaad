"""Follow the `import:` list of a configuration file to the documents it stands for."""

import os
from typing import Any

from atmos_auth.config.documents import Documents, UnreadableFileError
from atmos_auth.config.functions import Functions
from atmos_auth.config.globs import is_pattern, matching_files
from atmos_auth.config.observer import Observer
from atmos_auth.config.paths import absolute
from atmos_auth.config.tree import Map, Seq, lookup
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

_KEY = "import"
_DEEPEST = 10
_ENDINGS = (".yaml", ".yml")
_REMOTE_BEGINNINGS = (
    "git::",
    "s3::",
    "gcs::",
    "hg::",
    "git@",
    "github.com/",
    "gitlab.com/",
    "bitbucket.org/",
)

Document = tuple[str, Map]


def without_imports(document: Map) -> Map:
    """Give the document without its `import:` key."""
    found = lookup(document, _KEY)
    if found is None:
        return document
    body = Map(document.place)
    for key, value in document.items():
        if key != found[0]:
            body.put(key, value, document.key_places[key], document.value_places[key])
    return body


class Imports:
    """Expands a file into the documents it consists of, weakest first, its own body last.

    What cannot be found or read is left out and named in `warnings`; a file that is wrong raises.
    """

    def __init__(self, observer: Observer, documents: Documents, functions: Functions, base_path: str | None) -> None:
        self._observer = observer
        self._documents = documents
        self._functions = functions
        self._base_path = base_path
        self.warnings: list[str] = []

    def expanded(self, path: str) -> list[Document]:
        """Give the documents of a file and of everything it imports. Raises ConfigError."""
        return self._expanded(path, ())

    def _expanded(self, path: str, above: tuple[str, ...]) -> list[Document]:
        document = self._documents.configuration(path)
        chain = (*above, path)
        expanded: list[Document] = []
        for written, place in self._items(document):
            for imported in self._files(written, place, document, chain):
                if len(chain) > _DEEPEST:
                    raise ConfigError(
                        f"imports are nested deeper than {_DEEPEST} files", place=place, details=_route(chain)
                    )
                try:
                    expanded += self._expanded(imported, chain)
                except UnreadableFileError as error:
                    self._warn(place, f"the import {written} is left out: {imported}: {error.message}")
        return [*expanded, (path, without_imports(document))]

    def _items(self, document: Map) -> list[tuple[str, Place]]:
        found = lookup(document, _KEY)
        if found is None:
            return []
        key, value = found
        place = document.value_places[key]
        value = self._functions.whole(value)
        if value is None:
            return []
        items = list(zip(value, value.value_places, strict=True)) if isinstance(value, Seq) else [(value, place)]
        for item, item_place in items:
            if not isinstance(item, str) or not item.strip():
                raise ConfigError(
                    "an import must be the path of a file",
                    place=item_place,
                    hints=["Write `import:` and below it lines like `- path/to/file.yaml`."],
                )
        return items

    def _files(self, written: str, place: Place, document: Map, chain: tuple[str, ...]) -> list[str]:
        if "://" in written or written.startswith(_REMOTE_BEGINNINGS):
            self._observer.record.reasons.append(f"remote import at {place}")
            self._warn(place, f"the import {written} is left out: remote imports are not supported yet")
            return []
        home = self._functions.surroundings.home
        for start in self._starts(place, document):
            target = absolute(written, start, home)
            found = self._matching(target, place) if is_pattern(written) else self._single(target)
            if found:
                break
        else:
            kind = "matches no file" if is_pattern(written) else "does not exist"
            self._warn(place, f"the import {written} {kind} and is left out")
            return []
        if is_pattern(written):
            return [path for path in found if path not in chain]
        if found[0] in chain:
            raise ConfigError("files import each other in a circle", place=place, details=_route((*chain, found[0])))
        return found

    def _starts(self, place: Place, document: Map) -> list[str]:
        directory = os.path.dirname(place.file)
        starts = [directory]
        if self._base_path is not None:
            starts.append(self._base_path)
        own: Any = lookup(document, "base_path")
        if own and isinstance(own[1], str) and own[1]:
            starts.append(absolute(own[1], directory, self._functions.surroundings.home))
        return list(dict.fromkeys(starts))

    def _single(self, path: str) -> list[str]:
        candidates = [path] if path.endswith(_ENDINGS) else [path, *(path + ending for ending in _ENDINGS)]
        existing = [candidate for candidate in candidates if self._observer.exists(candidate)]
        # `config` may be a directory beside the `config.yaml` that is meant.
        files = [candidate for candidate in existing if not self._observer.is_directory(candidate)]
        return (files or existing)[:1]

    def _matching(self, pattern: str, place: Place) -> list[str]:
        try:
            return [path for path in matching_files(pattern, self._observer) if path.endswith(_ENDINGS)]
        except OSError as error:
            self._warn(place, f"{error.filename} cannot be listed: {error.strerror}")
            return []

    def _warn(self, place: Place, sentence: str) -> None:
        self.warnings.append(f"{place}: {sentence}")


def _route(chain: tuple[str, ...]) -> list[str]:
    return [f"{chain[0]}", *(f"imports {path}" for path in chain[1:])]
