"""Words that nobody reads because a letter is wrong, such as sections of the configuration."""

from collections.abc import Iterator, Sequence

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
        if key.lower() not in SECTIONS and (meant := nearest(key, SECTIONS)):
            yield InvalidSetting(
                f"nothing here reads the section {key}",
                place=tree.key_places[key],
                hints=[f"did you mean `{meant}`?"],
            )


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that is spelled nearly like this one; None where nobody could mean any of them."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word.lower(), known, n=1, cutoff=_CLOSE)), None)
