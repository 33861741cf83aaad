"""What works and should be written otherwise: said with its place, and without the secret."""

import pytest

from atmos_auth.config.check import annotated
from atmos_auth.domain.chain import PROVIDER
from atmos_auth.identities.aws.user import AwsUserSettings
from atmos_auth.providers.aws.saml import SamlSettings
from atmos_auth.usecases.remarks import remarks
from atmos_auth.usecases.validate import validate

SAML = """\
providers:
  idp:
    kind: aws/saml
    region: us-east-1
    url: https://idp.example.com/aws
"""


@pytest.fixture
def remarks_of(catalog_of):
    return lambda auth: list(remarks(catalog_of(auth), PROVIDER, "idp", SamlSettings))


def test_a_secret_in_the_file_is_pointed_at_but_not_shown(remarks_of):
    (remark,) = remarks_of(f"{SAML}    password: canary-password\n")
    assert (remark.place.line, remark.place.column) == (7, 17)
    assert "password stands in the file" in remark.message
    assert "canary" not in f"{remark.message} {remark.hints}"


@pytest.mark.parametrize("value", ["!env SECRET", "!exec 'echo secret'", "", '""', "null"])
def test_a_secret_from_elsewhere_is_fine(remarks_of, value):
    assert remarks_of(f"{SAML}    password: {value}\n") == []


def test_no_function_is_run_for_a_remark(remarks_of, tmp_path):
    assert remarks_of(f"{SAML}    password: !exec 'touch {tmp_path}/ran'\n") == []
    assert not (tmp_path / "ran").exists()


def test_a_deprecated_setting_names_its_successor(remarks_of):
    (remark,) = remarks_of(f"{SAML}    provider_type: Okta\n")
    assert remark.message == 'provider "idp": provider_type is deprecated'
    assert remark.hints == ("write `driver` instead",)


def test_validate_warns_and_does_not_fail(catalog_of, resolver_of):
    catalog = catalog_of(f"{SAML}    password: canary\n    provider_type: Okta\n")
    findings = validate(catalog, resolver_of(catalog))
    assert findings.errors == ()
    assert [warning.place.line for warning in findings.warnings] == [7, 8]


def test_secrets_below_the_top_are_found_as_well():
    assert set(annotated(AwsUserSettings, "writeOnly")) == {("credentials", "secret_access_key")}
    assert annotated(AwsUserSettings, "deprecated") == {}
