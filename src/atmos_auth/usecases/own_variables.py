"""The variables that an identity brings along: its `env` list, checked, for every way in which a program gets it."""

from collections.abc import Mapping, Sequence
from typing import Any

from atmos_auth.config.tree import place_of
from atmos_auth.domain.chain import Link
from atmos_auth.domain.errors import InvalidSetting


def own_variables(link: Link) -> dict[str, str]:
    """Return the identity's `env` list as a mapping, in its order, a later entry winning; raises `InvalidSetting`."""
    entries = link.settings.get("env")
    if entries is None:
        return {}
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise _invalid(link, ["env"], "is not a list")
    variables: dict[str, str] = {}
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            raise _invalid(link, ["env", number], "is not a mapping")
        key, value = entry.get("key"), entry.get("value")
        if not isinstance(key, str) or not key.isascii() or not key.isidentifier():
            raise _invalid(link, ["env", number, "key"], "is not a variable's name")
        if not isinstance(value, str) or "\0" in value:
            # A number or a truth value has several spellings: only the person knows which one the program wants.
            raise _invalid(link, ["env", number, "value"], f"is not text (variable {key})")
        variables[key] = value
    return variables


def _invalid(link: Link, path: list[Any], why: str) -> InvalidSetting:
    written = "env" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:])
    return InvalidSetting(
        f"invalid identity config: {link}: {written} {why}",
        place=place_of(link.settings, path) or link.place,
        hints=['for example `env: [{ key: TEAM, value: "blue" }]`'],
    )
