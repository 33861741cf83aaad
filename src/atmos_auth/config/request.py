"""What a caller wants read, and from where it asks."""

from collections.abc import Mapping
from typing import NamedTuple


class Request(NamedTuple):
    """The directory, environment and home directory to read from, and what the command line chose.

    `cwd` and `home` are absolute. An empty tuple, or None, means that the command line said nothing, and the
    matching environment variable is looked at.
    """

    cwd: str
    environ: Mapping[str, str]
    home: str
    config_files: tuple[str, ...] = ()
    config_directories: tuple[str, ...] = ()
    base_path: str | None = None
    profiles: tuple[str, ...] = ()
