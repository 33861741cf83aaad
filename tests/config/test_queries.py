import pytest

from atmos_auth.config.compose import compose
from atmos_auth.config.queries import pick
from atmos_auth.config.tree import Tagged
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

DOCUMENT = compose("accounts: [{id: '1', x.y: 2}, {id: '2'}]\nA: {b: {c: 3}}\n", "d.yaml")


def same(value):
    return value


ASKING = Tagged("!include", "d.yaml q", Place("f", 1, 1))


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (".", DOCUMENT),
        (".A.b.c", 3),
        ("A.b.c", 3),
        (".a.B.C", 3),
        (".accounts[1].id", "2"),
        (".accounts[-1].id", "2"),
        (".accounts.[0].id", "1"),
        ('.accounts[0]["x.y"]', 2),
        (".accounts[0]['x.y']", 2),
        (".A", {"b": {"c": 3}}),
    ],
)
def test_paths(query, value):
    assert pick(DOCUMENT, query, ASKING, same) == value


@pytest.mark.parametrize(
    ("query", "says", "hint"),
    [
        (".nope", "there is no 'nope'", "the keys accounts, A"),
        (".accounts[2]", "there is no 2", "a list of 2"),
        (".accounts.id", "there is no 'id'", "a list of 2"),
        (".A.b.c.d", "there is no 'd'", "a single value"),
        (".A[0]", "there is no 0", "the keys b"),
        ("..A", "is not understood", ".accounts[0].id"),
        (".A[", "is not understood", ".accounts[0].id"),
        (".A[x]", "is not understood", ".accounts[0].id"),
        (".A[]", "is not understood", ".accounts[0].id"),
    ],
)
def test_what_leads_nowhere(query, says, hint):
    with pytest.raises(ConfigError) as caught:
        pick(DOCUMENT, query, ASKING, same)
    assert says in caught.value.message
    assert hint in " ".join(caught.value.hints)
    assert caught.value.place == Place("f", 1, 1)
