"""The configured providers and identities by name: case does not matter, and functions run only where one is used."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from atmos_auth.config.load import Config
from atmos_auth.config.tags import INCLUDE
from atmos_auth.config.tree import Later, Map, Tagged, lookup
from atmos_auth.domain.chain import SECTIONS
from atmos_auth.domain.env_names import DISABLING_WORDS
from atmos_auth.domain.errors import ConfigError, InvalidSetting, UnknownIdentity, UnknownIntegration, UnknownProvider
from atmos_auth.domain.names import is_usable
from atmos_auth.domain.place import Place

# Python's ini parser, which the AWS SDK reads its files with, takes this section for the defaults of all others.
RESERVED_NAME = "DEFAULT"


class Catalog:
    """The `auth` section of one configuration, read entry by entry.

    `unexplored` names the providers whose portals nobody has looked at yet, although their identities are wanted.
    """

    def __init__(self, config: Config, *, unexplored: Sequence[str] = ()) -> None:
        self._config = config
        self.unexplored = tuple(unexplored)
        # By section: names as written by their lower case, for there may be thousands.
        self._spellings: dict[str, dict[str, str]] = {}

    def identities(self) -> list[str]:
        """Names of all identities as first written, sorted without regard to case."""
        return _sorted(self._names("identities"))

    def providers(self) -> list[str]:
        """Names of all providers as first written, sorted without regard to case."""
        return _sorted(self._names("providers"))

    def default_identities(self) -> list[str]:
        """Names of the identities marked `default: true`, sorted."""
        return [name for name in self.identities() if self._is_marked(name, "default")]

    def identity(self, name: str) -> tuple[str, Map]:
        """Return the name as written and the resolved settings; raises `UnknownIdentity` or `InvalidSetting`."""
        found = self._entry("identities", name)
        if found is None:
            raise UnknownIdentity(
                f'identity "{name}" not found in the configuration',
                hints=[*self.exploring, *_suggestions(name, self.identities())],
            )
        return found

    @property
    def exploring(self) -> list[str]:
        """The commands that look at the portals which nobody has looked at yet."""
        return [f"atmos auth discover --provider {name}" for name in self.unexplored]

    def provider(self, name: str) -> tuple[str, Map]:
        """Return the name as written and the resolved settings; raises `UnknownProvider` or `InvalidSetting`."""
        found = self._entry("providers", name)
        if found is None:
            raise UnknownProvider(
                f'provider "{name}" not found in the configuration',
                hints=_suggestions(name, self.providers()),
            )
        return found

    def integrations(self) -> list[str]:
        """Names of all integrations as first written, sorted without regard to case."""
        return _sorted(self._names("integrations"))

    def integration(self, name: str) -> tuple[str, Map]:
        """Return the name as written and the resolved settings; raises `UnknownIntegration` or `InvalidSetting`."""
        found = self._entry("integrations", name)
        if found is None:
            known = self.integrations()
            raise UnknownIntegration(
                f'integration "{name}" not found in the configuration',
                hints=[*_suggestions(name, known)[:-1], f"integrations: {', '.join(known) or 'none'}"],
            )
        return found

    def required_identities(self) -> list[str]:
        """Names of the identities marked `required: true`, sorted; raises `InvalidSetting`."""
        return [name for name in self.identities() if self._is_marked(name, "required")]

    def tags(self, section: str, name: str) -> list[str]:
        """Return the tags of an entry of `providers` or `identities`, as written; raises `InvalidSetting`."""
        tags = self._config.resolve(("auth", section, name, "tags"))
        if tags is None:
            return []
        if isinstance(tags, str) or not isinstance(tags, Sequence) or not all(isinstance(tag, str) for tag in tags):
            role = "provider" if section == "providers" else "identity"
            raise InvalidSetting(
                f'invalid {role} config: {role} "{name}": tags is not a list of words',
                place=self.place(section, name, "tags"),
                hints=["for example `tags: [production]`"],
            )
        return list(tags)

    def explorable(self) -> dict[str, tuple[str, str]]:
        """Return start URL and region of the providers whose identities are wanted without being written down.

        A provider that cannot be read is left out: it is told of where that provider is used.
        """
        found: dict[str, tuple[str, str]] = {}
        with suppress(ConfigError):
            for name, entry in self._section("providers").items():
                if isinstance(entry, Tagged) and entry.tag == INCLUDE:
                    entry = self._config.peek(("auth", "providers", name))  # noqa: PLW2901
                if not isinstance(entry, Map) or lookup(entry, "auto_provision_identities") is None:
                    continue
                where = ("auth", "providers", name)
                wanted, *portal = (
                    self._config.resolve((*where, key)) for key in ("auto_provision_identities", "start_url", "region")
                )
                if wanted is True and all(isinstance(text, str) for text in portal):
                    found[name] = (portal[0], portal[1])
        return found

    @property
    def is_unwritten(self) -> bool:
        """Whether no configuration file was found at all."""
        return not self._config.files

    def setting(self, *path: str) -> Any:
        """Return the resolved value below `auth`, or None."""
        return self._config.resolve(("auth", *path))

    def unresolved(self, *path: str) -> Any:
        """Return the value below `auth` as it was written: a function stays one."""
        *above, last = path
        holder = self._config.peek(("auth", *above))
        found = lookup(holder, last) if isinstance(holder, Map) else None
        return found[1] if found is not None else None

    def place(self, *path: str) -> Place | None:
        """Tell where the value below `auth` was written."""
        return self._config.place(("auth", *path))

    def _section(self, section: str) -> Map:
        whole = self._config.peek(("auth",))
        if whole is not None and not isinstance(whole, Map):
            raise InvalidSetting(
                f"auth must be a mapping, not {_type_name(whole)}",
                place=self._config.place(("auth",)),
                hints=["write `auth:`, and below it `providers:` and `identities:`, indented"],
            )
        entries = self._config.peek(("auth", section))
        if entries is None:
            return Map()
        if not isinstance(entries, Map):
            raise InvalidSetting(
                f"invalid auth config: {section} must map names to settings, not hold {_type_name(entries)}",
                place=self.place(section),
                hints=[f"write `{section}:` and below it one indented name per entry"],
            )
        return entries

    def _names(self, section: str) -> list[str]:
        return list(self._section(section))

    def _written(self, section: str, name: str) -> str | None:
        """Return a name as it was first written, whatever its case; an exact spelling wins."""
        entries = self._section(section)
        if name in entries:
            return name
        if section not in self._spellings:
            # The first spelling stays: later ones are laid over earlier ones.
            self._spellings[section] = {written.lower(): written for written in reversed(entries)}
        return self._spellings[section].get(name.lower())

    def _is_marked(self, name: str, mark: str) -> bool:
        if isinstance(self.unresolved("identities", name), Later):
            return False  # nobody wrote it
        value = self._config.resolve(("auth", "identities", name, mark))
        if value is not None and not isinstance(value, bool):
            # Taken for false, it would quietly let another identity be the default.
            raise InvalidSetting(
                f'invalid identity config: identity "{name}": {mark} is "{value}", which is not true or false',
                place=self.place("identities", name, mark),
                hints=[f"write `{mark}: true` or `{mark}: false`"],
            )
        return value is True

    def _entry(self, section: str, name: str) -> tuple[str, Map] | None:
        written = self._written(section, name)
        if written is None:
            return None
        role = next(role for role, name in SECTIONS.items() if name == section)
        settings = self._config.resolve(("auth", section, written))
        place = self.place(section, written)
        if not isinstance(settings, Map):
            raise InvalidSetting(
                f'invalid {role} config: {role} "{written}" must be a mapping of settings, not {_type_name(settings)}',
                place=place,
                hints=[f"write `{written}:`, and below it one indented line per setting"],
            )
        if not is_usable(written):
            raise InvalidSetting(
                f"invalid {role} config: {role} name is required"
                if not written.strip()
                else f"invalid {role} config: {written!r} cannot be used as a name",
                place=place,
                hints=[
                    "names become AWS profile names: leave out brackets, quotes, backslashes, ';', '#', line breaks"
                ],
            )
        if section == "identities" and written == RESERVED_NAME:
            raise InvalidSetting(
                f"auth.{section}: {written!r} cannot be used as a name",
                place=place,
                hints=["in AWS's ini files the keys of that section would leak into every other profile"],
            )
        if section == "identities" and written.lower() in DISABLING_WORDS:
            raise InvalidSetting(
                f'invalid identity config: "{written}" cannot be used as a name',
                place=place,
                hints=["given as an identity, this word switches authentication off: choose another name"],
            )
        return written, settings


def _sorted(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: (name.lower(), name))


def _suggestions(name: str, known: list[str]) -> list[str]:
    import re
    from difflib import get_close_matches

    # Names that several have are told apart by what stands in parentheses.
    alike = [f'"{k}"' for k in known if "(" in k and re.sub(r" \([^()]*\)", "", k).lower() == name.lower()]
    if alike:
        return [f"did you mean {' or '.join(alike[:3])}?", "atmos auth list"]
    close = get_close_matches(name.lower(), [k.lower() for k in known], n=1)
    hints = [f'did you mean "{next(k for k in known if k.lower() == close[0])}"?'] if close else []
    return [*hints, "atmos auth list"]


def _type_name(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    return {"str": "text", "int": "a number", "float": "a number", "bool": "true or false", "Seq": "a list"}.get(
        type(value).__name__, type(value).__name__
    )
