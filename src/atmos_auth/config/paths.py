"""Make written paths absolute: `~` is the home directory, anything relative starts at a given directory."""

import os


def absolute(written: str, start: str, home: str) -> str:
    """Give the absolute, normalised path that `written` means in `start`; nothing is looked up on disk."""
    if written == "~" or written.startswith(("~/", "~" + os.sep)):
        written = home + written[1:]
    return os.path.normpath(os.path.join(start, written))


def shown(path: str, start: str) -> str:
    """Give an absolute path as somebody in `start` would type it: relative where it is below."""
    return os.path.relpath(path, start) if path == start or path.startswith(os.path.join(start, "")) else path
