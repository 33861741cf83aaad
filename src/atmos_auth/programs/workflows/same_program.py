"""Lets scripts find the very program that runs them, whatever PATH has beside it."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from atmos_auth.domain.env_names import ATMOS_CLI_PATH

_PROGRAM = "atmos"


@contextmanager
def findable(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give the environment in which `atmos` is this program; nothing else that PATH has is hidden.

    Where another one is found first, a folder with ours alone in it goes before it, as long as this is entered.
    """
    path, own = environ.get("PATH", os.defpath), _own_program()
    if own is None:
        yield dict(environ)
        return
    known = {**environ, ATMOS_CLI_PATH: own}
    found = shutil.which(_PROGRAM, path=path)
    if found is None:
        yield {**known, "PATH": f"{path}{os.pathsep}{os.path.dirname(own)}"}
    elif os.path.samefile(found, own):
        yield known
    else:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="atmos-") as folder:
            yield {**known, "PATH": f"{_folder_with(own, folder)}{os.pathsep}{path}"}


def _folder_with(own: str, folder: str) -> str:
    try:
        os.symlink(own, os.path.join(folder, _PROGRAM))
    except OSError:
        return os.path.dirname(own)  # some systems let few people make links
    return folder


def _own_program() -> str | None:
    folders = (os.path.dirname(os.path.abspath(sys.argv[0])), os.path.dirname(sys.executable))
    return next((own for folder in folders if (own := shutil.which(_PROGRAM, path=folder)) is not None), None)
