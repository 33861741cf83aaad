"""Find the YAML files in a directory of fragments, in the order in which they merge."""

import os

from atmos_auth.config.links import leads_back
from atmos_auth.config.observer import Observer
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

FRAGMENT_DIRECTORIES = (".atmos.d", "atmos.d")


def fragments_beside(directory: str, observer: Observer) -> list[str]:
    """Give the fragments in `.atmos.d`, then `atmos.d`, weakest first. Raises ConfigError."""
    return [path for name in FRAGMENT_DIRECTORIES for path in yaml_files(os.path.join(directory, name), observer)]


def yaml_files(directory: str, observer: Observer) -> list[str]:
    """Give every `.yaml` and `.yml` file below a directory: shallow ones first, then by path.

    Where both endings exist for one name, `.yml` is left out. A directory that does not exist holds nothing.
    Raises ConfigError when one cannot be listed.
    """
    found: list[str] = []
    _collect(directory, observer, found, ())
    present = set(found)
    kept = [path for path in found if not (path.endswith(".yml") and path[:-4] + ".yaml" in present)]
    return sorted(kept, key=lambda path: (path.count(os.sep), path))


def _collect(directory: str, observer: Observer, found: list[str], above: tuple[str, ...]) -> None:
    try:
        entries = observer.entries(directory)
    except OSError as error:
        raise ConfigError(
            f"this directory cannot be listed: {error.strerror or error}",
            place=Place(directory, 1, 1),
            hints=[f"Allow it: chmod u+rx '{directory}'."],
        ) from None
    for name, is_directory in entries:
        path = os.path.join(directory, name)
        if is_directory:
            if not leads_back(path, (*above, directory)):
                _collect(path, observer, found, (*above, directory))
        elif name.endswith((".yaml", ".yml")):
            found.append(path)
