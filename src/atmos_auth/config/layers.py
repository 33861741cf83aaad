"""Say which directories and files make up the configuration, weakest first."""

import os
from typing import NamedTuple

from atmos_auth.config.fragments import FRAGMENT_DIRECTORIES
from atmos_auth.config.observer import Observer
from atmos_auth.config.paths import absolute
from atmos_auth.config.request import Request
from atmos_auth.config.truth import truth
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import ConfigError

FILE_NAMES = ("atmos.yaml", "atmos.yml", ".atmos.yaml", ".atmos.yml")
_LOCAL_DIRECTORIES = (".atmos", *FRAGMENT_DIRECTORIES)


class Source(NamedTuple):
    """One directory of the configuration: its main file if it has one, and whether that may import others."""

    directory: str
    file: str | None
    may_import: bool = True


class Layers:
    """Finds the sources of one request; what a person should know about the search is in `warnings`."""

    def __init__(self, request: Request, observer: Observer, repository: str | None) -> None:
        self._request = request
        self._observer = observer
        self._repository = repository
        self.warnings: list[str] = []

    def sources(self, system_directory: str) -> list[Source]:
        """Give the sources, weakest first. Raises ConfigError when one that was named does not exist."""
        named = self._named()
        return self._unique(named if named is not None else self._discovered(system_directory))

    def _named(self) -> list[Source] | None:
        files, directories = self._request.config_files, self._request.config_directories
        if not files and not directories:
            files = self._listed(env_names.ATMOS_CONFIG)
            directories = self._listed(env_names.ATMOS_CONFIG_PATH)
        if not files and not directories:
            return None
        sources = [self._required(self._absolute(directory)) for directory in directories]
        for file in files:
            path = self._absolute(file)
            if not self._observer.exists(path):
                raise ConfigError(f"the configuration file {path} does not exist", hints=["Check the spelling."])
            sources.append(Source(os.path.dirname(path), path))
        return sources

    def _required(self, directory: str) -> Source:
        if not self._observer.is_directory(directory):
            raise ConfigError(f"the configuration directory {directory} does not exist", hints=["Check the spelling."])
        source = self._source(directory)
        if source.file is None and not self._has_fragments(directory):
            raise ConfigError(
                f"the configuration directory {directory} holds no atmos.yaml",
                hints=["Create the file, or name another directory."],
            )
        return source

    def _discovered(self, system_directory: str) -> list[Source]:
        cwd, home = self._request.cwd, self._request.home
        system = self._source(system_directory)
        sources = [system._replace(may_import=False), self._source(os.path.join(home, ".atmos"))]
        chosen = self._observer.variable(env_names.ATMOS_CLI_CONFIG_PATH)
        look_above = not chosen and not self._is_configured(cwd)
        if self._repository is not None:
            root = self._source(self._repository)
            sources.append(root if look_above else root._replace(file=None))
        if look_above:
            sources += self._nearest_above(cwd)
        sources.append(self._source(cwd))
        if chosen:
            sources.append(self._chosen(self._absolute(chosen)))
        return sources

    def _nearest_above(self, directory: str) -> list[Source]:
        while (above := os.path.dirname(directory)) != directory:
            directory = above
            source = self._source(directory)
            if source.file is None:
                continue
            # Configuration can start programs (`!exec`): what anybody may put into /tmp must not reach us.
            if self._observer.is_anybodys(directory) and not self._observer.is_own(source.file):
                self.warnings.append(
                    f"{source.file} is not read: anybody may write to its directory, and it is not yours"
                )
                continue
            return [source]
        return []

    def _chosen(self, directory: str) -> Source:
        if not self._observer.is_directory(directory):
            raise ConfigError(
                f"{env_names.ATMOS_CLI_CONFIG_PATH} names {directory}, which is no directory",
                hints=[f"Name the directory that holds atmos.yaml, or name a file with {env_names.ATMOS_CONFIG}."],
            )
        source = self._source(directory)
        if source.file is None and not self._has_fragments(directory):
            self.warnings.append(f"{env_names.ATMOS_CLI_CONFIG_PATH} names {directory}, which holds no atmos.yaml")
        return source

    def _source(self, directory: str) -> Source:
        present = [name for name in FILE_NAMES if self._observer.exists(os.path.join(directory, name))]
        if len(present) > 1:
            ignored = " and ".join(present[1:])
            warning = f"{directory} holds {present[0]}, so {ignored} beside it is not read"
            if warning not in self.warnings:
                self.warnings.append(warning)
        return Source(directory, os.path.join(directory, present[0]) if present else None)

    def _is_configured(self, directory: str) -> bool:
        return any(self._observer.exists(os.path.join(directory, name)) for name in FILE_NAMES) or any(
            self._observer.is_directory(os.path.join(directory, name)) for name in _LOCAL_DIRECTORIES
        )

    def _has_fragments(self, directory: str) -> bool:
        return any(self._observer.is_directory(os.path.join(directory, name)) for name in FRAGMENT_DIRECTORIES)

    def _listed(self, variable: str) -> tuple[str, ...]:
        parts = (self._observer.variable(variable) or "").split(",")
        return tuple(part.strip() for part in parts if part.strip())

    def _absolute(self, written: str) -> str:
        return absolute(written, self._request.cwd, self._request.home)

    @staticmethod
    def _unique(sources: list[Source]) -> list[Source]:
        """Keep the strongest of equal places; a file stays where its directory returns without it."""
        kept: list[Source] = []
        for source in reversed(sources):
            same = [other for other in kept if other.directory == source.directory]
            if not any(source.file in (None, other.file) for other in same):
                kept.append(source)
        return kept[::-1]


def may_use_repository(observer: Observer) -> bool:
    """Tell whether the repository's root may be looked at. Raises ConfigError for an unclear variable."""
    word = observer.variable(env_names.ATMOS_GIT_ROOT_BASEPATH)
    try:
        return truth(word) if word else True
    except ValueError as error:
        raise ConfigError(f"{env_names.ATMOS_GIT_ROOT_BASEPATH} is {word!r}: {error}") from None


def system_directory(observer: Observer) -> str:
    """Give the directory of the configuration that all users of this machine share."""
    if os.name == "nt":
        return os.path.join(observer.variable("LOCALAPPDATA") or "C:\\ProgramData", "atmos")
    return "/usr/local/etc/atmos"
