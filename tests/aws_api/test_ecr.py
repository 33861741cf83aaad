import base64
from datetime import UTC, datetime

import pytest

from atmos_auth.aws_api.ecr import private_login, public_login
from atmos_auth.domain.errors import AccessDenied, CredentialRejected, IntegrationFailed, ServiceError
from atmos_auth.testing import FakeConnections, aws_credentials

ENDS = datetime(2026, 1, 2, tzinfo=UTC)
DATA = {"authorizationToken": base64.b64encode(b"AWS:pass:word").decode(), "expiresAt": ENDS}


def test_the_private_registrys_password_comes_from_its_region():
    aws = FakeConnections()
    aws.answer("ecr:GetAuthorizationToken", {"authorizationData": [DATA]})
    login = private_login(aws, aws_credentials(), region="cn-north-1", endpoint_url=None)
    assert (login.user, login.password, login.expires_at) == ("AWS", "pass:word", ENDS.timestamp())
    assert "pass:word" not in repr(login)
    (call,) = aws.calls
    assert (call.region, call.endpoint_url) == ("cn-north-1", "https://api.ecr.cn-north-1.amazonaws.com.cn")


def test_the_public_registrys_password_comes_from_one_region():
    aws = FakeConnections()
    aws.answer("ecr-public:GetAuthorizationToken", {"authorizationData": DATA})
    assert public_login(aws, aws_credentials(region="eu-west-1"), endpoint_url=None).password == "pass:word"
    assert aws.calls[0].endpoint_url == "https://api.ecr-public.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "data",
    [None, [], [None], [{}], [DATA | {"authorizationToken": "&"}], [DATA | {"expiresAt": 1}]]
    + [[DATA | {"authorizationToken": base64.b64encode(text).decode()}] for text in (b"AWS", b"AWS:", b"\xff:x")],
)
def test_an_answer_that_holds_no_password_is_said(data):
    aws = FakeConnections()
    aws.answer("ecr:GetAuthorizationToken", {"authorizationData": data})
    with pytest.raises(IntegrationFailed, match="no password for a registry"):
        private_login(aws, aws_credentials(), region="us-east-1", endpoint_url=None)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AccessDeniedException", AccessDenied),
        ("ExpiredTokenException", CredentialRejected),
        ("UnrecognizedClientException", CredentialRejected),
        ("ServerException", ServiceError),
    ],
)
def test_refusals_are_told_apart(code, error):
    aws = FakeConnections()
    aws.fail("ecr:GetAuthorizationToken", code)
    with pytest.raises(error, match=f"ecr:GetAuthorizationToken failed with {code}"):
        private_login(aws, aws_credentials(), region="us-east-1", endpoint_url=None)
