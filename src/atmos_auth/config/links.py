"""Notice a symbolic link that leads back to a directory we are already in."""

import os


def leads_back(path: str, above: tuple[str, ...]) -> bool:
    """Tell whether following the link at `path` would enter one of the directories in `above` again."""
    if not os.path.islink(path):
        return False
    target = os.path.realpath(path)
    return any(os.path.realpath(directory) == target for directory in above)
