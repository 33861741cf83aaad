"""The list as one page that needs nothing else: no network, no other file, and no script to be read."""

from atmos_auth.cli.listing.html.page import render

__all__ = ["render"]
