"""What is configured, and how it hangs together, for people and programs; secrets never included."""

from atmos_auth.usecases.listing.entries import listing
from atmos_auth.usecases.listing.entry import BLOCKED, BROKEN, EXPIRED, NONE, SOON, SOON_SECONDS, VALID, Entry
from atmos_auth.usecases.listing.filters import Filters, Listing, chosen
from atmos_auth.usecases.listing.redaction import REDACTED, redacted

__all__ = [
    "BLOCKED",
    "BROKEN",
    "EXPIRED",
    "NONE",
    "REDACTED",
    "SOON",
    "SOON_SECONDS",
    "VALID",
    "Entry",
    "Filters",
    "Listing",
    "chosen",
    "listing",
    "redacted",
]
