"""Work out the directory at which the project's relative paths start."""

import os

from atmos_auth.config.observer import Observer
from atmos_auth.config.paths import absolute
from atmos_auth.config.request import Request
from atmos_auth.domain import env_names


def from_caller(request: Request, observer: Observer) -> str | None:
    """Give the base path that the command line or `ATMOS_BASE_PATH` asks for, as written, or None."""
    return request.base_path or observer.variable(env_names.ATMOS_BASE_PATH) or None


def effective(written: str, start: str, home: str, repository: str | None, observer: Observer) -> str:
    """Make a written base path absolute; `start` is the working directory, or that of the configuration file.

    Empty means the repository's root, if any. A bare name is looked for in the repository's root first.
    Anything else is relative to `start`.
    """
    if not written:
        return repository or start
    dotted = written in (".", "..") or written.startswith(("./", "../", "." + os.sep, ".." + os.sep))
    if repository is not None and not dotted:
        # Joining leaves an absolute path, and one in the home directory, as it is.
        in_repository = absolute(written, repository, home)
        if observer.is_directory(in_repository):
            return in_repository
    return absolute(written, start, home)
