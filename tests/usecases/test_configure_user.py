"""Storing an IAM user's keys: for whom it can be done, and what goes where."""

import pytest

from atmos_auth.config.check import convert
from atmos_auth.domain import errors
from atmos_auth.identities.aws.user import AwsUser, AwsUserSettings
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.testing import tools
from atmos_auth.usecases.configure_user import check_configurable, configurable, configure_user

PAIR = {"access_key_id": "AKIASAMPLE", "secret_access_key": "sample/secret"}
SEVERAL = """
    providers:
      portal: { kind: aws/iam-identity-center, region: us-east-1, start_url: https://example.com/start }
    identities:
      zoe: { kind: aws/user }
      Adam: { kind: aws/user }
      base: { kind: aws/permission-set, via: { provider: portal }, principal: { name: A, account: { name: dev } } }
      here: { kind: ambient }
      odd: { kind: acme/unknown }
      text: 7
"""


def user(**settings):
    return AwsUser("me", convert({"kind": "aws/user"} | settings, AwsUserSettings), tools())


def test_only_identities_that_keep_keys_are_offered(catalog_of):
    without_text = SEVERAL.replace("      text: 7\n", "")
    assert configurable(catalog_of(without_text)) == ["Adam", "zoe"]


def test_where_there_is_none_it_says_how_to_define_one(catalog_of):
    with pytest.raises(errors.ConfigError, match="no identities configured for provider type 'aws/user'") as refused:
        configurable(catalog_of("identities: { here: { kind: ambient } }"))
    assert refused.value.message.startswith("invalid auth config: ")
    assert "aws/user" in refused.value.hints[0]
    with pytest.raises(errors.ConfigError):
        configurable(catalog_of("providers: {}"))


def test_an_identity_of_another_kind_is_named_with_its_place(catalog_of):
    catalog = catalog_of(SEVERAL.replace("      text: 7\n", ""))
    check_configurable(catalog, "ZOE")
    for name in ("base", "here", "odd"):
        with pytest.raises(errors.InvalidSetting, match=f'identity "{name}" is of kind') as refused:
            check_configurable(catalog, name)
        assert refused.value.place is not None
    with pytest.raises(errors.UnknownIdentity):
        check_configurable(catalog, "nobody")


def test_keys_are_stored_and_what_came_from_the_old_ones_is_forgotten_after_that():
    keys, forgotten = MemoryKeyring(), []

    def forget(session):
        assert keys.get("me") is not None
        forgotten.append(session)

    kind = user()
    shown = configure_user("me", kind, PAIR | {"session_duration": "24h"}, keys=keys, forget=forget)
    assert shown == {"access_key_id": "AKIASAMPLE", "session_duration": "24h"}
    assert keys.get("me") == PAIR | {"session_duration": "24h"}
    assert forgotten == [kind.sign_in]


def test_new_keys_replace_the_old_ones_whole():
    keys = MemoryKeyring()
    device = {"mfa_arn": "arn:aws:iam::111111111111:mfa/me"}
    configure_user("me", user(), PAIR | device, keys=keys, forget=lambda _: None)
    configure_user("me", user(), PAIR | {"access_key_id": "AKIANEW"}, keys=keys, forget=lambda _: None)
    assert keys.get("me") == PAIR | {"access_key_id": "AKIANEW"}


@pytest.mark.parametrize("answers", [{}, {"access_key_id": "AKIA"}, PAIR | {"session_duration": "x"}])
def test_answers_that_do_not_fit_change_nothing(answers):
    keys, forgotten = MemoryKeyring(), []
    keys.put("me", PAIR)
    with pytest.raises(errors.UsageError):
        configure_user("me", user(), answers, keys=keys, forget=forgotten.append)
    assert (keys.get("me"), forgotten) == (PAIR, [])


def test_a_keyring_that_refuses_keeps_what_there_was():
    class Refusing(MemoryKeyring):
        def put(self, name, secret):
            raise errors.StoreError("no room")

    forgotten: list[str] = []
    with pytest.raises(errors.StoreError, match="no room"):
        configure_user("me", user(), PAIR, keys=Refusing(), forget=forgotten.append)
    assert forgotten == []


def test_where_the_configuration_holds_the_keys_nothing_is_stored():
    keys = MemoryKeyring()
    with pytest.raises(errors.UsageError, match="in the configuration"):
        configure_user("me", user(credentials=PAIR), PAIR, keys=keys, forget=lambda _: None)
    assert keys.names() == []
