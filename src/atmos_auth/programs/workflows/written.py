"""Which workflows are written, and where: in files of their own, and in the configuration itself."""

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from atmos_auth.config.fragments import yaml_files
from atmos_auth.config.load import Config
from atmos_auth.config.paths import absolute, shown
from atmos_auth.config.tree import Map, lookup
from atmos_auth.config.workflow_settings import NO_WORKFLOWS, SECTION
from atmos_auth.domain.errors import ConfigError, InvalidSetting, UnknownWorkflow
from atmos_auth.domain.place import Place

HOW_TO_WRITE = f"write some below `{SECTION}:` in atmos.yaml, or in files of `{SECTION}.base_path`"
# What stands for the configuration where a file is named.
INLINE = "atmos.yaml"
# Where files are looked for when there is no configuration at all.
_USUAL_FOLDER = os.path.join("stacks", "workflows")
_ENDINGS = (".yaml", ".yml")


class Source(NamedTuple):
    """Where workflows are written: `word` names it behind --file, `path` is its file, None the configuration's own."""

    word: str
    path: str | None


class Written(NamedTuple):
    """A workflow as it is written: `tree` may still hold functions, or be no mapping at all."""

    name: str
    source: Source
    tree: Any
    place: Place | None


class Workflows:
    """The workflows of one configuration; `warn` is told of files that cannot be read."""

    def __init__(self, config: Config, *, home: str, directory: str, warn: Callable[[ConfigError], None]) -> None:
        self._config = config
        self._home = home
        self._directory = directory
        self._warn = warn

    @cached_property
    def folder(self) -> str | None:
        """The folder of workflow files, whether or not it exists; None where none is configured."""
        written = self._config.resolve((SECTION, "base_path"))
        if written is not None and not isinstance(written, str):
            raise InvalidSetting(
                f"{SECTION}.base_path takes the path of a folder",
                place=self._config.place((SECTION, "base_path")),
                hints=["for example `base_path: stacks/workflows`"],
            )
        if not written:
            return None if self._config.files else absolute(_USUAL_FOLDER, self._config.base_path, self._home)
        return absolute(written, self._config.base_path, self._home)

    def everywhere(self) -> list[Written]:
        """Return all workflows, those of the configuration first; files that are none of ours are passed over."""
        found = list(self._inline())
        for path in self._files():
            try:
                found += self._in_file(path) or ()
            except ConfigError as unreadable:
                self._warn(unreadable)
        return found

    def in_file(self, word: str) -> list[Written]:
        """Return the workflows of the file that `word` names; raises ConfigError."""
        if word == INLINE:
            return list(self._inline())
        path = self._named(word)
        found = self._in_file(path)
        if found is None:
            raise ConfigError(
                f"invalid workflow manifest: {shown(path, self._directory)} has no top-level `{SECTION}:` key",
                place=Place(path, 1, 1),
                hints=[f"write `{SECTION}:`, and below it one indented name per workflow"],
            )
        return found

    def find(self, name: str, word: str | None) -> list[Written]:
        """Return the workflows of this name, in one file or in all; raises `UnknownWorkflow` when there is none."""
        known = self.everywhere() if word is None else self.in_file(word)
        exact = [one for one in known if one.name == name]
        found = exact or [one for one in known if one.name.lower() == name.lower()]
        if not found:
            raise self._unknown(name, word, known)
        return found

    def remarks(self) -> list[str]:
        """Say why there may be fewer workflows than one thinks."""
        folder = self.folder
        if folder is None or self._config.resolver.functions.observer.is_directory(folder):
            return []
        return [f"the folder of workflow files does not exist: {shown(folder, self._directory)}"]

    def _unknown(self, name: str, word: str | None, known: list[Written]) -> UnknownWorkflow:
        from difflib import get_close_matches

        names = sorted({one.name for one in known}, key=str.lower)
        close = get_close_matches(name, names, n=1)
        hints = [f'did you mean "{close[0]}"?'] if close else []
        details = [f"available workflows: {', '.join(names)}"] if names else ["no workflows are written"]
        if word is None:
            details += self.remarks()
        where = f" in {word}" if word else ""
        return UnknownWorkflow(
            f'no workflow found: no workflow exists with name "{name}"{where}',
            details=details,
            hints=hints if names else [HOW_TO_WRITE],
        )

    def _inline(self) -> Iterator[Written]:
        section = self._config.peek((SECTION,))
        if section is None:
            return
        if not isinstance(section, Map):
            raise InvalidSetting(
                f"{SECTION} must map names to workflows",
                place=self._config.place((SECTION,)),
                hints=[f"write `{SECTION}:`, and below it one indented name per workflow"],
            )
        for name, tree in section.items():
            if name.lower() not in NO_WORKFLOWS:
                yield Written(name, Source(INLINE, None), tree, section.key_places.get(name))

    def _files(self) -> list[str]:
        if self.folder is None:
            return []
        documents = self._config.resolver.functions.observer
        return [path for path in yaml_files(self.folder, documents) if path not in self._config.files]

    def _in_file(self, path: str) -> list[Written] | None:
        """Return the workflows of a file; None when it is a file of something else. Raises ConfigError."""
        functions = self._config.resolver.functions
        tree = functions.documents.configuration(path)
        found = lookup(tree, SECTION)
        if found is None:
            return None
        section = functions.head(found[1])
        if section is None:
            return []
        if not isinstance(section, Map):
            raise ConfigError(
                f"invalid workflow manifest: `{SECTION}` must map names to workflows",
                place=tree.value_places[found[0]],
                hints=[f"write `{SECTION}:`, and below it one indented name per workflow"],
            )
        source = Source(self._word(path), path)
        return [Written(name, source, below, section.key_places.get(name)) for name, below in section.items()]

    def _named(self, word: str) -> str:
        """Find the file that a person means; raises ConfigError."""
        folders = [self.folder or self._config.base_path, self._directory]
        endings = ("",) if word.endswith(_ENDINGS) else _ENDINGS
        tries = [absolute(word + ending, folder, self._home) for folder in folders for ending in endings]
        observer = self._config.resolver.functions.observer
        found = next((path for path in tries if observer.exists(path) and not observer.is_directory(path)), None)
        if found is not None:
            return found
        from difflib import get_close_matches

        known = [self._word(path) for path in self._files()]
        close = get_close_matches(word.removesuffix(".yaml"), known, n=1)
        raise ConfigError(
            f"workflow file not found: {shown(tries[0], self._directory)} does not exist",
            details=[f"workflow files: {', '.join(known)}"] if known else [],
            hints=[f"did you mean --file {close[0]}?"] if close else [],
        )

    def _word(self, path: str) -> str:
        """Name a file the way --file takes it."""
        inside = os.path.join(self.folder or self._config.base_path, "")
        return os.path.splitext(path.removeprefix(inside))[0] if path.startswith(inside) else path
