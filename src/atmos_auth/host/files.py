"""Private files: readable by their owner alone, and after a crash either the old or the new one, never a torn one."""

import errno
import os
import stat
from collections.abc import Iterable

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import StoreError
from atmos_auth.host.running import is_running

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def make_private_folder(path: str) -> None:
    """Create `path` and what is missing above it with mode 0700; raises `StoreError`."""
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    if parent and parent != path:
        make_private_folder(parent)
    try:
        os.mkdir(path, PRIVATE_FOLDER)
    except FileExistsError as exists:
        if not os.path.isdir(path):
            raise _cannot("create the folder", path, exists) from exists
    except OSError as error:
        raise _cannot("create the folder", path, error) from error


def write_private(path: str, content: bytes | Iterable[bytes]) -> None:
    """Replace `path` by `content`, mode 0600, through a temporary file beside it; raises `StoreError`.

    The folder is made private if it is new. The data is on the disk before the name points to it. Parts are written as
    they are made; if making one fails, `path` stays as it was.
    """
    folder = os.path.dirname(path)
    make_private_folder(folder)
    temporary = f"{path}.{os.getpid()}.{os.urandom(6).hex()}.tmp"
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), PRIVATE_FILE
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.writelines([content] if isinstance(content, bytes) else content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            _remove_leftovers(path)
        except BaseException:
            _remove_quietly(temporary)
            raise
        _sync_folder(folder)
    except OSError as error:
        raise _cannot("write", path, error) from error


def create_private(path: str, content: bytes) -> bool:
    """Write `path` only if it does not exist; of several processes at once exactly one gets True."""
    make_private_folder(os.path.dirname(path))
    temporary = f"{path}.{os.getpid()}.{os.urandom(6).hex()}.tmp"
    write_private(temporary, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        raise _cannot("create", path, error) from error
    finally:
        _remove_quietly(temporary)
    return True


def reserve_private(path: str) -> bool:
    """Have `path` be private before another program writes into it: empty if it is new; tell whether it is.

    Raises `StoreError`.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    except FileExistsError:
        _tighten(path)
        return False
    except OSError as error:
        raise _cannot("create", path, error) from error
    return True


def read_private(path: str) -> bytes | None:
    """Return the content, or None when there is no such file; raises `StoreError` for any other failure.

    Looser permissions than ours (a copy, another tool's umask) are tightened on sight.
    """
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                _tighten(path)
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _cannot("read", path, error) from error


def remove_file(path: str) -> bool:
    """Remove `path`; tell whether it was there; raises `StoreError` when it cannot be removed."""
    _remove_leftovers(path)
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _cannot("remove", path, error) from error
    return True


def set_aside(path: str) -> str:
    """Move an unreadable file out of the way, so that it is missed rather than met again; return its new name."""
    aside = _aside(path)
    try:
        os.replace(path, aside)
    except FileNotFoundError:
        return aside  # another process was faster
    except OSError as error:
        raise _cannot("set aside", path, error) from error
    return aside


def remove_set_aside(path: str) -> None:
    """Remove what was once set aside from `path`: what could not be understood may hold live secrets all the same."""
    remove_file(_aside(path))


def _aside(path: str) -> str:
    return f"{path}.corrupt"


def _remove_leftovers(path: str) -> None:
    """Remove the temporary files of writers that were killed in the middle: they hold what `path` was to hold."""
    folder, name = os.path.split(path)
    try:
        neighbours = os.listdir(folder)
    except OSError:
        return
    for neighbour in neighbours:
        if not (neighbour.startswith(f"{name}.") and neighbour.endswith(".tmp")):
            continue
        writer = neighbour[len(name) + 1 :].partition(".")[0]
        if writer.isascii() and writer.isdigit() and not is_running(int(writer)):
            _remove_quietly(os.path.join(folder, neighbour))


def _tighten(path: str) -> None:
    try:
        os.chmod(path, PRIVATE_FILE)
    except OSError:
        return  # not ours to mend: the file still serves, as a read-only mount does


def _sync_folder(folder: str) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_quietly(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _cannot(verb: str, path: str, error: OSError) -> StoreError:
    hints = ["check the owner and permissions of the path, and the space left on its disk"]
    if error.errno == errno.EROFS:
        elsewhere = ", ".join(env_names.BASE_FOLDERS)
        hints = [f"keep things elsewhere: {elsewhere}", f"or keep nothing: {env_names.ATMOS_KEYRING_TYPE}=memory"]
    return StoreError(
        f"cannot {verb} {path}: {error.strerror or error}",
        hints=hints,
    )
