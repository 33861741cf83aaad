"""A private folder that is gone when this process is: for runs that are to leave nothing behind."""

import os
from collections.abc import Mapping

from atmos_auth.host.running import is_running

PREFIX = "atmos-"


def make_runtime_folder(environ: Mapping[str, str]) -> str:
    """Make a folder of mode 0700 below XDG_RUNTIME_DIR or the system's temporary folder; removed at exit.

    What a run that was killed has left there is removed on the way.
    """
    import atexit
    import shutil
    import tempfile

    above = environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    if not os.path.isdir(above):
        above = tempfile.gettempdir()
    for left in _left_behind(above):
        shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=above)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _left_behind(above: str) -> list[str]:
    """Find this user's folders whose process is no more."""
    if os.name != "posix":
        return []
    folders = []
    for entry in os.scandir(above):
        process = entry.name.removeprefix(PREFIX).partition("-")[0] if entry.name.startswith(PREFIX) else ""
        if process.isascii() and process.isdigit() and not is_running(int(process)):
            status = entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False) and status.st_uid == os.geteuid():
                folders.append(entry.path)
    return folders
