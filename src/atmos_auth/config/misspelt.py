"""Sections of the configuration that nobody reads because a letter is wrong."""

from collections.abc import Iterator

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import InvalidSetting

SECTIONS = (
    "aliases",
    "auth",
    "base_path",
    "commands",
    "components",
    "describe",
    "env",
    "import",
    "logs",
    "profiles",
    "settings",
    "stacks",
    "templates",
    "version",
    "workflows",
)
# Two letters of four that have changed places are close enough.
_CLOSE = 0.75


def misspelt_sections(tree: Map) -> Iterator[InvalidSetting]:
    """Yield the sections that are named nearly like one of ours, each with its place; works out nothing."""
    for key in tree:
        if key.lower() not in SECTIONS:
            from difflib import get_close_matches

            for meant in get_close_matches(key.lower(), SECTIONS, n=1, cutoff=_CLOSE):
                yield InvalidSetting(
                    f"nothing here reads the section {key}",
                    place=tree.key_places[key],
                    hints=[f"did you mean `{meant}`?"],
                )
