"""Which providers are portals, and what of theirs is written down already."""

import pytest

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.names import Assignment, named
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.usecases.portals import portals, require_portal, written_names

DEV, PROD, TWIN = (
    Assignment("1" * 12, "dev", "Admin"),
    Assignment("2" * 12, "prod", "Admin"),
    Assignment("3" * 12, "prod", "ReadOnly"),
)
CONFIGURATION = """
providers:
  corp: { kind: aws/iam-identity-center, region: us-east-1, start_url: https://x/start }
  twin: { kind: aws/iam-identity-center, region: us-east-1, start_url: https://x/start }
  other: { kind: aws/iam-identity-center, region: eu-west-1, start_url: https://x/start }
  idp: { kind: aws/saml, region: us-east-1, url: https://idp/app }
  broken: { kind: aws/iam-identity-center }
  unknown: { kind: aws/none, region: us-east-1, start_url: https://x/start }
  none: 7
"""


def found(*assignments: Assignment) -> Provisioned:
    return Provisioned("corp", Portal("https://x/start", "us-east-1"), 0, 3, named(assignments))


def test_a_portal_is_what_gives_a_portal_session(catalog_of):
    assert portals(catalog_of(CONFIGURATION)) == ["corp", "other", "twin"]


def test_what_is_none_is_refused_and_the_portals_are_named(catalog_of, resolver_of):
    catalog = catalog_of(CONFIGURATION)
    require_portal(catalog, resolver_of(catalog).provider("corp").tip)
    with pytest.raises(InvalidSetting, match="it is no portal") as caught:
        require_portal(catalog, resolver_of(catalog).provider("idp").tip)
    assert caught.value.hints[0] == "atmos auth discover --provider corp"
    assert caught.value.place is not None


@pytest.mark.parametrize(
    ("identity", "meant"),
    [
        ('principal: { name: Admin, account: { id: "111111111111" } }', DEV),
        ('principal: { name: Admin, account: { id: "111111111111", name: prod } }', DEV),
        ("principal: { name: Admin, account: { name: dev } }", DEV),
        ("principal: { name: ReadOnly, account: { name: prod } }", TWIN),
        ("principal: { name: ReadOnly, account: { name: dev } }", None),
        ('principal: { name: Admin, account: { id: "999999999999" } }', None),
        ("principal: { name: Admin }", None),
        ("principal: 7", None),
    ],
)
def test_a_written_identity_is_known_by_its_account_and_role(catalog_of, identity, meant):
    text = (
        f"{CONFIGURATION}\nidentities:\n  mine: {{ kind: aws/permission-set, via: {{ provider: twin }}, {identity} }}\n"
    )
    names = written_names(catalog_of(text), found(DEV, PROD, TWIN))
    assert names == ({meant: ["mine"]} if meant else {})


@pytest.mark.parametrize(
    "entry",
    [
        "{ kind: aws/permission-set, via: { provider: other }, principal: { name: Admin, account: { name: dev } } }",
        "{ kind: aws/assume-role, via: { provider: corp }, principal: { name: Admin, account: { name: dev } } }",
        "{ kind: aws/permission-set, via: { identity: x }, principal: { name: Admin, account: { name: dev } } }",
        "{ kind: aws/permission-set, principal: { name: Admin, account: { name: dev } } }",
        "7",
    ],
)
def test_an_identity_of_another_portal_or_kind_is_another_one(catalog_of, entry):
    catalog = catalog_of(f"{CONFIGURATION}\nidentities:\n  mine: {entry}\n")
    assert written_names(catalog, found(DEV)) == {}


def test_an_account_name_that_several_share_leads_to_none(catalog_of):
    shared = [Assignment("1" * 12, "dev", "Admin"), Assignment("2" * 12, "dev", "Admin")]
    text = "{ kind: aws/permission-set, via: { provider: corp }, principal: { name: Admin, account: { name: dev } } }"
    assert written_names(catalog_of(f"{CONFIGURATION}\nidentities:\n  mine: {text}\n"), found(*shared)) == {}
