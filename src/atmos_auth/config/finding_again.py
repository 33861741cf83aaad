"""What tells a program that we start, and that starts us again, where this run's configuration is."""

import os

from atmos_auth.config.layers import FILE_NAMES
from atmos_auth.config.load import Config
from atmos_auth.config.paths import absolute
from atmos_auth.config.request import Request
from atmos_auth.domain import env_names


def variables_to_find_again(request: Request, config: Config) -> dict[str, str]:
    """Return the variables with which the same is found from any other directory.

    Where a single directory cannot stand for all that was found, none names it: that would hide the others.
    """
    found = _where(request, config)
    if found or request.base_path or _said(env_names.ATMOS_BASE_PATH, request, config):
        found[env_names.ATMOS_BASE_PATH] = config.base_path
    if request.profiles:
        found[env_names.ATMOS_PROFILE] = ",".join(request.profiles)
    return found


def _where(request: Request, config: Config) -> dict[str, str]:
    files, directories = request.config_files, request.config_directories
    if not files and not directories:
        files = _listed(_said(env_names.ATMOS_CONFIG, request, config))
        directories = _listed(_said(env_names.ATMOS_CONFIG_PATH, request, config))
    if files or directories:
        return {
            env_names.ATMOS_CONFIG: ",".join(_from_there(path, request) for path in files),
            env_names.ATMOS_CONFIG_PATH: ",".join(_from_there(path, request) for path in directories),
        }
    chosen = _said(env_names.ATMOS_CLI_CONFIG_PATH, request, config)
    if chosen:
        return {env_names.ATMOS_CLI_CONFIG_PATH: _from_there(chosen, request)}
    mains = {os.path.dirname(path) for path in config.files if os.path.basename(path) in FILE_NAMES}
    is_alone = config.directory in mains and not any(_contains(one, config.directory) for one in mains)
    return {env_names.ATMOS_CLI_CONFIG_PATH: config.directory} if is_alone else {}


def _said(variable: str, request: Request, config: Config) -> str:
    return request.environ.get(variable, config.promoted.get(variable, ""))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _from_there(path: str, request: Request) -> str:
    return absolute(path, request.cwd, request.home)


def _contains(above: str, directory: str) -> bool:
    return directory != above and directory.startswith(above.rstrip(os.sep) + os.sep)
