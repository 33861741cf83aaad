"""What Terraform and we have left beside a component's code, and how it goes."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from atmos_auth.domain.errors import StoreError
from atmos_auth.programs.terraform.files import OVERRIDE, PLAN, PROVIDERS, VARIABLES, stem_of
from atmos_auth.programs.terraform.noted_backend import DATA, NOTE, noted_local
from atmos_auth.stacks.component import Component

LOCK = ".terraform.lock.hcl"
_STATE, _STATES = "terraform.tfstate", "terraform.tfstate.d"


def left_beside(
    component: Component, folder: str, *, workspace: str, generated: Iterable[str], keeps_lock: bool, with_state: bool
) -> list[str]:
    """Return the paths that are there and may go: what can be made again, and `with_state` the local state as well.

    `generated` are names of files beside those that every component may have.
    """
    stem = stem_of(component)
    names = [f"{stem}{VARIABLES}", f"{stem}{PLAN}", PROVIDERS, OVERRIDE]
    names += [] if keeps_lock else [LOCK]
    names += generated
    names += [os.path.join(_STATES, workspace)] if with_state else []
    paths = [path for path in (os.path.join(folder, name) for name in names) if os.path.lexists(path)]
    return [*_data_of(folder, without=workspace if with_state else None), *paths]


def everything_below(folder: str, *, keeps_lock: bool) -> Iterator[str]:
    """Yield, in every folder of code below `folder`, what Terraform has left there; no state."""
    for above, folders, files in os.walk(folder):
        if DATA in folders:
            folders.remove(DATA)
            yield from _data_of(above)
        if LOCK in files and not keeps_lock:
            yield os.path.join(above, LOCK)
        yield from (os.path.join(above, name) for name in files if name.endswith((VARIABLES, PLAN)))


def _data_of(folder: str, *, without: str | None = None) -> list[str]:
    """Return Terraform's own folder if there is one, or what is in it where it notes down where local state stays.

    Without that note Terraform would ask whether to copy all workspaces onto themselves. `without` names the one of
    which the state goes as well.
    """
    data = os.path.join(folder, DATA)
    noted = noted_local(data)
    if noted is None or not _has_state(folder, noted, without):
        return [data] if os.path.lexists(data) else []
    return [os.path.join(data, name) for name in sorted(os.listdir(data)) if name != NOTE]


def _has_state(folder: str, noted: Mapping[str, Any], without: str | None) -> bool:
    workspaces = os.path.join(folder, noted.get("workspace_dir") or _STATES)
    others = set(os.listdir(workspaces)) - {without} if os.path.isdir(workspaces) else ()
    return bool(others) or os.path.exists(os.path.join(folder, noted.get("path") or _STATE))


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
