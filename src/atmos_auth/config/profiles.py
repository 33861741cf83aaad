"""Find configuration profiles: directories of YAML that are laid over everything else."""

import os

from atmos_auth.config.fragments import yaml_files
from atmos_auth.config.functions import Functions
from atmos_auth.config.observer import Observer
from atmos_auth.config.paths import absolute
from atmos_auth.config.tree import Map, Seq, lookup
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import ConfigError, ProfileNotFound
from atmos_auth.domain.place import Place

_RESERVED = "__SELECT__"


class Profiles:
    """The profiles that a base configuration, read from `directory`, can choose from."""

    def __init__(self, tree: Map, directory: str, observer: Observer, functions: Functions) -> None:
        self._tree = tree
        self._directory = directory
        self._observer = observer
        self._functions = functions

    def chosen(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        """Give the names to use: those asked for, else `ATMOS_PROFILE`, else `profiles.default`.

        Names may be separated by commas. Raises ConfigError for a name that cannot be a profile's.
        """
        written, place = [*asked], None
        if not written:
            variable = self._observer.variable(env_names.ATMOS_PROFILE)
            written = [variable] if variable else []
        if not written:
            written, place = self._default()
        names = [name.strip() for entry in written for name in entry.split(",") if name.strip()]
        for name in names:
            if name == _RESERVED or name in (".", "..") or "/" in name or os.sep in name:
                raise ConfigError(f"{name!r} cannot be the name of a profile", place=place)
        return tuple(dict.fromkeys(names))

    def files(self, name: str) -> list[str]:
        """Give the YAML files of a profile, weakest first. Raises ProfileNotFound."""
        for location in self._locations():
            directory = os.path.join(location, name)
            if self._observer.is_directory(directory):
                return yaml_files(directory, self._observer)
        raise self._missing(name)

    def available(self) -> dict[str, str]:
        """Give every profile's name and directory, in order of name. Lists directories."""
        found: dict[str, str] = {}
        for location in self._locations():
            for name, is_directory in self._observer.entries(location):
                if is_directory and not name.startswith("."):
                    found.setdefault(name, os.path.join(location, name))
        return dict(sorted(found.items()))

    def _section(self) -> Map | None:
        found = lookup(self._tree, "profiles")
        section = self._functions.head(found[1]) if found else None
        return section if isinstance(section, Map) else None

    def _setting(self, key: str) -> tuple[object, Place] | None:
        section = self._section()
        found = lookup(section, key) if section is not None else None
        if section is None or found is None or found[1] is None:
            return None
        return self._functions.whole(found[1]), section.value_places[found[0]]

    def _default(self) -> tuple[list[str], Place | None]:
        setting = self._setting("default")
        if setting is None:
            return [], None
        value, place = setting
        given = list(value) if isinstance(value, Seq) else [value]
        names = [name for name in given if isinstance(name, str)]
        if len(names) < len(given):
            raise ConfigError("`profiles.default` takes names of profiles", place=place)
        return names, place

    def _locations(self) -> list[str]:
        home = self._functions.surroundings.home
        locations = []
        setting = self._setting("base_path")
        if setting is not None:
            written, place = setting
            if not isinstance(written, str):
                raise ConfigError("`profiles.base_path` takes the path of a directory", place=place)
            locations.append(absolute(written, os.path.dirname(place.file), home))
        shared = self._observer.variable(env_names.ATMOS_XDG_CONFIG_HOME) or self._observer.variable("XDG_CONFIG_HOME")
        locations.append(os.path.join(self._directory, ".atmos", "profiles"))
        locations.append(os.path.join(shared or os.path.join(home, ".config"), "atmos", "profiles"))
        locations.append(os.path.join(self._directory, "profiles"))
        return locations

    def _missing(self, name: str) -> ProfileNotFound:
        available = list(self.available())
        hints = [f"Use one of {', '.join(available)}." if available else "No profile is defined yet."]
        if self._is_identity(name):
            hints.insert(
                0, f"{name} is an identity; did you mean --identity {name}, or {env_names.ATMOS_IDENTITY}={name}?"
            )
        return ProfileNotFound(
            f"the profile {name!r} does not exist",
            hints=hints,
            details=[f"searched in {location}" for location in self._locations()],
        )

    def _is_identity(self, name: str) -> bool:
        value: object = self._tree
        for key in ("auth", "identities", name):
            value = self._functions.head(value)
            found = lookup(value, key) if isinstance(value, Map) else None
            if found is None:
                return False
            value = found[1]
        return True
