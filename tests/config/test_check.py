"""Settings that are built at once are exactly those of which the check has nothing to say."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as run_with
from hypothesis import strategies as st

from atmos_auth.config.check import check, convert, fitted
from atmos_auth.engine import registry

STRUCTURES = sorted({registry.load(entry).settings_type for entry in registry.BUILT_IN}, key=str)
WORDS = ("us-east-1", "111111111111", "https://acme.awsapps.com/start", "arn:aws:iam::333333333333:role/Deploy", "1h")
ODD = st.one_of(st.sampled_from(WORDS), st.none(), st.booleans(), st.integers(-1, 5000), st.text(max_size=4))


def settings_of(structure: type) -> st.SearchStrategy[dict[str, object]]:
    """Make up settings: what is required and some of what else is known, mostly of the right shape."""
    described = msgspec.json.schema(structure)
    return _mapping(described, described["$defs"][structure.__name__])


def _mapping(described: dict[str, Any], node: dict[str, Any]) -> st.SearchStrategy[dict[str, object]]:
    known = {key: _value(described, inner) for key, inner in node["properties"].items()}
    required = {key: known.pop(key) for key in node["required"]}
    few = st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True) if known else st.just([])
    whole = few.flatmap(lambda keys: st.fixed_dictionaries(required | {key: known[key] for key in keys}))
    return _mostly(whole, st.builds(lambda settings, odd: settings | {"nonsense": odd}, whole, ODD))


def _value(described: dict[str, Any], node: dict[str, Any]) -> st.SearchStrategy[object]:
    name = str(node.get("$ref", "")).rpartition("/")[2]
    if name:
        return _mostly(_mapping(described, described["$defs"][name]), ODD)
    if node.get("type") == "array":
        return _mostly(st.lists(st.sampled_from(WORDS), max_size=2), ODD)
    if node.get("type") == "boolean":
        return _mostly(st.booleans(), ODD)
    return _mostly(st.sampled_from(node.get("examples") or node.get("enum") or WORDS), ODD)


def _mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda number: odd if number == 9 else usual)


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda structure: structure.__module__.rpartition("aws.")[2])
@run_with(deadline=None)  # the first one builds the schema
@given(data=st.data())
def test_what_fits_is_what_the_check_has_nothing_to_say_of(structure: type, data: st.DataObject):
    settings = data.draw(settings_of(structure))
    misfits = check(settings, structure, subject="settings")
    built = fitted(settings, structure)
    assert (built is None) == bool(misfits.errors or misfits.unknown)
    if built is not None:
        assert convert(settings, structure) == built
