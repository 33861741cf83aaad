"""Which providers or identities have a tag: any of several will do, and upper and lower case are one."""

from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.domain.errors import SelectionError, UsageError
from atmos_auth.domain.ports import Prompter
from atmos_auth.engine.catalog import Catalog


def tagged(catalog: Catalog, role: str, tags: str) -> list[str]:
    """Return the names of the providers or identities (`role`) with any of `tags`, separated by commas; sorted.

    Raises `UsageError` when no tag is named, `SelectionError` when nothing has one of them, and `InvalidSetting`.
    """
    wanted = [tag.strip() for tag in tags.split(",") if tag.strip()]
    if not wanted:
        raise UsageError("--tags names no tag", hints=["name one or several: --tags production,blue"])
    plural = "providers" if role == PROVIDER else "identities"
    names = catalog.providers() if role == PROVIDER else catalog.identities()
    tags_of = {name: catalog.tags(plural, name) for name in names}
    folded = {tag.casefold() for tag in wanted}
    found = [name for name in names if any(tag.casefold() in folded for tag in tags_of[name])]
    if found:
        return found
    known = sorted({tag for tags in tags_of.values() for tag in tags}, key=lambda tag: (tag.casefold(), tag))
    raise SelectionError(
        f"no {plural} match the specified tags: {', '.join(wanted)}",
        details=[f"tags of {plural}: {', '.join(known)}" if known else f"no {plural} have tags"],
        hints=["atmos auth list"],
    )


def select_tagged(catalog: Catalog, tags: str, *, prompter: Prompter) -> str:
    """Return the one identity with any of `tags`; of several the person picks one.

    Raises what `tagged` raises, a `SelectionError` where several match and nobody can be asked, and `Cancelled`.
    """
    found = tagged(catalog, IDENTITY, tags)
    if len(found) == 1:
        return found[0]
    if not prompter.can_ask:
        raise SelectionError(
            f"several identities match the specified tags, and choosing one requires a TTY: {', '.join(found)}",
            hints=[f"name one: --identity {found[0]}"],
        )
    chosen = prompter.choose("Several identities match. Please choose one:", found)
    prompter.say(f"✓ Selected identity: {chosen}")
    return chosen
