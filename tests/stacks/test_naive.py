"""What comes of small repositories of all shapes is what a merge without any cleverness gives."""

import copy
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.config.tree import Tagged
from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.merge import APPENDING, MERGE, STRATEGIES
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project, Streams

STACKS, CATALOGS, COMPONENTS = ("s0", "s1", "s2"), ("k0", "k1", "k2"), ("a", "b", "c")
UNSET = ("!unset", "")
SECTIONS = ("vars", "settings", "env")

LISTS = st.lists(st.integers(0, 3), max_size=2)
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | LISTS | st.just(UNSET) | LISTS.map(lambda items: ("!append", items)),
    lambda below: st.dictionaries(st.sampled_from("xy"), below, max_size=2),
    max_leaves=3,
)
MAPPINGS = st.dictionaries(st.sampled_from("xyz"), VALUES, max_size=3)
HOLDERS = st.dictionaries(st.sampled_from(SECTIONS), MAPPINGS, max_size=2)


@st.composite
def components(draw: st.DrawFn) -> dict[str, Any]:
    written = {}
    for name in draw(st.lists(st.sampled_from(COMPONENTS), unique=True)):
        # Only later names are inherited from, so that there are no circles.
        later = COMPONENTS[COMPONENTS.index(name) + 1 :]
        bases = draw(st.lists(st.sampled_from(later), unique=True)) if later else []
        written[name] = draw(HOLDERS) | ({"metadata": {"inherits": bases}} if bases else {})
    return written


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Manifests by name; a catalog imports later ones only."""
    written: dict[str, Any] = {}
    for name in (*STACKS, *CATALOGS):
        importable = CATALOGS[CATALOGS.index(name) + 1 :] if name in CATALOGS else CATALOGS
        body: dict[str, Any] = draw(HOLDERS)
        if importable:
            body["import"] = draw(st.lists(st.sampled_from(importable), max_size=3))
        of_type = draw(HOLDERS)
        if draw(st.booleans()):
            of_type["overrides"] = draw(HOLDERS)
        if draw(st.booleans()):
            body["overrides"] = draw(HOLDERS)
        written[name] = body | {"terraform": of_type, "components": {"terraform": draw(components())}}
    return written


@settings(max_examples=60, deadline=None)
@given(files(), st.sampled_from(STRATEGIES), st.data())
def test_every_component_is_what_a_plain_merge_gives(written, lists, data):
    for name in STACKS:
        written[name]["name"] = name
    with TemporaryDirectory() as folder:
        repository = _opened(Path(folder), written, f"settings: {{ list_merge_strategy: {lists} }}").repository
        expected = {
            (stack, name): naive
            for stack in STACKS
            for name, naive in _naive(written, stack, lists).items()
            if not isinstance(naive, KeyError)
        }
        broken = {(stack, name) for stack in STACKS for name in _naive(written, stack, lists)} - expected.keys()
        asked = data.draw(st.permutations(sorted(expected.keys() | broken)))
        # Twice: what was merged for one component is not changed by another.
        for stack, name in (*asked, *asked):
            if (stack, name) in broken:
                with pytest.raises(ConfigError, match="which its stack does not have"):
                    repository.component(name, stack)
            else:
                sections = repository.component(name, stack).sections
                assert {key: _plain(sections[key]) for key in SECTIONS} == expected[stack, name]


NAMES = st.none() | st.integers(0, 1) | st.sampled_from(["", "t"]) | st.just(UNSET) | st.just({"x": 1})
NAMED = st.dictionaries(st.sampled_from(["tenant", "stage"]), NAMES)


@settings(max_examples=60, deadline=None)
@given(files(), st.lists(NAMED, min_size=18, max_size=18))
def test_every_stack_has_the_name_that_its_merged_values_give(written, named):
    for body, globally, of_type, own in zip(written.values(), named[::3], named[1::3], named[2::3], strict=True):
        body.setdefault("vars", {}).update(globally)
        body["terraform"].setdefault("vars", {}).update(of_type)
        for component in list(body["components"]["terraform"].values())[:1]:
            component.setdefault("vars", {}).update(own)
    with TemporaryDirectory() as folder:
        repository = _opened(Path(folder), written, "").repository
        expected: dict[str, set[str]] = {}
        for manifest in STACKS:
            naive = _naive(written, manifest, "replace")
            if any(isinstance(one, KeyError) for one in naive.values()):
                return
            for component, name in _naive_names(written, manifest, naive).items():
                if name:
                    expected.setdefault(name, set()).add(component)
        assert repository.stacks() == sorted(expected)
        assert {stack: set(repository.components(stack)) for stack in expected} == expected


def _naive_names(written: dict[str, Any], manifest: str, components: dict[str, Any]) -> dict[str, str | None]:
    documents = [written[name] for name in _closure(written, manifest)]
    of_type = _laid(_at(documents, "terraform"), "replace")
    common = _finished(_laid([_laid(_at(documents, "vars"), "replace"), of_type.get("vars", {})], "replace"))
    own = [
        key
        for name in components
        for values in _at(documents, "components", "terraform", name, "vars")
        for key in values
    ]
    apart = "tenant" in own or "stage" in own
    return {name: _name(component["vars"] if apart else common) for name, component in components.items()}


def _name(values: dict[str, Any]) -> str | None:
    parts = [values.get("tenant"), values.get("stage")]
    return "-".join(map(str, parts)) if all(isinstance(part, str | int) and part != "" for part in parts) else None


def _naive(written: dict[str, Any], manifest: str, lists: str) -> dict[str, Any]:
    """Give the components of a manifest with their sections, or a KeyError where a base is missing."""
    documents = [written[name] for name in _closure(written, manifest)]
    says = {
        name: _laid(_at(documents, "components", "terraform", name), lists)
        for name in COMPONENTS
        if any(name in document["components"]["terraform"] for document in documents)
    }
    of_type = _laid(_at(documents, "terraform"), lists)
    found: dict[str, Any] = {}
    for name in says:
        try:
            line = _line(says, name)
        except KeyError as missing:
            found[name] = missing
            continue
        overriding = _overriding(written, manifest, name)
        found[name] = {}
        for section in SECTIONS:
            layers = [
                _laid(_at(documents, section), lists),
                of_type.get(section) or {},
                *(says[one].get(section) or {} for one in line),
                overriding.get(section) or {},
            ]
            found[name][section] = _finished(_laid(layers, lists))
    return found


def _closure(written: dict[str, Any], name: str) -> list[str]:
    found: list[str] = []
    for imported in written[name].get("import", []):
        below = _closure(written, imported)
        found = [one for one in found if one not in below] + below
    return [*found, name]


def _line(says: dict[str, Any], name: str) -> list[str]:
    found: list[str] = []
    for base in says[name].get("metadata", {}).get("inherits", []):
        below = _line(says, base)
        found = [one for one in found if one not in below] + below
    return [*found, name] if name in says else says[name]


def _overriding(written: dict[str, Any], manifest: str, name: str) -> dict[str, Any]:
    layers = []
    for file in _closure(written, manifest):
        if any(name in written[one]["components"]["terraform"] for one in _closure(written, file)):
            layers += [*_at([written[file]], "overrides"), *_at([written[file]], "terraform", "overrides")]
    return _laid(layers, "replace")


def _at(documents: list[Any], *path: str) -> list[Any]:
    found = documents
    for step in path:
        found = [document[step] for document in found if document.get(step) is not None]
    return found


def _laid(layers: list[Any], lists: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for layer in copy.deepcopy(layers):
        for key, value in layer.items():
            result[key] = _over(result[key], value, lists) if key in result else value
    return result


def _over(weaker: Any, stronger: Any, lists: str) -> Any:
    if isinstance(weaker, dict) and isinstance(stronger, dict):
        return _laid([weaker, stronger], lists)
    if not isinstance(stronger, dict | list | tuple):
        return stronger
    if isinstance(weaker, tuple) and weaker[0] == "!anew":
        return stronger if stronger == UNSET else ("!anew", _over(weaker[1], stronger, lists))
    if weaker == UNSET:
        return stronger if stronger == UNSET else ("!anew", stronger[1] if isinstance(stronger, tuple) else stronger)
    before = weaker[1] if isinstance(weaker, tuple) and weaker[0] == "!append" else weaker
    if isinstance(stronger, tuple) and stronger[0] == "!append":
        together = (before if isinstance(before, list) else []) + stronger[1]
        return ("!append", together) if isinstance(weaker, tuple) else together
    if isinstance(before, list) and isinstance(stronger, list):
        if lists == APPENDING:
            return before + stronger
        if lists == MERGE:
            return stronger + before[len(stronger) :]
    return stronger


def _finished(value: Any) -> Any:
    if isinstance(value, tuple):
        return _finished(value[1])
    if isinstance(value, dict):
        return {key: _finished(below) for key, below in value.items() if below != UNSET}
    return value


def _opened(folder: Path, written: dict[str, Any], config: str) -> Stacks:
    lines = ["base_path: .", 'stacks: { base_path: stacks, included_paths: ["s*"], name_pattern: "{tenant}-{stage}" }']
    (folder / "stacks").mkdir()
    (folder / "atmos.yaml").write_text("\n".join([*lines, config]))
    for name, body in written.items():
        (folder / "stacks" / f"{name}.yaml").write_text(_yaml(body))
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
    environ = {"HOME": str(folder), "ATMOS_CLI_CONFIG_PATH": str(folder)}
    return Stacks(Project(environ=environ, directory=str(folder), streams=streams))


def _yaml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{value[0]} {_yaml(value[1])}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_yaml(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return json.dumps(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Tagged):
        return (value.tag, _plain(value.argument))
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items()}
    return [_plain(below) for below in value] if isinstance(value, list) else value
