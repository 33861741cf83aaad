"""A stand-in for Docker's own folder, for a run that is to leave nothing behind."""

import os
from contextlib import suppress

from atmos_auth.host.docker_config import FILE
from atmos_auth.host.files import make_private_folder, write_private
from atmos_auth.host.shared_files import read_shared


def private_docker_folder(original: str, folder: str) -> str:
    """Fill `folder` with a copy of the configuration in `original`, and with links to all else there; return it.

    Plug-ins and contexts are found through the links. Raises `StoreError`.
    """
    make_private_folder(folder)
    text = read_shared(os.path.join(original, FILE))
    if text is not None and not os.path.exists(os.path.join(folder, FILE)):
        write_private(os.path.join(folder, FILE), text.encode())
    # Where links cannot be made, Docker works without plug-ins of this user.
    with suppress(OSError):
        for name in os.listdir(original):
            link = os.path.join(folder, name)
            if name != FILE and not os.path.lexists(link):
                os.symlink(os.path.join(os.path.abspath(original), name), link)
    return folder
