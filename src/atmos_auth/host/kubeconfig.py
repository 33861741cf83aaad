"""A kubeconfig file: single entries are changed, and everything else stays as it was, comments included.

Its shape: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

import yaml

from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.place import Place

CLUSTERS, CONTEXTS, USERS = "clusters", "contexts", "users"
# What an entry of each list is called inside.
INNER = {CLUSTERS: "cluster", CONTEXTS: "context", USERS: "user"}
CURRENT = "current-context"
NEW = {"apiVersion": "v1", "kind": "Config", "preferences": {}}


class Entry(NamedTuple):
    """One entry of one of the lists; without a `value`, the entry is to go."""

    section: str
    name: str
    value: Mapping[str, Any] | None

    @property
    def item(self) -> dict[str, Any]:
        """The entry as the list holds it."""
        return {"name": self.name, INNER[self.section]: dict(self.value or {})}


class Edited(NamedTuple):
    """The new text, and whether all comments and spacing of others are still in it."""

    text: str
    is_faithful: bool


class Kubeconfig:
    """The content of a kubeconfig file; `path` is only for messages.

    Raises `StoreError`, with its place, for what is not YAML or has another shape.
    """

    def __init__(self, text: str | None, path: str) -> None:
        self._path = path
        self._text = text or ""
        self._document = self._checked(self._parsed(self._text))

    @property
    def current_context(self) -> str:
        """The context that is used when none is named; empty when there is none."""
        return str(self._document.get(CURRENT) or "")

    @property
    def is_bare(self) -> bool:
        """Whether it has no entries at all."""
        return not any(self._document.get(section) for section in INNER)

    def value(self, section: str, name: str) -> Mapping[str, Any] | None:
        """Return what the entry of this name holds, None when there is none."""
        return _value(self._document, section, name)

    def entries(self, section: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the names of a list's entries, with what they hold."""
        names = [item["name"] for item in self._document.get(section) or []]
        return [(name, self.value(section, name) or {}) for name in names]

    def edited(self, entries: Iterable[Entry], current_context: str | None = None) -> Edited:
        """Return the text with these entries; `current_context` replaces the one there is, unless it is None."""
        changes = list(entries)
        wanted = _applied(self._document or dict(NEW), changes, current_context)
        text = self._text
        if yaml.compose(text, Loader=_Loader) is None:
            # Nothing, or comments alone.
            return Edited(_ended(text) * bool(text.strip()) + _dumped(wanted), is_faithful=True)
        try:
            for entry in changes:
                text = _with_entry(text, entry)
            if current_context is not None:
                text = _with_current_context(text, current_context)
            if yaml.load(text, _Loader) == wanted:  # noqa: S506 - derived from SafeLoader
                return Edited(text, is_faithful=True)
        except (_TooClever, yaml.YAMLError):
            pass  # another way of writing than kubectl's: values are kept, spacing is not
        return Edited(_dumped(wanted), is_faithful=False)

    def _parsed(self, text: str) -> Any:
        try:
            return yaml.load(text, _Loader)  # noqa: S506 - derived from SafeLoader
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = Place(self._path, mark.line + 1, mark.column + 1) if mark else Place(self._path, 1, 1)
            self._refuse(f"it is not YAML: {error.problem}", place)
        except (yaml.YAMLError, RecursionError, ValueError):
            self._refuse("it is not YAML", Place(self._path, 1, 1))

    def _checked(self, document: Any) -> dict[str, Any]:
        if document is None:
            return {}
        if not isinstance(document, dict):
            self._refuse("it is not a mapping", Place(self._path, 1, 1))
        for section in INNER:
            items = document.get(section)
            if items is not None and not (isinstance(items, list) and all(_is_item(item) for item in items)):
                found = re.search(rf"^{section}\b", self._text, re.MULTILINE)
                line = self._text[: found.start()].count("\n") + 1 if found else 1
                self._refuse(f"{section} is not a list of named entries", Place(self._path, line, 1))
        return document

    def _refuse(self, why: str, place: Place) -> NoReturn:
        raise StoreError(
            f"the kubeconfig cannot be used: {why}",
            place=place,
            hints=["mend the file, or move it away; nothing was written"],
        )


class _Loader(yaml.SafeLoader):
    """Takes dates for the text that they are in Kubernetes."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - typed so by its base class
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


# As PyYAML counts lines (YAML 1.1 section 5.4), whatever else Python takes for the end of one.
_LINE = re.compile("[^\\n\\r\\x85\\u2028\\u2029]*(?:\\r\\n|[\\n\\r\\x85\\u2028\\u2029])|[^\\n\\r\\x85\\u2028\\u2029]+$")


class _TooClever(Exception):
    """The text is written in a way that single lines of it cannot be exchanged."""


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("name"), str)


def _value(document: Mapping[str, Any], section: str, name: str) -> Mapping[str, Any] | None:
    for item in document.get(section) or []:
        if item["name"] == name:
            inner = item.get(INNER[section])
            return inner if isinstance(inner, dict) else {}
    return None


def _applied(document: Mapping[str, Any], entries: list[Entry], current_context: str | None) -> dict[str, Any]:
    changed = dict(document)
    for entry in entries:
        items = list(changed.get(entry.section) or [])
        index = next((i for i, item in enumerate(items) if item["name"] == entry.name), None)
        if entry.value is None:
            items = [item for item in items if item["name"] != entry.name]
        elif index is None:
            items.append(entry.item)
        else:
            items[index] = entry.item
        if items or entry.section in changed:
            changed[entry.section] = items
    if current_context is not None:
        changed[CURRENT] = current_context
    return changed


def _dumped(value: Any) -> str:
    options: dict[str, Any] = {"sort_keys": False, "width": 2**30, "default_flow_style": False}
    text: str = yaml.safe_dump(value, allow_unicode=True, **options)
    try:
        if yaml.load(text, _Loader) == value:  # noqa: S506 - derived from SafeLoader
            return text
    except yaml.YAMLError:
        pass  # rare line breaks do not survive as they are
    escaped: str = yaml.safe_dump(value, **options)
    return escaped


def _with_entry(text: str, entry: Entry) -> str:
    """Exchange the lines of one entry."""
    lines = _LINE.findall(text)
    node = _member(text, entry.section)
    if node is None:
        return text if entry.value is None else f"{_ended(text)}{entry.section}:\n{_lines_of(entry, '')}"
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return _with_first(text, node, entry)
    if node.flow_style:
        raise _TooClever
    first = node.value[0].start_mark.line
    indent = re.match(r"\s*(?=- )", lines[first])
    if indent is None:
        raise _TooClever
    index = next((i for i, item in enumerate(node.value) if _name_of(item) == entry.name), None)
    new = _lines_of(entry, indent[0]) if entry.value is not None else ""
    if index is None:
        end = _last_line(node.value[-1])
        before = _ended("".join(lines[: end + 1]))
        return before + new + "".join(lines[end + 1 :])
    start, end = node.value[index].start_mark.line, _last_line(node.value[index])
    if not new and len(node.value) == 1:
        # Nothing is left of the list.
        key = _key_line(text, entry.section)
        head = "".join(lines[:key]) + f"{entry.section}: []\n"
        return head + "".join(lines[end + 1 :])
    return "".join(lines[:start]) + new + "".join(lines[end + 1 :])


def _with_first(text: str, node: yaml.Node, entry: Entry) -> str:
    """Put the first entry into a list that is empty, or null."""
    if entry.value is None:
        return text
    start, end = node.start_mark.index, node.end_mark.index
    rest = text[end:]
    line, newline, after = rest.partition("\n")
    return f"{text[:start].rstrip(' ')}{line}{newline or chr(10)}{_lines_of(entry, '')}{after}"


def _with_current_context(text: str, name: str) -> str:
    written = _dumped({CURRENT: name})
    node = _member(text, CURRENT)
    if node is None:
        return _ended(text) + written
    value = written.partition(": ")[2].rstrip("\n")
    between = "" if text[: node.start_mark.index].endswith(" ") else " "
    return f"{text[: node.start_mark.index]}{between}{value}{text[node.end_mark.index :]}"


def _members(text: str) -> list[tuple[yaml.Node, yaml.Node]]:
    root = yaml.compose(text, Loader=_Loader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise _TooClever
    return list(root.value)


def _member(text: str, name: str) -> yaml.Node | None:
    return next((value for key, value in _members(text) if key.value == name), None)


def _key_line(text: str, name: str) -> int:
    return next(int(key.start_mark.line) for key, _ in _members(text) if key.value == name)


def _name_of(item: yaml.Node) -> str | None:
    pairs = item.value if isinstance(item, yaml.MappingNode) else []
    return next((str(value.value) for key, value in pairs if key.value == "name"), None)


def _last_line(node: yaml.Node) -> int:
    """Give the number of the last line that the node has a share in; comments after it are not its own."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1])
    end = node.end_mark
    # A block of text ends where the next line begins.
    return int(end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line)


def _lines_of(entry: Entry, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in _dumped([entry.item]).split("\n")[:-1])


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
