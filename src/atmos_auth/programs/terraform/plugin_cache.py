"""Where Terraform keeps providers once for all components."""

import os
from collections.abc import Callable, Iterator, Mapping

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.files import make_private_folder
from atmos_auth.host.paths import expanded
from atmos_auth.wiring import Project

_FOLDER = "TF_PLUGIN_CACHE_DIR"
_WITH_OTHERS = "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"


class PluginCache:
    """The cache as a project wants it, for the runs of one command; `warn` is told once of a folder that cannot be."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._refused: set[str] = set()

    def variables(self, project: Project, environ: Mapping[str, str]) -> dict[str, str]:
        """Return what Terraform has to be told: nothing where `environ` names a cache, or there can or may be none."""
        written = environ.get(_FOLDER, "")
        # A relative folder would be another one for every component.
        names_one = os.path.isabs(written) and written != os.sep
        if names_one or project.config.resolve(("components", "terraform", "plugin_cache")) is False:
            return {}
        folder = folder_of(project)
        if folder in self._refused or not self._is_there(folder):
            return {}
        return {_FOLDER: folder, _WITH_OTHERS: "true"}

    def _is_there(self, folder: str) -> bool:
        try:
            make_private_folder(folder)
        except StoreError as refused:
            reason = refused.message
        else:
            if os.access(folder, os.W_OK):
                return True
            reason = f"cannot write into {folder}"
        self._refused.add(folder)
        self._warn(f"{reason}: providers are kept for each component alone (components.terraform.plugin_cache_dir)")
        return False


def folder_of(project: Project) -> str:
    """Return the folder of the cache, absolute; it may not exist."""
    written = project.config.resolve(("components", "terraform", "plugin_cache_dir"))
    if not written:
        return os.path.join(project.paths.cache, "terraform", "plugins")
    return os.path.normpath(os.path.join(project.config.base_path, expanded(str(written), project.paths.home)))


def kept(folder: str) -> Iterator[str]:
    """Yield what Terraform keeps in a cache, by the servers it comes from; other files are none of its."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        # Below the name of a server there are providers: HOST/NAMESPACE/TYPE/VERSION/PLATFORM.
        if "." in entry.name.strip(".") and not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
            yield entry.path
