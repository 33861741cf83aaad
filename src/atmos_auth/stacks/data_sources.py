"""What templates read by a name that the configuration gives it: a local file as data, or a variable."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from atmos_auth.config.data_files import data_at
from atmos_auth.config.documents import Documents
from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.plain import plain


class DataSources:
    """Reads addresses such as `./config.json`, `file:///etc/config.yaml` and `env:NAME`, each file once.

    Relative paths start at `base_path`.
    """

    def __init__(self, documents: Documents, *, base_path: str, environ: Mapping[str, str]) -> None:
        self._documents = documents
        self._base_path = base_path
        self._environ = environ

    def __call__(self, address: str) -> Any:
        """Return what the address holds. Raises `ConfigError`, for other kinds of addresses too."""
        parts = urlsplit(address)
        if parts.scheme == "env":
            return self._environ.get(parts.path.lstrip("/"), "")
        # One letter is a drive.
        if parts.netloc or (len(parts.scheme) > 1 and parts.scheme != "file"):
            raise ConfigError(
                f"the data source {address} is remote, and only local files and variables are read",
                hints=["keep a copy of it in the repository, and name that"],
            )
        path = unquote(parts.path) if parts.scheme == "file" else address
        return plain(data_at(os.path.normpath(os.path.join(self._base_path, path)), self._documents))
