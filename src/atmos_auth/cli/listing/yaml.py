"""The list as YAML."""

from atmos_auth.cli.listing.screen import Screen
from atmos_auth.cli.listing.sections import sections
from atmos_auth.usecases.listing import Listing

# PyYAML writes them as they are, and takes them for blanks when it reads them.
_LINE_BREAKS = frozenset("\x85\u2028\u2029")


def render(listing: Listing, screen: Screen) -> str:
    """Return the settings as one mapping; escaped where the screen cannot show every character."""
    import yaml

    data = sections(listing, screen)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=screen.unicode)
    if _LINE_BREAKS.isdisjoint(text):
        return text
    return yaml.safe_dump(data, sort_keys=False)
