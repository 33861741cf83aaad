"""What names a portal session, here and in the files of other programs."""

from collections.abc import Iterator

# What may follow a portal's path without changing which portal it is: the AWS console offers all of these to copy.
_ENDINGS = ("", "/", "#", "#/", "/#", "/#/")


def session_key(start_url: str, region: str) -> str:
    """Name a portal session as its file is named: sha1 of `start_url|region`, in lower-case hex."""
    from hashlib import sha1

    return sha1(f"{start_url}|{region}".encode(), usedforsecurity=False).hexdigest()


def spellings(start_url: str) -> Iterator[str]:
    """Yield the ways to write a portal's address, the given one first."""
    yield start_url
    bare = start_url.rstrip("/#")
    yield from (bare + ending for ending in _ENDINGS if bare + ending != start_url)
