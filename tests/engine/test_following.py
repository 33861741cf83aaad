import pytest

from atmos_auth.domain.errors import AtmosAuthError, ConfigError, InvalidSetting, UnknownKind, UnknownReference
from atmos_auth.engine.following import followed, integration_link

AUTH = """\
providers:
  Portal: {{ kind: aws/iam-identity-center, region: us-east-1, start_url: "https://x.awsapps.com/start" }}
identities:
  Dev: {{ kind: ambient }}
integrations:
  it: {it}
"""


@pytest.fixture
def integration(catalog_of):
    return lambda it: catalog_of(AUTH.format(it=it))


@pytest.mark.parametrize(
    ("via", "found"),
    [("{ identity: dev }", ("identity", "Dev")), ("{ provider: PORTAL, identity: }", ("provider", "Portal"))],
)
def test_it_follows_what_via_names(integration, via, found):
    assert followed(integration(f"{{ kind: aws/ecr, via: {via} }}"), "IT") == found


@pytest.mark.parametrize(
    ("via", "error", "complaint"),
    [
        ("{}", InvalidSetting, "must define via.identity or via.provider"),
        ("dev", InvalidSetting, "must define via.identity or via.provider"),
        ("{ identity: '' }", InvalidSetting, "must define via.identity or via.provider"),
        ("{ identity: dev, provider: portal }", InvalidSetting, "exactly one"),
        ("{ identity: deb }", UnknownReference, 'identity "deb" does not exist'),
        ("{ provider: dev }", UnknownReference, 'provider "dev" does not exist'),
    ],
)
def test_what_it_cannot_follow_is_named_with_its_place(integration, via, error, complaint):
    with pytest.raises(error, match=complaint) as caught:
        followed(integration(f"{{ kind: aws/ecr, via: {via} }}"), "it")
    assert caught.value.place.line == 7
    assert caught.value.hints


def test_without_via_its_own_place_is_named(integration):
    with pytest.raises(InvalidSetting) as caught:
        followed(integration("{ kind: aws/ecr }"), "it")
    assert caught.value.place.line == 7


@pytest.mark.parametrize(
    ("it", "error", "complaint"),
    [
        ("{ via: { identity: dev } }", ConfigError, "integration kind is required"),
        ("{ kind: aws/acr }", UnknownKind, 'unsupported integration kind: "aws/acr"'),
        ("{ kind: aws/user }", UnknownKind, "unsupported integration kind"),
        ("text", InvalidSetting, "must be a mapping of settings"),
    ],
)
def test_its_kind_must_be_one_of_integrations(integration, it, error, complaint):
    with pytest.raises(error, match=complaint) as caught:
        integration_link(integration(it), "it")
    assert isinstance(caught.value, AtmosAuthError)
    assert caught.value.place.line == 7
