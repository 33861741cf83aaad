"""The list as JSON, in ASCII: it survives whatever reads it."""

from atmos_auth.cli.listing.screen import Screen
from atmos_auth.cli.listing.sections import sections
from atmos_auth.usecases.listing import Listing


def render(listing: Listing, screen: Screen) -> str:
    """Return the settings as one object."""
    from json import dumps

    return dumps(sections(listing, screen), indent=2) + "\n"
