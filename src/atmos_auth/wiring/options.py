"""What the command line says about a run as a whole, and the streams that it has."""

from typing import NamedTuple, TextIO


class Options(NamedTuple):
    """What the command line says about the run as a whole; None and () mean: not said."""

    config_files: tuple[str, ...] = ()
    config_directories: tuple[str, ...] = ()
    base_path: str | None = None
    profiles: tuple[str, ...] = ()
    logs_level: str | None = None
    logs_file: str | None = None
    interactive: bool = True
    force_tty: bool = False
    color: bool | None = None
    qr: bool = False
    browser: bool = True
    # Variables that flags stand for, with what the flags say.
    overrides: tuple[tuple[str, str], ...] = ()


class Streams(NamedTuple):
    """The three streams of the run."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
