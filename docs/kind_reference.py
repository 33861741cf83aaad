"""The pages about kinds, from the structures of their settings."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from atmos_auth.config.settings import IdentitySettings, IntegrationSpec, ProviderSettings
from atmos_auth.domain.chain import IDENTITY, INTEGRATION, PROVIDER, SECTIONS
from atmos_auth.engine import registry
from docs.kind_words import CREDENTIALS, EXAMPLES, NOTES, ONE_OF_TWO, PLAIN, SETTINGS, VALUES
from docs.markdown import page, table


class Setting(NamedTuple):
    """One row of a kind's table."""

    path: str
    required: str
    default: str
    meaning: str
    example: str


def kind_file(entry: registry.KindEntry) -> str:
    """Name the page of a kind."""
    return f"{entry.kind.replace('/', '-')}.md"


def kinds_index() -> str:
    """List the kinds by role."""
    parts = []
    for role, title in ((PROVIDER, "Providers"), (IDENTITY, "Identities")):
        rows = [
            f"| [`{e.kind}`]({kind_file(e)}) | {_lead(e)} | {_needs(e)} | {_gives(e)} |"
            for e in registry.BUILT_IN
            if e.role == role
        ]
        parts += [f"## {title} (`auth.{SECTIONS[role]}`)", table(("kind", "what it is", "needs", "gives"), rows)]
    following = [
        f"| [`{e.kind}`]({kind_file(e)}) | {_lead(e)} | {_needs(e)} |"
        for e in registry.BUILT_IN
        if e.role == INTEGRATION
    ]
    heading = f"## Integrations (`auth.{SECTIONS[INTEGRATION]}`)"
    parts += [heading, table(("kind", "what it does", "needs"), following)]
    lead = (
        "A provider says how you prove who you are. An identity says who you become. Each link of a chain takes what "
        "the link before it gives; where they do not fit, `atmos auth validate` says so. An integration follows an "
        "identity, and has another program work as it."
    )
    return page("Kinds", "src/atmos_auth/engine/registry.py", lead, *parts)


def kind_page(entry: registry.KindEntry) -> str:
    """Describe one kind: what it needs and gives, its settings, an example that is valid."""
    facts = [
        f"| Role | {entry.role}, under `auth.{SECTIONS[entry.role]}` |",
        f"| Needs | {_needs(entry)}{_who_gives(entry)} |",
    ]
    if entry.role != INTEGRATION:
        facts.append(f"| Gives | {_gives(entry)} |")
    rows = [f"| `{s.path}` | {s.required} | {s.default} | {s.meaning} | {s.example} |" for s in settings(entry)]
    return page(
        f"`{entry.kind}`",
        f"{_source(entry)} or docs/kind_words.py",
        f"{_lead(entry)[0].upper()}{_lead(entry)[1:]}.",
        table(("", ""), facts),
        "## Settings",
        table(("setting", "required", "default", "what it says", "for example"), rows),
        *_words(NOTES, entry),
        "## Example",
        *(f"```yaml\n{example}```" for example in _words(EXAMPLES, entry)),
    )


def settings(entry: registry.KindEntry) -> list[Setting]:
    """Flatten the structure of a kind into rows: its own settings first, then those of every kind."""
    schema = msgspec.json.schema(registry.load(entry).settings_type)
    definitions = schema["$defs"]
    root = definitions[schema["$ref"].rpartition("/")[2]]
    if entry.role == INTEGRATION:
        last = {f"spec.{name}" for name in IntegrationSpec.__struct_fields__}
        rows = _rows(entry, root, definitions, "", in_required=True)
        return sorted(rows, key=lambda row: (row.path not in ("kind", *_VIA), row.path != "kind", row.path in last))
    general = {"default", *(IdentitySettings, ProviderSettings)[entry.role == PROVIDER].__struct_fields__} - {"kind"}
    rows = _rows(entry, root, definitions, "", in_required=True)
    return sorted(rows, key=lambda row: (row.path != "kind", re.split(r"[.\[]", row.path)[0] in general))


def _rows(
    entry: registry.KindEntry, node: Mapping[str, Any], definitions: Mapping[str, Any], above: str, *, in_required: bool
) -> Iterator[Setting]:
    for name, described in node["properties"].items():
        path = f"{above}{name}"
        is_required = name in node["required"]
        items = described.get("items", {})
        reference = described.get("$ref")
        if reference:
            below = definitions[reference.rpartition("/")[2]]
            yield from _rows(entry, below, definitions, f"{path}.", in_required=in_required and is_required)
            continue
        # Whoever starts a chain needs no `via`, even where one is accepted.
        choice = None if entry.stands_alone else ONE_OF_TWO.get(path)
        required = choice or _required(is_required=is_required, in_required=in_required, above=above)
        yield Setting(path, required, _default(described), _meaning(entry, path, described), _example(path, described))
        if "$ref" in items:
            below = definitions[items["$ref"].rpartition("/")[2]]
            yield from _rows(entry, below, definitions, f"{path}[].", in_required=False)


def _required(*, is_required: bool, in_required: bool, above: str) -> str:
    if not is_required:
        return "no"
    return "yes" if in_required else f"in `{above.rstrip('.').removesuffix('[]')}`"


def _default(described: Mapping[str, Any]) -> str:
    default = described.get("default")
    if default in (None, "", []) or (default == 0 and "anyOf" in described):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _meaning(entry: registry.KindEntry, path: str, described: Mapping[str, Any]) -> str:
    keys = (f"{entry.kind}:{path}", f"{entry.role}:{path}", path)
    sentence = next((SETTINGS[key] for key in keys if key in SETTINGS), None)
    if sentence is None:
        raise LookupError(f"docs/kind_words.py has no sentence for `{path}` of {entry.kind}")
    accepted = next((c["description"] for c in (described, *described.get("anyOf", [])) if "description" in c), "")
    if accepted in PLAIN:
        accepted = ""
    parts = (sentence.format(kind=entry.kind), f"Accepted: {accepted}." if accepted else "")
    return " ".join(part for part in parts if part).replace("|", "\\|")


def _example(path: str, described: Mapping[str, Any]) -> str:
    if path in VALUES:
        return f"`{VALUES[path]}`"
    for choice in (described, *described.get("anyOf", [])):
        for example in choice.get("examples", ()):
            return f'`"{example}"`' if isinstance(example, str) and example.isdigit() else f"`{example}`"
    return ""


def _lead(entry: registry.KindEntry) -> str:
    """Take what the module's first sentence says after the kind's name."""
    sentence = (import_module(entry.module).__doc__ or "").split("\n\n")[0]
    return sentence.partition(": ")[2].rstrip(".")


def _source(entry: registry.KindEntry) -> str:
    """Name the file that the page comes from; that of a package is its `__init__.py`."""
    file = Path(import_module(entry.module).__file__ or "")
    return file.relative_to(Path(__file__).parents[1]).as_posix()


def _needs(entry: registry.KindEntry) -> str:
    needs = registry.load(entry).needs
    return " or ".join(CREDENTIALS[needed.__name__] for needed in needs) or "nothing: it starts a chain"


def _gives(entry: registry.KindEntry) -> str:
    return CREDENTIALS[registry.load(entry).gives.__name__]


_VIA = ("via.provider", "via.identity")


def _words(written: Mapping[str, str], entry: registry.KindEntry) -> list[str]:
    if entry.kind not in written:
        raise LookupError(f"docs/kind_words.py has no note or no example for {entry.kind}")
    return [written[entry.kind]] if written[entry.kind] else []


def _who_gives(entry: registry.KindEntry) -> str:
    needs = tuple(registry.load(entry).needs)
    links = [other for other in registry.BUILT_IN if other.role != INTEGRATION]
    givers = [other for other in links if needs and issubclass(registry.load(other).gives, needs)]
    return f", from {', '.join(f'[`{g.kind}`]({kind_file(g)})' for g in givers)}" if givers else ""
