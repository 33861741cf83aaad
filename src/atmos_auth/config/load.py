"""Read the whole configuration: find it, merge it, and answer from it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from atmos_auth.config import base_path as base_paths
from atmos_auth.config.documents import Documents
from atmos_auth.config.fragments import fragments_beside
from atmos_auth.config.functions import Functions, Surroundings
from atmos_auth.config.imports import Document, Imports, without_imports
from atmos_auth.config.layers import Layers, Source, may_use_repository, system_directory
from atmos_auth.config.merge import lay_document
from atmos_auth.config.observer import Observer
from atmos_auth.config.overrides import from_environment
from atmos_auth.config.profiles import Profiles
from atmos_auth.config.promotion import promote
from atmos_auth.config.record import Record
from atmos_auth.config.repository import repository_root
from atmos_auth.config.request import Request
from atmos_auth.config.resolver import Resolver
from atmos_auth.config.tree import Map, lookup
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

__all__ = ["Config", "Request", "load"]


class Config(NamedTuple):
    """A merged configuration.

    `tree` still holds YAML functions; `resolve` works them out where it is asked. `directory` is that of the
    strongest file (the working directory if there is none), `base_path` the absolute start of the project's
    relative paths, `files` what was read, weakest first. `promoted` holds the `ATMOS_*` variables of `env:`
    that the real environment lacks. `record` goes on growing while questions are answered.
    """

    tree: Map
    directory: str
    base_path: str
    files: tuple[str, ...]
    profiles: tuple[str, ...]
    promoted: dict[str, str]
    warnings: tuple[str, ...]
    record: Record
    resolver: Resolver
    profile_choice: Profiles

    def __repr__(self) -> str:
        """Show where it came from and nothing of what it holds: that may be a secret."""
        return f"Config(directory={self.directory!r}, files={self.files!r}, profiles={self.profiles!r})"

    def resolve(self, path: Sequence[str | int]) -> Any:
        """Give the value at `path` with its functions worked out, or None. Raises ConfigError.

        Case does not matter in the path. Functions beside the path are not touched, those on it run once. May
        read files and start processes.
        """
        return self.resolver.resolve(path)

    def peek(self, path: Sequence[str | int]) -> Any:
        """Give the value at `path` as far as its own keys or elements; functions below stay Tagged.

        Works out functions on the path only, so that names can be listed without asking for what they hold.
        Raises ConfigError.
        """
        return self.resolver.peek(path)

    def place(self, path: Sequence[str | int]) -> Place | None:
        """Tell where the value at `path`, or its nearest ancestor, was written; evaluates nothing."""
        return self.resolver.place(path)

    def overlaid(self, document: Map) -> "Config":
        """Give a configuration in which `document` wins over everything read; neither original changes.

        For what is not a file of its own, such as the `auth` section of a component. Raises ConfigError.
        """
        functions = self.resolver.functions
        tree = lay_document(self.tree, document, functions.head)
        return self._replace(tree=tree, resolver=Resolver(tree, functions))

    def underlaid(self, document: Map) -> "Config":
        """Give a configuration in which everything read wins over `document`; neither original changes.

        For what nobody wrote, such as identities that were found at a portal. Raises ConfigError.
        """
        functions = self.resolver.functions
        tree = lay_document(document, self.tree, functions.head)
        return self._replace(tree=tree, resolver=Resolver(tree, functions))

    def available_profiles(self) -> dict[str, str]:
        """Give the name and directory of every profile that could be chosen. Lists directories."""
        return self.profile_choice.available()


def load(request: Request) -> Config:
    """Read everything that the request's directory, environment and choices lead to.

    Reads files; starts a process only for an `!exec` that an `ATMOS_*` variable of `env:`, an `import:`, the
    base path or the choice of profiles depends on. Raises ConfigError, ProfileNotFound.
    """
    return _Loading(request).config()


class _Loading:
    def __init__(self, request: Request) -> None:
        self._request = request
        self._record = Record()
        self._observer = Observer(request.environ, self._record)
        self._documents = Documents(self._observer)
        self._repository = repository_root(request.cwd, self._observer)
        self._functions = Functions(
            self._observer, self._documents, Surroundings(request.cwd, request.home, self._repository)
        )
        self._allowed_root = self._repository if may_use_repository(self._observer) else None
        self._layers = Layers(request, self._observer, self._allowed_root)
        self._imports = Imports(self._observer, self._documents, self._functions, self._callers_base_path())
        self._files: list[str] = []
        self._directory = request.cwd
        self._directories: set[str] = set()
        self._warnings: list[str] = []

    def config(self) -> Config:
        tree = Map(Place(self._request.cwd, 1, 1))
        for source in self._layers.sources(system_directory(self._observer)):
            documents = self._documents_of(source)
            if documents:
                self._directory = source.directory
            tree = self._laid(tree, documents)
        promote(tree, self._observer, self._functions)
        profiles = Profiles(tree, self._directory, self._observer, self._functions)
        chosen = profiles.chosen(self._request.profiles)
        for name in chosen:
            documents = [document for path in profiles.files(name) for document in self._imports.expanded(path)]
            if not documents:
                self._warnings.append(f"the profile {name} holds no YAML file")
            tree = self._laid(tree, documents)
        if chosen:
            promote(tree, self._observer, self._functions)
        for document in from_environment(self._observer):
            tree = lay_document(tree, document, self._functions.head)
        resolver = Resolver(tree, self._functions)
        if lookup(tree, "version") is not None:
            self._heed_version(resolver)
        return Config(
            tree,
            self._directory,
            self._base_path(tree),
            tuple(self._files),
            chosen,
            self._observer.promoted,
            (*self._layers.warnings, *self._imports.warnings, *self._warnings),
            self._record,
            resolver,
            profiles,
        )

    def _heed_version(self, resolver: Resolver) -> None:
        from atmos_auth.config.version_constraint import warning_of_version

        warning = warning_of_version(resolver, self._observer)
        if warning is not None:
            self._warnings.append(warning)

    def _documents_of(self, source: Source) -> list[Document]:
        beside = source.directory not in self._directories
        self._directories.add(source.directory)
        paths = fragments_beside(source.directory, self._observer) if beside else []
        if source.file is not None:
            paths.append(source.file)
        if source.may_import:
            return [document for path in paths for document in self._imports.expanded(path)]
        return [self._without_imports(path) for path in paths]

    def _without_imports(self, path: str) -> Document:
        document = self._documents.configuration(path)
        body = without_imports(document)
        if body is not document:
            self._warnings.append(f"{path}: imports are not followed in the system's configuration")
        return path, body

    def _laid(self, tree: Map, documents: Iterable[Document]) -> Map:
        for path, document in documents:
            self._files.append(path)
            tree = lay_document(tree, document, self._functions.head)
        return tree

    def _callers_base_path(self) -> str | None:
        written = base_paths.from_caller(self._request, self._observer)
        return written and self._effective(written, self._request.cwd)

    def _base_path(self, tree: Map) -> str:
        from_caller = self._callers_base_path()
        if from_caller is not None:
            return from_caller
        if not self._files:
            return self._request.cwd
        found = lookup(tree, "base_path")
        written = self._functions.whole(found[1]) if found else None
        if written is not None and not isinstance(written, str):
            raise ConfigError("`base_path` takes the path of a directory", place=tree.value_places[(found or [""])[0]])
        return self._effective(written or "", self._directory)

    def _effective(self, written: str, start: str) -> str:
        return base_paths.effective(written, start, self._request.home, self._allowed_root, self._observer)
