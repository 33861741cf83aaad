"""Every built-in integration holds to the contract, and none is left out."""

import base64
from datetime import UTC, datetime
from typing import Any, ClassVar

from atmos_auth.domain.chain import INTEGRATION
from atmos_auth.engine import registry
from atmos_auth.integrations.aws.ecr import Ecr
from atmos_auth.integrations.aws.ecr_public import EcrPublic
from atmos_auth.integrations.aws.eks import Eks
from atmos_auth.testing import FakeConnections
from atmos_auth.testing.contracts import IntegrationContract

PASSWORD = {
    "authorizationToken": base64.b64encode(b"AWS:password").decode(),
    "expiresAt": datetime(2026, 1, 2, tzinfo=UTC),
}


class TestEcr(IntegrationContract):
    kind = Ecr
    operation = "ecr:GetAuthorizationToken"
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/ecr",
        "via": {"identity": "dev"},
        "spec": {"registry": {"account_id": "123456789012", "region": "us-east-1"}},
    }

    def script(self, aws: FakeConnections) -> None:
        aws.answer(self.operation, {"authorizationData": [PASSWORD]})


class TestEcrPublic(IntegrationContract):
    kind = EcrPublic
    operation = "ecr-public:GetAuthorizationToken"
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/ecr-public",
        "via": {"provider": "portal"},
        "spec": {"auto_provision": False},
    }

    def script(self, aws: FakeConnections) -> None:
        aws.answer(self.operation, {"authorizationData": PASSWORD})


class TestEks(IntegrationContract):
    kind = Eks
    operation = "eks:DescribeCluster"
    settings: ClassVar[dict[str, Any]] = {
        "kind": "aws/eks",
        "via": {"identity": "dev"},
        "spec": {
            "endpoint_url": "https://eks.example.com",
            "cluster": {"name": "main", "region": "us-east-1", "alias": "dev", "kubeconfig": {"mode": "0640"}},
        },
    }

    def script(self, aws: FakeConnections) -> None:
        cluster = {
            "arn": "arn:aws:eks:us-east-1:123456789012:cluster/main",
            "status": "ACTIVE",
            "endpoint": "https://x.eks.amazonaws.com",
            "certificateAuthority": {"data": "Q0E="},
        }
        aws.answer(self.operation, {"cluster": cluster})


def test_no_built_in_integration_is_without_a_contract():
    covered = {contract.kind for contract in IntegrationContract.__subclasses__()}
    built_in = [entry for entry in registry.BUILT_IN if entry.role == INTEGRATION]
    assert [entry.kind for entry in built_in if registry.load(entry) not in covered] == []
