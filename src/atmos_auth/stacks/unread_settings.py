"""What a configuration says that nothing here reads: repositories may have been written for other programs, too."""

from collections.abc import Iterator

from atmos_auth.config.load import Config
from atmos_auth.domain.errors import InvalidSetting

_UNREAD = {
    ("stores",): "values come from no store",
    ("toolchain",): "programs are those on PATH",
    ("edition",): "no setting has several defaults",
    ("editions",): "no setting has several defaults",
    ("components", "helmfile"): "only components of Terraform are run",
    ("components", "packer"): "only components of Terraform are run",
    ("components", "ansible"): "only components of Terraform are run",
    ("settings", "terminal"): "output is never paged, and colours follow the terminal",
    ("schemas", "jsonschema"): "components are checked without schemas",
    ("schemas", "opa"): "components are checked without schemas",
    ("schemas", "cue"): "components are checked without schemas",
    ("validate",): "manifests are checked in one way",
    ("integrations",): "nothing is generated for other programs",
    ("vendor",): "nothing is vendored",
}


def unread_settings(config: Config) -> Iterator[InvalidSetting]:
    """Yield what changes nothing, each with its place; works out functions on the way there only."""
    for path, instead in _UNREAD.items():
        if config.peek(path) is not None:
            yield InvalidSetting(
                f"{'.'.join(path)} is not supported, and changes nothing: {instead}", place=config.place(path)
            )
