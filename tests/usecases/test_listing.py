import copy

import pytest

from atmos_auth.domain.errors import ChainCycle, StoreError
from atmos_auth.testing import NOW, aws_credentials
from atmos_auth.usecases.listing import REDACTED, listing, redacted

AUTH = """
    providers:
      portal: { kind: aws/iam-identity-center, region: us-east-1 }
    identities:
      zeta: { kind: aws/permission-set, via: { provider: portal } }
      Alpha: { kind: aws/assume-role, via: { identity: zeta }, session: { token: t0ps3cret } }
      odd: { via: { } }
"""


def test_providers_come_first_then_identities_each_sorted(catalog_of):
    entries = listing(catalog_of(AUTH), chain_of=str, stored=lambda _: None)
    assert [(entry.role, entry.name, entry.kind, entry.parent) for entry in entries] == [
        ("provider", "portal", "aws/iam-identity-center", None),
        ("identity", "Alpha", "aws/assume-role", ("identity", "zeta")),
        ("identity", "odd", "?", None),
        ("identity", "zeta", "aws/permission-set", ("provider", "portal")),
    ]


def test_the_end_of_what_was_delivered_is_told(catalog_of):
    entries = listing(catalog_of(AUTH), chain_of=str, stored=lambda name: aws_credentials() if name == "zeta" else None)
    assert {entry.name: entry.expires_at for entry in entries} == {
        "portal": None,
        "Alpha": None,
        "odd": None,
        "zeta": NOW + 3600,
    }


def test_a_broken_chain_only_lacks_its_status(catalog_of):
    def broken(name):
        raise ChainCycle("round and round")

    assert len(listing(catalog_of(AUTH), chain_of=broken, stored=lambda _: None)) == 4


def test_a_store_that_breaks_is_not_hidden(catalog_of):
    def broken(chain):
        raise StoreError("cannot read")

    with pytest.raises(StoreError):
        listing(catalog_of(AUTH), chain_of=str, stored=broken)


@pytest.mark.parametrize(
    "key",
    ["secret_access_key", "client_secret", "token", "refresh_token", "PASSWORD", "aws_access_key_id", "mySecretThing"],
)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: [[v]]])
def test_a_value_whose_key_says_secret_is_masked_however_deep(key, wrap):
    settings = {"spec": {"list": [{key: wrap("t0ps3cret")}]}, "name": "kept"}
    before = copy.deepcopy(settings)
    shown = redacted(settings)
    assert "t0ps3cret" not in repr(shown)
    assert REDACTED in repr(shown)
    assert shown["name"] == "kept"
    assert settings == before


def test_what_is_empty_needs_no_mask():
    assert redacted({"token": "", "secret": None, "password": 0}) == {"token": "", "secret": None, "password": 0}


def test_harmless_settings_are_shown():
    settings = {"region": "us-east-1", "tags": ["a", "b"], "default": True, "via": {"provider": "p"}, "n": 5}
    assert redacted(settings) == settings


def test_a_secret_variable_is_masked(catalog_of):
    variables = "[{ key: API_TOKEN, value: t0ps3cret }, { key: TEAM, value: x }]"
    auth = f"identities:\n  a:\n    kind: ambient\n    env: {variables}\n"
    (entry,) = listing(catalog_of(auth), chain_of=str, stored=lambda _: None)
    assert "t0ps3cret" not in repr(entry)
    assert entry.settings["env"][1] == {"key": "TEAM", "value": "x"}
