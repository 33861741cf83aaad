import base64
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from atmos_auth.aws_api.eks import cluster_token, describe_cluster
from atmos_auth.domain.errors import IntegrationFailed, InvalidSetting, ServiceError
from atmos_auth.testing import FakeConnections, aws_credentials

CLUSTER = {
    "arn": "arn:aws:eks:us-east-1:1:cluster/main",
    "status": "ACTIVE",
    "endpoint": "https://x.eks.amazonaws.com",
    "certificateAuthority": {"data": "Q0E="},
}
NOW = time.time()


def describe(aws: FakeConnections):
    return describe_cluster(aws, aws_credentials(), name="main", region="eu-west-1", endpoint_url=None)


@pytest.mark.parametrize("status", ["ACTIVE", "UPDATING"])
def test_a_cluster_that_serves_is_described(status):
    aws = FakeConnections()
    aws.answer("eks:DescribeCluster", {"cluster": CLUSTER | {"status": status}})
    assert describe(aws) == (CLUSTER["arn"], CLUSTER["endpoint"], "Q0E=")
    (call,) = aws.calls
    assert (call.parameters, call.endpoint_url) == ({"name": "main"}, "https://eks.eu-west-1.amazonaws.com")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"status": "CREATING"}, "is CREATING, not ACTIVE"),
        ({"status": None}, "in no known state"),
        ({"endpoint": None}, "no address"),
        ({"certificateAuthority": None}, "no address"),
        ({"arn": ""}, "no address"),
    ],
)
def test_a_cluster_that_does_not_is_said(changes, complaint):
    aws = FakeConnections()
    aws.answer("eks:DescribeCluster", {"cluster": CLUSTER | changes})
    with pytest.raises(IntegrationFailed, match=complaint):
        describe(aws)


def test_a_cluster_that_is_not_there_is_awss_own_word():
    aws = FakeConnections()
    aws.fail("eks:DescribeCluster", "ResourceNotFoundException", message="No cluster found for name: main.", status=404)
    with pytest.raises(ServiceError, match="No cluster found for name: main"):
        describe(aws)


def test_a_token_is_a_signed_question_who_one_is():
    token = cluster_token(aws_credentials(expires_at=NOW + 3600), name="main", region="cn-north-1", now=NOW)
    text = token.token.removeprefix("k8s-aws-v1.")
    assert not set(text) & set("+/=")
    url = urlsplit(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    assert (url.scheme, url.netloc, url.path) == ("https", "sts.cn-north-1.amazonaws.com.cn", "/")
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (query["Action"], query["X-Amz-Expires"], query["X-Amz-SignedHeaders"]) == (
        "GetCallerIdentity",
        "60",
        "host;x-k8s-aws-id",
    )
    assert token.expires_at == NOW + 14 * 60
    assert token.token not in repr(token)


def test_a_token_ends_with_the_keys_it_is_signed_with():
    assert cluster_token(aws_credentials(expires_at=NOW + 60), name="m", region="us-east-1", now=NOW).expires_at == (
        NOW + 60
    )
    endless = cluster_token(aws_credentials(expires_at=None), name="m", region="us-east-1", now=NOW)
    assert endless.expires_at == NOW + 14 * 60


def test_an_unknown_region_is_said():
    with pytest.raises(InvalidSetting, match="not a region"):
        cluster_token(aws_credentials(), name="m", region="nowhere", now=NOW)
