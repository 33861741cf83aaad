"""What every `SecretStore` must hold to; needs pytest."""

# ruff: noqa: S101 - a contract is made of assertions, and its secrets are samples

from contextlib import suppress
from pathlib import Path

import pytest

from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.secret_store import SecretStore

KEYS = {"access_key_id": "AKIASAMPLESAMPLESAMP", "secret_access_key": "sample/secret/access/key"}
OTHER_KEYS = {
    "access_key_id": "AKIAOTHEROTHEROTHERO",
    "secret_access_key": "another/secret/access/key",
    "mfa_arn": "arn:aws:iam::123456789012:mfa/me",
    "session_duration": "36h",
}
HOSTILE_NAMES = (
    "..",
    "../../etc/passwd",
    "a/b\\c:d*e?f|g",
    "CON",
    "name with spaces ",
    " name with spaces",
    "atmos-auth",
    "quotes\"'`$(x)",
    "ключ-🔑",
    "%41",
    "a_b",
    "x" * 200,
)
HOSTILE_VALUE = ' "quotes" \\ \n\r\t=;#%$()` {"data": 1} ключ 🔑\x00\x7f '


class SecretStoreContract:
    """Subclass as `class TestMyStore(SecretStoreContract)` and write `make_store`."""

    def make_store(self, folder: Path, realm: str = "") -> SecretStore:
        """Return a new store on top of what `folder` holds; called twice, both see the same entries."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> SecretStore:
        """The store under test, empty."""
        return self.make_store(tmp_path)

    def test_an_empty_store_has_nothing(self, store: SecretStore) -> None:
        """Asking for what is not there is no error."""
        assert store.get("dev") is None
        assert store.names() == []
        assert store.remove("dev") is False

    def test_what_was_put_is_got(self, store: SecretStore, tmp_path: Path) -> None:
        """Every field comes back, through another instance as well."""
        store.put("dev", OTHER_KEYS)
        assert store.get("dev") == OTHER_KEYS
        assert self.make_store(tmp_path).get("dev") == OTHER_KEYS

    def test_fields_without_a_value_are_left_out(self, store: SecretStore) -> None:
        """Nothing said is not the same as nothing wanted."""
        store.put("dev", KEYS | {"mfa_arn": "", "session_duration": ""})
        assert store.get("dev") == KEYS

    def test_putting_replaces(self, store: SecretStore) -> None:
        """One identity, one secret, with nothing of the former in it."""
        store.put("dev", OTHER_KEYS)
        store.put("dev", KEYS)
        store.put("dev", KEYS)
        assert store.get("dev") == KEYS
        assert store.names() == ["dev"]

    def test_upper_and_lower_case_are_one_name(self, store: SecretStore) -> None:
        """As in the configuration; the name is listed as it was last written."""
        store.put("Dev-Ö", OTHER_KEYS)
        store.put("DEV-ö", KEYS)
        assert store.get("dev-ö") == KEYS
        assert store.names() == ["DEV-ö"]
        assert store.remove("dev-Ö") is True

    def test_removing_tells_whether_there_was_one(self, store: SecretStore) -> None:
        """Forgetting twice is no error, and the neighbour stays."""
        store.put("dev", KEYS)
        store.put("prod", OTHER_KEYS)
        assert store.remove("dev") is True
        assert store.remove("dev") is False
        assert (store.get("dev"), store.get("prod")) == (None, OTHER_KEYS)
        assert store.names() == ["prod"]

    def test_any_name_serves(self, store: SecretStore) -> None:
        """A name is no path, no pattern and no command."""
        for number, name in enumerate(HOSTILE_NAMES):
            store.put(name, KEYS | {"session_duration": f"{number}h"})
        assert store.names() == sorted(HOSTILE_NAMES)
        for number, name in enumerate(HOSTILE_NAMES):
            assert store.get(name) == KEYS | {"session_duration": f"{number}h"}

    @pytest.mark.parametrize("name", ["", "new\nline", "nul\0", "half of a character \ud83d"], ids=ascii)
    def test_a_name_that_no_keyring_could_hold_is_refused(self, store: SecretStore, name: str) -> None:
        """And named."""
        for call in (store.get, store.remove, lambda name: store.put(name, KEYS)):
            with pytest.raises(StoreError, match="cannot name an entry"):
                call(name)

    def test_any_value_survives(self, store: SecretStore) -> None:
        """Secrets are opaque."""
        secret = KEYS | {"secret_access_key": HOSTILE_VALUE}
        store.put("dev", secret)
        assert store.get("dev") == secret

    def test_realms_do_not_mix(self, store: SecretStore, tmp_path: Path) -> None:
        """The same name in another realm is another identity."""
        acme = self.make_store(tmp_path, "acme")
        store.put("dev", KEYS)
        assert acme.get("dev") is None
        acme.put("dev", OTHER_KEYS)
        assert (store.get("dev"), acme.get("dev")) == (KEYS, OTHER_KEYS)
        assert (store.names(), acme.names()) == (["dev"], ["dev"])
        assert acme.remove("dev") is True
        assert (store.get("dev"), acme.names()) == (KEYS, [])

    def test_every_realm_can_be_reached(self, store: SecretStore, tmp_path: Path) -> None:
        """Whoever leaves for good leaves everywhere."""
        assert store.realms() == []
        store.put("dev", KEYS)
        self.make_store(tmp_path, "acme").put("ops", OTHER_KEYS)
        assert store.realms() == ["", "acme"]
        acme = store.in_realm("acme")
        assert (acme.names(), store.names()) == (["ops"], ["dev"])
        assert acme.remove("ops") is True
        assert store.realms() == [""]

    def test_owners_whose_keys_look_alike_do_not_harm_each_other(self, tmp_path: Path) -> None:
        """A keyring may tell them apart or refuse the second, but it keeps the first."""
        first, second = self.make_store(tmp_path, "a"), self.make_store(tmp_path, "a_b")
        first.put("b_c", KEYS)
        for harm in (lambda: second.put("c", OTHER_KEYS), lambda: second.remove("c")):
            with suppress(StoreError):
                harm()
        assert first.get("b_c") == KEYS
        assert "b_c" not in second.names()

    @pytest.mark.parametrize(
        "session",
        [
            {"session_token": "sample-session-token"},
            {"expiration": "2026-01-02T03:04:05Z"},
            {"refresh_token": "sample-refresh-token"},
            {"access_key_id": "ASIASAMPLESAMPLESAMP"},
        ],
        ids=str,
    )
    def test_a_session_never_replaces_a_key(self, store: SecretStore, session: dict[str, str]) -> None:
        """Keyrings are for what lasts."""
        store.put("dev", KEYS)
        with pytest.raises(StoreError, match="long-lived keys only"):
            store.put("dev", KEYS | session)
        assert store.get("dev") == KEYS

    @pytest.mark.parametrize("half", ["access_key_id", "secret_access_key"])
    def test_half_a_key_is_refused(self, store: SecretStore, half: str) -> None:
        """Both halves or none."""
        with pytest.raises(StoreError, match="lack"):
            store.put("dev", {half: "sample"})
        assert store.get("dev") is None

    def test_secrets_do_not_show(self, store: SecretStore) -> None:
        """Neither in what the store says of itself, nor in what it refuses."""
        canary = "canary-of-the-secret"
        with pytest.raises(StoreError) as refused:
            store.put("dev", KEYS | {"secret_access_key": canary, "session_token": canary})
        store.put("dev", KEYS | {"secret_access_key": canary})
        shown = [repr(store), str(store), store.label, repr(refused.value), str(refused.value), *refused.value.hints]
        assert not [text for text in shown if canary in text]
