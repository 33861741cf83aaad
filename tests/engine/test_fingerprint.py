import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.engine.fingerprint import KEY_BYTES, NOT_IDENTIFYING, _canonical, fingerprints, user_key

KEY = bytes(range(KEY_BYTES))
TEXT = st.text(max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
SETTINGS = st.dictionaries(TEXT.filter(lambda name: name not in NOT_IDENTIFYING), VALUES, min_size=1, max_size=4)


def link(settings=None, *, name="a", role=IDENTITY, kind="aws/assume-role") -> Link:
    return Link(name, role, kind, settings or {})


def of(*links: Link, realm="", key=KEY, surroundings=None) -> tuple[str, ...]:
    return fingerprints(links, realm=realm, key=key, surroundings=surroundings or {})


def shape(value):
    """The value as something that is equal exactly when type and content are."""
    if isinstance(value, dict):
        return "map", frozenset((key, shape(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return "list", tuple(map(shape, value))
    return type(value).__name__, repr(value)


def reordered(value):
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(SETTINGS)
def test_the_order_of_keys_does_not_matter(settings):
    assert of(link(settings)) == of(link(reordered(settings)))


@given(SETTINGS, VALUES, st.data())
def test_any_change_of_any_setting_changes_it(settings, value, data):
    changed = dict(settings)
    name = data.draw(st.sampled_from(sorted(settings)))
    changed[name] = value
    same = shape(settings) == shape(changed)
    assert (of(link(settings)) == of(link(changed))) == same


@given(SETTINGS, st.data())
def test_leaving_a_setting_out_changes_it(settings, data):
    name = data.draw(st.sampled_from(sorted(settings)))
    assert of(link(settings)) != of(link({k: v for k, v in settings.items() if k != name}))


@given(SETTINGS, st.sampled_from(sorted(NOT_IDENTIFYING)), VALUES)
def test_how_an_identity_is_shown_does_not_change_it(settings, name, value):
    assert of(link(settings)) == of(link(settings | {name: value}))


def test_what_is_shown_counts_deeper_down():
    assert of(link({"spec": {"tags": "a"}})) != of(link({"spec": {"tags": "b"}}))


@given(VALUES, VALUES)
def test_the_canonical_form_is_injective(one, other):
    assert (_canonical(one) == _canonical(other)) == (shape(one) == shape(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "b,c"}, {"a": ["b", "c"]}),
        ({"a": "b", "c": "d"}, {"a": "b,'c':'d'"}),
        ({"a": {"b": "c"}}, {"a": "{'b':'c'}"}),
        ({"a": "1"}, {"a": 1}),
        ({"a": True}, {"a": 1}),
        ({"a": "None"}, {"a": None}),
        ({"a": ["b,c"]}, {"a": ["b", "c"]}),
        ({"a": [["b"], "c"]}, {"a": [["b", "c"]]}),
        ({"a": "é"}, {"a": "e\u0301"}),
    ],
)
def test_settings_that_merely_look_alike_differ(one, other):
    assert of(link(one)) != of(link(other))


@given(SETTINGS, SETTINGS)
def test_a_setting_cannot_move_from_one_link_to_the_next(one, other):
    split = of(link(one), link(other))[-1]
    assert split != of(link({"x": one}), link({"y": other}))[-1]
    assert (split == of(link(other), link(one))[-1]) == (shape(one) == shape(other))


def test_every_part_of_a_link_counts():
    prints = {
        of(link()),
        of(link(role=PROVIDER)),
        of(link(kind="aws/assume-root")),
        of(link(), realm="acme"),
        of(link(), surroundings={"AWS_PROFILE": "x"}),
        of(link(), surroundings={"AWS_PROFILE": "y"}),
        of(link(), key=bytes(KEY_BYTES)),
    }
    assert len(prints) == 7


def test_the_name_counts_only_for_an_identity_that_starts_a_chain():
    assert of(link(name="a")) != of(link(name="b"))
    assert of(link(name="a")) == of(link(name="A"))
    assert of(link(name="a", role=PROVIDER)) == of(link(name="b", role=PROVIDER))
    root = link(role=PROVIDER)
    assert of(root, link(name="a")) == of(root, link(name="b"))


def test_each_link_has_the_fingerprint_of_the_chain_up_to_it():
    three = of(link(role=PROVIDER), link({"a": 1}), link({"b": 1}))
    assert len(set(three)) == 3
    assert of(link(role=PROVIDER), link({"a": 1})) == three[:2]
    assert of(link(role=PROVIDER), link({"a": 1}), link({"b": 2}))[:2] == three[:2]


@given(st.text(min_size=8, max_size=40), st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES))
def test_no_value_can_be_found_in_it(secret, key):
    (found,) = of(link({"secret": secret}), key=key)
    assert secret not in found
    assert len(found) == 40
    assert set(found) <= set("0123456789abcdef")


@given(SETTINGS, st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES))
def test_two_users_never_have_the_same(settings, one, other):
    assert (of(link(settings), key=one) == of(link(settings), key=other)) == (one == other)


# --- the user's key --------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_private(tmp_path: Path):
    path = tmp_path / "deep" / "fingerprint.key"
    key = user_key(str(path))
    assert len(key) == KEY_BYTES
    assert user_key(str(path)) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_two_users_have_two_keys(tmp_path: Path):
    assert user_key(str(tmp_path / "one")) != user_key(str(tmp_path / "other"))


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(KEY_BYTES + 1)])
def test_a_damaged_key_is_replaced(tmp_path: Path, damaged):
    path = tmp_path / "key"
    path.write_bytes(damaged)
    key = user_key(str(path))
    assert len(key) == KEY_BYTES
    assert path.read_bytes() == key


def test_many_processes_at_once_get_the_same_key(tmp_path: Path, environ):
    path = str(tmp_path / "new" / "key")
    source = f"from atmos_auth.engine.fingerprint import user_key; print(user_key({path!r}).hex())"
    processes = [
        subprocess.Popen([sys.executable, "-c", source], env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    keys = {process.communicate(timeout=60)[0] for process in processes}
    assert len(keys) == 1
    assert len(bytes.fromhex(keys.pop())) == KEY_BYTES
