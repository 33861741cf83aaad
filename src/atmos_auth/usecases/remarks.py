"""What works as it is written and should be written otherwise: deprecated settings, and secrets in a file."""

from collections.abc import Iterator

from atmos_auth.config.check import annotated
from atmos_auth.domain.chain import SECTIONS, Chain
from atmos_auth.domain.errors import AtmosAuthError, InvalidSetting
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog


def remarks_on(catalog: Catalog, chain: Chain) -> Iterator[AtmosAuthError]:
    """Yield the remarks on every link of a chain; runs none of the configuration's functions."""
    for link in chain.links:
        structure = registry.load(registry.find(link.kind, link.role, link.place)).settings_type
        yield from remarks(catalog, link.role, link.name, structure)


def remarks(catalog: Catalog, role: str, name: str, structure: type) -> Iterator[AtmosAuthError]:
    """Yield the remarks on one entry, whose settings have this structure."""
    section = SECTIONS[role]
    subject = f'{role} "{name}"'
    for path, described in annotated(structure, "deprecated").items():
        if catalog.unresolved(section, name, *path) is not None:
            replacement = described.get("x-replacement", "")
            yield InvalidSetting(
                f"{subject}: {'.'.join(path)} is deprecated",
                place=catalog.place(section, name, *path),
                hints=[f"write `{replacement}` instead"] if replacement else [],
            )
    for path in annotated(structure, "writeOnly"):
        # What a function brings is not in the file.
        if isinstance(written := catalog.unresolved(section, name, *path), str) and written:
            yield InvalidSetting(
                f"{subject}: {'.'.join(path)} stands in the file, where everybody who can read it finds it",
                place=catalog.place(section, name, *path),
                hints=[f"write `{path[-1]}: !env NAME`, and set that variable; or leave it out, and be asked"],
            )
