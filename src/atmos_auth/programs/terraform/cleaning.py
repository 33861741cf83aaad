"""What Terraform and we have left beside a component's code, and how it goes."""

import os
import shutil
from collections.abc import Iterable, Iterator

from atmos_auth.domain.errors import StoreError
from atmos_auth.programs.terraform.files import OVERRIDE, PLAN, PROVIDERS, VARIABLES, stem_of
from atmos_auth.stacks.component import Component

DATA, LOCK = ".terraform", ".terraform.lock.hcl"
_STATES = "terraform.tfstate.d"


def left_beside(
    component: Component, folder: str, *, workspace: str, generated: Iterable[str], keeps_lock: bool, with_state: bool
) -> list[str]:
    """Return the paths that are there and may go: what can be made again, and `with_state` the local state as well.

    `generated` are names of files beside those that every component may have.
    """
    stem = stem_of(component)
    names = [DATA, f"{stem}{VARIABLES}", f"{stem}{PLAN}", PROVIDERS, OVERRIDE]
    names += [] if keeps_lock else [LOCK]
    names += generated
    names += [os.path.join(_STATES, workspace)] if with_state else []
    return [path for path in (os.path.join(folder, name) for name in names) if os.path.lexists(path)]


def everything_below(folder: str, *, keeps_lock: bool) -> Iterator[str]:
    """Yield, in every folder of code below `folder`, what Terraform has left there; no state."""
    for above, folders, files in os.walk(folder):
        if DATA in folders:
            folders.remove(DATA)
            yield os.path.join(above, DATA)
        if LOCK in files and not keeps_lock:
            yield os.path.join(above, LOCK)
        yield from (os.path.join(above, name) for name in files if name.endswith((VARIABLES, PLAN)))


def remove(path: str) -> None:
    """Remove a file or a folder with all that is in it; raises `StoreError`."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"cannot remove {path}: {error.strerror or error}") from error
