import base64
import json
from datetime import UTC, datetime

import pytest

from atmos_auth.config.check import check
from atmos_auth.domain.errors import AccessDenied
from atmos_auth.integrations.aws.ecr import Ecr
from atmos_auth.integrations.aws.ecr_public import EcrPublic
from atmos_auth.testing import aws_credentials

DATA = {
    "authorizationToken": base64.b64encode(b"AWS:password").decode(),
    "expiresAt": datetime(2026, 1, 2, tzinfo=UTC),
}
PRIVATE = {
    "kind": "aws/ecr",
    "via": {"identity": "dev"},
    "spec": {"registry": {"account_id": "123456789012", "region": "cn-north-1"}},
}
PUBLIC = {"kind": "aws/ecr-public", "via": {"identity": "dev"}}


@pytest.mark.parametrize(
    ("kind", "settings", "service", "data", "registry"),
    [
        (Ecr, PRIVATE, "ecr", [DATA], "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        (EcrPublic, PUBLIC, "ecr-public", DATA, "public.ecr.aws"),
        (EcrPublic, PUBLIC | {"spec": {"registry": {"region": "us-west-2"}}}, "ecr-public", DATA, "public.ecr.aws"),
    ],
)
def test_docker_is_logged_in_and_out(build, connections, tmp_path, kind, settings, service, data, registry):
    connections.answer(f"{service}:GetAuthorizationToken", {"authorizationData": data})
    integration = build(kind, settings)
    provided = integration.provide(aws_credentials(), "dev")
    assert (provided.what, provided.expires_at) == (f"ECR login: {registry}", DATA["expiresAt"].timestamp())
    config = json.loads((tmp_path / "docker" / "config.json").read_text())
    assert config == {"auths": {registry: {"auth": DATA["authorizationToken"]}}}
    assert integration.environment() == {"DOCKER_CONFIG": str(tmp_path / "docker")}
    assert integration.holds(provided.mark, provided.file)
    assert integration.what == f"Docker login of {registry}"
    elsewhere = build(kind, settings, docker_folder=str(tmp_path / "other"))
    assert elsewhere.holds(provided.mark, provided.file), "where it was written counts, not where Docker looks now"
    removed = [elsewhere.remove(provided.mark, provided.file) for _ in range(2)]
    assert removed == [True, False]
    assert connections.calls[0].region == ("cn-north-1" if kind is Ecr else "us-east-1")


def test_nothing_is_written_when_aws_refuses(build, connections, tmp_path):
    connections.fail("ecr:GetAuthorizationToken", "AccessDeniedException")
    with pytest.raises(AccessDenied):
        build(Ecr, PRIVATE).provide(aws_credentials(), "dev")
    assert not (tmp_path / "docker").exists()


@pytest.mark.parametrize(
    ("kind", "settings", "complaint"),
    [
        (Ecr, {"kind": "aws/ecr"}, "spec is required"),
        (Ecr, {"kind": "aws/ecr", "spec": {}}, "spec is required"),
        (Ecr, {"kind": "aws/ecr", "spec": {"registry": {"region": "us-east-1"}}}, "account id is required"),
        (
            Ecr,
            {"kind": "aws/ecr", "spec": {"registry": {"account_id": "123456789012", "region": "x"}}},
            "not an AWS region",
        ),
        (EcrPublic, {"kind": "aws/ecr-public", "spec": {"registry": {"region": "eu-west-1"}}}, "us-east-1, us-west-2"),
        (EcrPublic, {"kind": "aws/ecr-public", "spec": {"auto_provision": "often"}}, "not true or false"),
    ],
)
def test_settings_that_do_not_fit_are_named(kind, settings, complaint):
    (error,) = check(settings, kind.settings_type, subject="test").errors
    assert complaint in error.message
    assert error.hints
