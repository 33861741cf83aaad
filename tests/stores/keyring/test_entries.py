"""Names and records of entries: unambiguous, complete, and never a session's."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.errors import EntryUnreadable, StoreError
from atmos_auth.stores.keyring.entries import FIELDS, PROBE, Owner, entry_key, from_text, owner_of, to_text
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.testing import aws_credentials
from atmos_auth.testing.contracts.secret_store import KEYS

realms = st.from_regex(r"\A([a-z0-9]+([_-][a-z0-9]+)*)?\Z")
names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)
keys = st.fixed_dictionaries(
    {"access_key_id": st.text(min_size=1), "secret_access_key": st.text(min_size=1)},
    optional={"mfa_arn": st.text(), "session_duration": st.text()},
).filter(lambda secret: not secret["access_key_id"].upper().startswith("ASIA"))


@pytest.mark.parametrize(
    ("owner", "key"),
    [(Owner("", "Dev"), "atmos_dev"), (Owner("acme", "dev"), "atmos_acme_dev"), (Owner("", "a:b/c"), "atmos_a:b/c")],
)
def test_the_documented_key(owner: Owner, key: str) -> None:
    assert entry_key(owner) == key


@given(realm=realms, name=names)
def test_no_name_makes_the_key_of_the_probe(realm: str, name: str) -> None:
    assert entry_key(Owner(realm, name)) != PROBE


@given(realm=realms, name=names, secret=keys)
def test_a_record_gives_back_what_went_in(realm: str, name: str, secret: dict[str, str]) -> None:
    owner = Owner(realm, name)
    text = to_text(owner, secret)
    assert text.isascii()
    assert owner_of(text) == owner
    assert from_text(text, owner, "the entry") == {field: value for field, value in secret.items() if value}


@given(first=st.tuples(realms, names), second=st.tuples(realms, names), secret=keys)
def test_a_record_opens_for_its_owner_alone(
    first: tuple[str, str], second: tuple[str, str], secret: dict[str, str]
) -> None:
    one, other = Owner(*first), Owner(*second)
    if not one.is_same(other):
        with pytest.raises(EntryUnreadable, match="belongs to"):
            from_text(to_text(one, secret), other, "the entry")


@given(text=st.one_of(st.text(), st.recursive(st.none() | st.text(), st.lists).map(str)))
def test_no_text_makes_it_fall_over(text: str) -> None:
    with pytest.raises(EntryUnreadable):
        from_text(text, Owner("", "dev"), "the entry")


session_fields = st.dictionaries(
    st.text().filter(lambda field: field not in FIELDS)
    | st.sampled_from(["session_token", "expiration", "expires_at", "refresh_token", "access_token"]),
    st.text(min_size=1),
    min_size=1,
)


@given(secret=keys, session=session_fields)
def test_no_session_ever_replaces_a_key(secret: dict[str, str], session: dict[str, str]) -> None:
    store = MemoryKeyring()
    store.put("dev", KEYS)
    with pytest.raises(StoreError, match="long-lived keys only"):
        store.put("dev", secret | session)
    assert store.get("dev") == KEYS


@given(rest=st.text())
def test_no_temporary_key_ever_replaces_a_key(rest: str) -> None:
    store = MemoryKeyring()
    store.put("dev", KEYS)
    with pytest.raises(StoreError, match="long-lived keys only"):
        store.put("dev", KEYS | {"access_key_id": f"ASIA{rest}"})
    assert store.get("dev") == KEYS


def test_credentials_of_a_session_do_not_fit() -> None:
    credentials: dict[str, Any] = aws_credentials()._asdict()
    with pytest.raises(StoreError, match="long-lived keys only"):
        MemoryKeyring().put("dev", {name: str(value) for name, value in credentials.items() if value})
