"""Everything that is wrong with the stacks of a repository, not only what is met first."""

from atmos_auth.domain.errors import AtmosAuthError, ConfigError
from atmos_auth.stacks.manifest_schema import ManifestSchema
from atmos_auth.stacks.misspelt_words import misspelt_words
from atmos_auth.stacks.repository import KINDS, Repository
from atmos_auth.stacks.unread_keys import unread_keys


def problems_of(repository: Repository, schema: ManifestSchema | None = None) -> list[AtmosAuthError]:
    """Return what is wrong, each once, in the order of places; reads every manifest, works out nothing.

    With a schema, what it says of manifests is wrong as well.
    """
    found: list[AtmosAuthError] = [*repository.broken_manifests()]
    for document in repository.documents():
        found += (*unread_keys(document.body), *misspelt_words(document.body))
        found += schema.misfits(document.path) if schema is not None else ()
    for stack in repository.stacks():
        for kind in KINDS:
            try:
                names = repository.components(stack, kind)
            except ConfigError as broken:
                found.append(broken)
                continue
            for name in names:
                try:
                    repository.component(name, stack, kind)
                except ConfigError as broken:
                    found.append(broken)
    once = {(problem.place, problem.message): problem for problem in found}
    return sorted(once.values(), key=lambda problem: (problem.place is None, problem.place or (), problem.message))
