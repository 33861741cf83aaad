"""A path in the place of a component's name: the folder of code that a person stands in, or points at."""

import os
from collections.abc import Callable

from atmos_auth.domain.errors import UnclearPath
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.repository import Repository

# More would not help anybody to choose.
_SHOWN = 5


def is_path(word: str) -> bool:
    """Tell whether a word is meant as a path; a name may hold slashes, and begins with none, nor with a dot."""
    slashes = (os.sep, os.altsep or os.sep)
    beginnings = tuple(f"{dots}{slash}" for dots in (".", "..") for slash in slashes)
    return word in (".", "..") or word.startswith(beginnings) or os.path.isabs(word)


class ComponentPaths:
    """Finds components by where their code is.

    `directory` is where relative paths begin, `above` the folder of all components, `folder` tells that of one.
    """

    def __init__(
        self, repository: Repository, *, directory: str, above: str, folder: Callable[[Component], str]
    ) -> None:
        self._repository = repository
        self._directory = directory
        self._above = above
        self._folder = folder

    def at(self, path: str, stack: str) -> list[str]:
        """Name the components of a stack that can be used and whose code is there, sorted."""
        wanted = self._real(path)
        names = self._repository.usable(stack)
        return [name for name in names if self._real(self._folder(self._repository.component(name, stack))) == wanted]

    def the_one_at(self, path: str, stack: str) -> str:
        """Name the one component of a stack whose code is there; raises `UnclearPath` for none, and for several."""
        names = self.at(path, stack)
        if len(names) == 1:
            return names[0]
        if names:
            raise UnclearPath(
                f'ambiguous component path: {len(names)} components of stack "{stack}" have their code in {path}',
                details=names,
                hints=[f"name one of them, such as {names[0]}"],
            )
        if not self._real(path).startswith(os.path.join(self._real(self._above), "")):
            raise UnclearPath(
                f"{path} is no folder of a component: these are below {self._above}",
                hints=[f"atmos list components -s {stack}"],
            )
        elsewhere = [other for other in self._repository.stacks() if self.at(path, other)]
        raise UnclearPath(
            f'no component of stack "{stack}" has its code in {path}',
            details=[f"there is one in stack {other}" for other in elsewhere[:_SHOWN]],
            hints=[f"atmos list components -s {stack}"],
        )

    def _real(self, path: str) -> str:
        return os.path.realpath(os.path.join(self._directory, path))
