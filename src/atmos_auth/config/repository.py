"""Find the root of the Git repository around a directory, without starting Git."""

import os

from atmos_auth.config.observer import Observer


def repository_root(directory: str, observer: Observer) -> str | None:
    """Walk up from `directory` to the first one that holds `.git`, directory or file; None if none does."""
    while True:
        if observer.exists(os.path.join(directory, ".git")):
            return directory
        above = os.path.dirname(directory)
        if above == directory:
            return None
        directory = above
