"""Manifests against a JSON Schema that a project keeps for them."""

from collections.abc import Iterator
from typing import Any, NoReturn

from atmos_auth.config.data_files import data_at
from atmos_auth.config.documents import Documents
from atmos_auth.config.tree import place_of
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.manifests import TEMPLATE
from atmos_auth.stacks.plain import plain


class ManifestSchema:
    """Compares files, as they are written, with the schema at a path. Raises `ConfigError` for what is no schema."""

    def __init__(self, path: str, documents: Documents) -> None:
        import jsonschema_rs

        self._documents = documents
        try:
            self._validator = jsonschema_rs.validator_for(plain(data_at(path, documents)), retriever=_refuse)
        except jsonschema_rs.ValidationError as error:
            raise ConfigError(
                f"this is no JSON Schema that can be used: {error.message}",
                place=Place(path, 1, 1),
                hints=["schemas.atmos.manifest names the schema of manifests"],
            ) from None

    def misfits(self, path: str) -> Iterator[ConfigError]:
        """Yield what the schema says of a file; of templates it says nothing."""
        if path.endswith(TEMPLATE):
            return
        try:
            tree: Any = self._documents.tree(path)
        except ConfigError:
            return  # it is YAML only when it has been given its context
        for error in self._validator.iter_errors({} if tree is None else plain(tree)):
            place = place_of(tree, error.instance_path) or Place(path, 1, 1)
            yield ConfigError(f"the schema of manifests says: {error.message}", place=place)


def _refuse(address: str) -> NoReturn:
    raise ValueError(f"{address} is remote, and only what the file holds itself is read")
