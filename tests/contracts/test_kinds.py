"""Every built-in kind holds to the contract, and none is left out."""

from typing import Any, ClassVar

import pytest

from atmos_auth.domain.chain import INTEGRATION, PROVIDER
from atmos_auth.engine import registry
from atmos_auth.identities.ambient import AmbientIdentity
from atmos_auth.identities.aws.ambient import AwsAmbient
from atmos_auth.identities.aws.assume_role import AssumeRole
from atmos_auth.identities.aws.assume_root import AssumeRoot
from atmos_auth.identities.aws.permission_set import PermissionSet
from atmos_auth.identities.aws.user import AwsUser
from atmos_auth.providers.aws.iam_identity_center import IamIdentityCenter
from atmos_auth.providers.aws.saml import Saml
from atmos_auth.providers.github.oidc import GithubOidc
from atmos_auth.testing.contracts import KindContract

LINKS = [entry for entry in registry.BUILT_IN if entry.role != INTEGRATION]


class TestIamIdentityCenter(KindContract):
    kind = IamIdentityCenter
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/iam-identity-center",
        "start_url": "https://example.awsapps.com/start",
        "region": "eu-west-1",
        "login_flow": "device",
        "session": {"duration": "8h"},
        "spec": {"endpoint_url": "https://sso.example.com", "files": {"base_path": "~/aws"}},
    }


class TestSaml(KindContract):
    kind = Saml
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/saml",
        "region": "us-east-1",
        "url": "https://company.okta.com/app/amazon_aws/abc123/sso/saml",
        "idp_arn": "arn:aws:iam::123456789012:saml-provider/okta-saml",
        "driver": "Browser",
        "username": "jo@example.com",
        "session": {"duration": "2h"},
    }


class TestGithubOidc(KindContract):
    kind = GithubOidc
    settings: ClassVar[dict[str, Any]] = {
        "kind": "github/oidc",
        "region": "us-east-1",
        "spec": {"audience": "sts.us-east-1.amazonaws.com"},
    }


class TestPermissionSet(KindContract):
    kind = PermissionSet
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/permission-set",
        "via": {"provider": "portal"},
        "principal": {"name": "Admin", "account": {"name": "prod", "id": "123456789012"}},
    }


class TestAssumeRole(KindContract):
    kind = AssumeRole
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/assume-role",
        "via": {"identity": "base"},
        "principal": {
            "assume_role": "arn:aws:iam::123456789012:role/path/Deploy",
            "session_name": "me",
            "external_id": "42",
            "duration": "1h30m",
            "region": "eu-west-1",
        },
        "env": [{"key": "TEAM", "value": "blue"}],
    }


class TestAssumeRoot(KindContract):
    kind = AssumeRoot
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/assume-root",
        "via": {"identity": "base"},
        "principal": {
            "target_principal": "123456789012",
            "task_policy_arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy",
        },
    }


class TestAwsUser(KindContract):
    kind = AwsUser
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/user",
        "credentials": {"access_key_id": "", "mfa_arn": "arn:aws:iam::123456789012:mfa/me", "region": "us-east-1"},
        "session": {"duration": "12h"},
    }


class TestAwsAmbient(KindContract):
    kind = AwsAmbient
    settings: ClassVar[dict[str, Any]] = {"kind": "aws/ambient", "principal": {"region": "us-east-1"}}


class TestAmbient(KindContract):
    kind = AmbientIdentity
    settings: ClassVar[dict[str, Any]] = {"kind": "ambient", "default": True}


def test_no_built_in_kind_is_without_a_contract():
    covered = {contract.kind for contract in KindContract.__subclasses__()}
    missing = [entry.kind for entry in LINKS if registry.load(entry) not in covered]
    assert missing == []


@pytest.mark.parametrize("entry", registry.BUILT_IN, ids=lambda entry: entry.kind)
def test_the_registry_says_what_the_kind_says(entry: registry.KindEntry):
    kind = registry.load(entry)
    starts_a_chain = kind.needs == ()
    assert starts_a_chain == (entry.role == PROVIDER or entry.stands_alone)
    assert not entry.ambient or entry.stands_alone


@pytest.mark.parametrize("entry", registry.BUILT_IN, ids=lambda entry: entry.kind)
def test_what_a_kind_needs_some_kind_gives(entry: registry.KindEntry):
    given = {registry.load(other).gives for other in LINKS}
    assert set(registry.load(entry).needs) <= given
