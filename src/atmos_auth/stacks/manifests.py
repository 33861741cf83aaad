"""The files that stacks consist of: which of them stand for stacks, what each imports, each read once."""

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from atmos_auth.config.documents import Documents
from atmos_auth.config.globs import is_pattern, matching_files
from atmos_auth.config.observer import Observer
from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.file_locals import LOCALS, SEEN, FileLocals
from atmos_auth.stacks.holders import layers_at
from atmos_auth.stacks.layout import Layout
from atmos_auth.stacks.merge import merged, settled
from atmos_auth.stacks.plain import plain

# In the order in which they are tried; what ends in .tmpl is a template whatever its context.
ENDINGS = (".yaml", ".yml", ".yaml.tmpl", ".yml.tmpl")
TEMPLATE = ".tmpl"
_IMPORT = "import"
_DEEPEST = 100
_NO_LOCALS: Mapping[str, Any] = {}


class Document(NamedTuple):
    """One file as it counts for whoever imports it: its path, its name below the stacks' folder, its body.

    `imported` is what it imports, directly and further down, weakest first; `locals` are values that only its own
    templates see.
    """

    path: str
    key: str
    body: Map
    imported: "tuple[Document, ...]" = ()
    locals: Mapping[str, Any] = _NO_LOCALS


class Import(NamedTuple):
    """One entry of an `import:` list. `context` is what the file is rendered with, if it is a template."""

    written: str
    place: Place
    context: Mapping[str, Any]
    renders: bool = True
    may_lack_values: bool = False
    may_be_missing: bool = False


class _Content(NamedTuple):
    """What one file says: what it imports, and all else."""

    imports: list[Import]
    body: Map
    locals: Mapping[str, Any]


class Rendering(NamedTuple):
    """How a file becomes YAML: with which values, and whether those that are missing are an error."""

    context: Mapping[str, Any]
    may_lack_values: bool = False


class Manifests:
    """The manifests of one repository.

    `render` turns a template's text into YAML, given its path and how, `render_path` that of an import's path;
    `include` puts into a tree the files that it includes; `file_locals` work out what a file names for itself. All
    methods read files and raise `ConfigError` with the place at fault.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        observer: Observer,
        documents: Documents,
        render: Callable[[str, str, Rendering], str],
        include: Callable[[Any], Any],
        render_path: Callable[[str, Place, Mapping[str, Any]], str],
        file_locals: FileLocals,
    ) -> None:
        self._layout = layout
        self._observer = observer
        self._documents = documents
        self._render = render
        self._include = include
        self._render_path = render_path
        self._file_locals = file_locals
        self._templates: dict[str, str] = {}
        self._contents: dict[tuple[str, str | None, bool], _Content] = {}
        self._closures: dict[tuple[str, str, bool, bool], tuple[Document, ...]] = {}
        self._joined: dict[tuple[int, ...], tuple[Document, ...]] = {}
        self._found: dict[str, list[str]] = {}

    def top_level(self) -> list[str]:
        """Return the paths of the manifests that stand for stacks, sorted."""
        layout = self._layout
        if not self._observer.is_directory(layout.stacks):
            raise ConfigError(
                f"the stacks directory {layout.stacks} does not exist",
                details=["no atmos.yaml was found here, above, or in the repository"] if layout.is_unwritten else [],
                hints=["check stacks.base_path, and base_path, in atmos.yaml", "or set ATMOS_STACKS_BASE_PATH"],
            )
        found = self._matching(layout.included) - self._matching(layout.excluded)
        if not found:
            raise ConfigError(
                "no stack manifests found",
                details=[f"searched: {os.path.join(layout.stacks, pattern)}" for pattern in layout.included],
                hints=["check stacks.included_paths and stacks.excluded_paths in atmos.yaml"],
            )
        return sorted(found)

    def key(self, path: str) -> str:
        """Name a manifest: its path below the stacks' folder, without its ending."""
        below = path.removeprefix(self._layout.stacks + os.sep)
        relative = (os.path.relpath(path, self._layout.stacks) if below == path else below).replace(os.sep, "/")
        ending = next((ending for ending in reversed(ENDINGS) if relative.endswith(ending)), "")
        return relative.removesuffix(ending)

    def closure(self, path: str) -> tuple[Document, ...]:
        """Return the file and all that it imports, weakest first; what is imported twice counts where it wins.

        What files that import the same have in common is one and the same tuple.
        """
        return self._closure(path, Rendering({}), renders=True, above=(), at=None)

    def _closure(
        self, path: str, rendering: Rendering, *, renders: bool, above: tuple[str, ...], at: Place | None
    ) -> tuple[Document, ...]:
        context = repr(sorted(rendering.context.items())) if rendering.context else ""
        known = (path, context, rendering.may_lack_values, renders)
        if known not in self._closures:
            if path in above or len(above) > _DEEPEST:
                raise ConfigError(
                    "manifests import each other in a circle",
                    place=at,
                    details=[f"{above[0]}", *(f"imports {step}" for step in (*above[1:], path))] if above else [],
                    hints=["move what both need into a third manifest, and import that"],
                )
            self._closures[known] = self._followed(path, rendering, renders=renders, above=(*above, path))
        return self._closures[known]

    def _followed(
        self, path: str, rendering: Rendering, *, renders: bool, above: tuple[str, ...]
    ) -> tuple[Document, ...]:
        content = self._content(path, rendering, renders=renders)
        closures: list[tuple[Document, ...]] = []
        for item in content.imports:
            if "{{" in item.written:
                written = self._render_path(item.written, item.place, self._seen(content, rendering, closures))
                item = item._replace(written=written.strip())  # noqa: PLW2901 - the same import, read
            # What the importing file was given wins over what it gives.
            below = Rendering({**item.context, **rendering.context}, item.may_lack_values)
            files = self._files(item, path)
            closures += [self._closure(file, below, renders=item.renders, above=above, at=item.place) for file in files]
        imported = self._in_a_row(closures)
        return (*imported, Document(path, self.key(path), content.body, imported, content.locals))

    def _seen(self, content: _Content, rendering: Rendering, closures: list[tuple[Document, ...]]) -> Mapping[str, Any]:
        """Return what the path of an import may look at: the file's own sections over those imported so far."""
        bodies = [document.body for documents in closures for document in documents]
        seen: dict[str, Any] = {LOCALS: content.locals}
        for name in SEEN:
            seen[name] = plain(settled(merged(layers_at([*bodies, content.body], name), self._layout.lists)))
        return {**seen, **plain(rendering.context)}

    def _in_a_row(self, closures: list[tuple[Document, ...]]) -> tuple[Document, ...]:
        known = tuple(map(id, closures))
        if known not in self._joined:
            joined: dict[tuple[str, int, int], Document] = {}
            for document in (document for closure in closures for document in closure):
                identity = (document.path, id(document.body), id(document.imported))
                joined.pop(identity, None)
                joined[identity] = document
            self._joined[known] = tuple(joined.values())
        return self._joined[known]

    def _content(self, path: str, rendering: Rendering, *, renders: bool) -> "_Content":
        """Read a file; what comes of a template that does not use its context is the same for all contexts."""
        rendered = None
        if renders and (rendering.context or path.endswith(TEMPLATE)):
            if path not in self._templates:
                self._templates[path] = self._documents.text(path)
            text = self._rendered(self._templates[path], path, rendering)
            rendered = text if text != self._templates[path] else None
        known = (path, rendered, renders)
        if known not in self._contents:
            tree, seen = self._tree(path, rendered), _NO_LOCALS
            if renders:
                tree, seen = self._file_locals.applied(tree)
            self._contents[known] = _Content(_imports(tree), _without_imports(tree), seen)
        return self._contents[known]

    def _rendered(self, text: str, path: str, rendering: Rendering) -> str:
        if LOCALS in text and LOCALS not in rendering.context:
            seen = self._file_locals.of_text(text, path, plain(rendering.context))
            rendering = rendering._replace(context={LOCALS: seen, **rendering.context} if seen else rendering.context)
        return self._render(text, path, rendering)

    def _tree(self, path: str, rendered: str | None) -> Map:
        if rendered is None:
            tree = self._documents.tree(path)
        else:
            from atmos_auth.config.compose import compose

            tree = compose(rendered, path)
        tree = self._include(tree)
        if tree is None:
            return Map(Place(path, 1, 1))
        if not isinstance(tree, Map):
            raise ConfigError(
                "a stack manifest is a mapping",
                place=getattr(tree, "place", Place(path, 1, 1)),
                hints=["write `key: value` lines, for example `vars:` with names below it"],
            )
        return tree

    def _files(self, item: Import, importing: str) -> list[str]:
        written = item.written
        if "://" in written or written.startswith(("git::", "s3::")):
            raise ConfigError(
                f"the import {written} is remote, and only local files are read",
                place=item.place,
                hints=["keep a copy of it in the repository, and import that"],
            )
        start = os.path.dirname(importing) if written.split("/")[0] in (".", "..") else self._layout.stacks
        target = os.path.normpath(os.path.join(start, written))
        found = self._matching_files(target) if is_pattern(written) else self._single(target)
        if found == [importing]:
            raise ConfigError(
                f"the import '{written}' is the manifest itself", place=item.place, hints=["take the line out"]
            )
        found = [path for path in found if path != importing]
        if not found and not item.may_be_missing:
            raise ConfigError(
                f"failed to find a match for the import '{written}' ('{target}')",
                place=item.place,
                details=[f"imported by {importing}"],
                hints=self._near(target) or ["check the spelling; paths are relative to stacks.base_path"],
            )
        return found

    def _single(self, target: str) -> list[str]:
        """Find the file that is meant; a template beside the file that was written is what is wanted."""
        if target not in self._found:
            self._found[target] = self._probed(target)
        return self._found[target]

    def _probed(self, target: str) -> list[str]:
        stem = target
        for ending in (".yaml", ".yml"):
            stem = stem.removesuffix(ending)
        written_whole = [target + TEMPLATE, target] if stem != target or target.endswith(TEMPLATE) else []
        for candidate in (*written_whole, *(stem + ending for ending in reversed(ENDINGS))):
            if self._observer.exists(candidate) and not self._observer.is_directory(candidate):
                return [candidate]
        return []

    def _near(self, target: str) -> list[str]:
        from difflib import get_close_matches

        folder = os.path.dirname(target)
        files = [entry for entry, is_folder in self._observer.entries(folder) if not is_folder]
        keys = [self.key(os.path.join(folder, entry)) for entry in files]
        return [f'did you mean "{close}"?' for close in get_close_matches(self.key(target), keys, n=1)]

    def _matching(self, patterns: tuple[str, ...]) -> set[str]:
        return {
            path for pattern in patterns for path in self._matching_files(os.path.join(self._layout.stacks, pattern))
        }

    def _matching_files(self, pattern: str) -> list[str]:
        # What ends with a star takes an ending in; any other need not have one.
        endings = ("",) if pattern.endswith(("*", *ENDINGS)) else ("", *ENDINGS)
        found = {path for ending in endings for path in matching_files(pattern + ending, self._observer)}
        return sorted(path for path in found if path.endswith(ENDINGS))


def _imports(tree: Map) -> list[Import]:
    written = tree.get(_IMPORT)
    if written is None:
        return []
    place = tree.value_places[_IMPORT]
    if not isinstance(written, Seq):
        raise ConfigError("`import` takes a list", place=place, hints=["write lines like `- catalog/vpc` below it"])
    return [_import(item, place) for item, place in zip(written, written.value_places, strict=True)]


def _import(item: Any, place: Place) -> Import:
    if isinstance(item, str) and item.strip():
        return Import(item.strip(), place, {})
    path = item.get("path") if isinstance(item, Map) else None
    if not isinstance(path, str) or not path.strip():
        raise ConfigError(
            "an import is the path of a manifest, or a mapping with `path`", place=place, hints=["- catalog/vpc"]
        )
    context = item.get("context")
    if context is not None and not isinstance(context, Map):
        raise ConfigError("`context` of an import is a mapping", place=item.value_places["context"])
    return Import(
        path.strip(),
        place,
        context or {},
        renders=item.get("skip_templates_processing") is not True,
        may_lack_values=item.get("ignore_missing_template_values") is True,
        may_be_missing=item.get("skip_if_missing") is True,
    )


def _without_imports(tree: Map) -> Map:
    if _IMPORT not in tree:
        return tree
    body = tree.copied()
    body.drop(_IMPORT)
    return body
