"""Registries and clusters, with botocore and the AWS CLI, unmodified: passwords, descriptions, tokens, refusals."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from aws_emulator import Emulator, StateFileError
from aws_emulator.state_file import default_state, example_text, parse_state

CLI = Path(sys.executable).with_name("aws")
CLUSTER = "arn:aws:eks:us-east-1:111111111111:cluster/main"
REGISTRY = "111111111111.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture
def client(api):
    """A client of a service that signs as AdminAccess of development, or with other keys."""

    def make(service: str, keys: dict[str, Any] | None = None, **options: Any) -> Any:
        keys = keys or api.role_keys()
        return api.client(
            service,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            **options,
        )

    return make


def knock(aws: Emulator, registry: str, user: str, password: str) -> int:
    """Ask a registry to be let in, by its host name; give the status."""
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(f"{aws.url}/v2/", headers={"Host": registry, "Authorization": f"Basic {basic}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def review(aws: Emulator, token: str, cluster: str = CLUSTER) -> dict[str, Any]:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    request = urllib.request.Request(
        f"{aws.url}/_emulator/eks-token-review?cluster={cluster}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["status"]


def presigned(
    aws: Emulator,
    keys: dict[str, Any],
    *,
    cluster: str = "main",
    expires: int = 60,
    query: str = "Action=GetCallerIdentity&Version=2011-06-15",
    url: str = "",
    signed_headers: bool = True,
) -> str:
    """Make a token with botocore's own signer."""
    headers = {"x-k8s-aws-id": cluster} if signed_headers else {}
    request = AWSRequest("GET", f"{url or aws.url}/?{query}", headers=headers)
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys.get("SessionToken"))
    SigV4QueryAuth(credentials, "sts", "us-east-1", expires=expires).add_auth(request)
    return "k8s-aws-v1." + base64.urlsafe_b64encode(request.url.encode()).rstrip(b"=").decode()


def test_a_registrys_password_opens_the_registries_of_its_region_until_its_end(client, aws: Emulator):
    answer = client("ecr").get_authorization_token()
    (data,) = answer["authorizationData"]
    assert data["proxyEndpoint"] == f"https://{REGISTRY}"
    assert data["expiresAt"].timestamp() == pytest.approx(time.time() + 12 * 3600, abs=5)
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    assert user == "AWS"
    assert knock(aws, REGISTRY, user, password) == 200
    assert knock(aws, REGISTRY.replace("1", "2", 1), user, password) == 200, "repositories decide whom they let in"
    assert knock(aws, REGISTRY, "aws", password) == 403
    assert knock(aws, REGISTRY, user, password + "x") == 403
    assert knock(aws, "111111111111.dkr.ecr.eu-west-1.amazonaws.com", user, password) == 403
    aws.clock.advance(12 * 3600)
    assert knock(aws, REGISTRY, user, password) == 403


def test_registries_may_be_asked_for_by_id(client, refused):
    ecr = client("ecr", region="eu-west-1")
    answer = ecr.get_authorization_token(registryIds=["222222222222", "333333333333"])
    assert [data["proxyEndpoint"] for data in answer["authorizationData"]] == [
        "https://222222222222.dkr.ecr.eu-west-1.amazonaws.com",
        "https://333333333333.dkr.ecr.eu-west-1.amazonaws.com",
    ]
    for bad in (["22"], [], ["1" * 12] * 11):
        with refused("InvalidParameterException"):
            ecr.get_authorization_token(registryIds=bad)


def test_the_public_registry_answers_in_one_region(client, aws: Emulator, refused):
    data = client("ecr-public").get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    assert knock(aws, "public.ecr.aws", user, password) == 200
    assert knock(aws, REGISTRY, user, password) == 403
    with refused("UnsupportedCommandException"):
        client("ecr-public", region="us-west-2").get_authorization_token()


def test_who_may_not_is_told_by_name_which_action(api, client, refused):
    reader = api.role_keys(role="ReadOnlyAccess")
    with refused("AccessDeniedException", 400) as error:
        client("ecr", reader).get_authorization_token()
    assert "not authorized to perform: ecr:GetAuthorizationToken" in error["Message"]
    with refused("AccessDeniedException", 400):
        client("ecr-public", reader).get_authorization_token()
    with refused("AccessDeniedException", 403) as error:
        client("eks", reader).describe_cluster(name="main")
    assert f"eks:DescribeCluster on resource: {CLUSTER}" in error["Message"]


def test_the_public_registry_wants_the_bearer_tokens_action_too(aws: Emulator, client, refused):
    aws.state.permission_sets["AdminAccess"].allows.remove("sts:GetServiceBearerToken")
    with refused("AccessDeniedException") as error:
        client("ecr-public").get_authorization_token()
    assert "sts:GetServiceBearerToken" in error["Message"]


@pytest.mark.parametrize(("service", "status"), [("ecr", 400), ("ecr-public", 400), ("eks", 403)])
def test_signatures_are_verified(api, client, aws: Emulator, refused, service: str, status: int):
    def call(keys: dict[str, Any]) -> Any:
        made = client(service, keys)
        return made.describe_cluster(name="main") if service == "eks" else made.get_authorization_token()

    keys = api.role_keys()
    with refused("InvalidSignatureException", status):
        call(keys | {"SecretAccessKey": "x" * 40})
    with refused("UnrecognizedClientException", status):
        call(keys | {"AccessKeyId": "ASIAAAAAAAAAAAAAAAAA"})
    with refused("UnrecognizedClientException", status):
        call(keys | {"SessionToken": "another"})
    aws.clock.advance(3600)
    with refused("ExpiredTokenException", status):
        call(keys)


def test_a_signature_for_another_service_is_no_good(api, aws: Emulator):
    keys = api.role_keys()
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    request = AWSRequest("GET", f"{aws.url}/clusters/main")
    SigV4Auth(credentials, "ecr", "us-east-1").add_auth(request)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(request.url, headers=dict(request.headers)), timeout=10)
    with caught.value as error:
        assert (error.code, error.headers["x-amzn-ErrorType"]) == (403, "InvalidSignatureException")


def test_an_unsigned_or_unknown_call_is_refused(aws: Emulator):
    for target, code, status in (
        ("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", "MissingAuthenticationTokenException", 400),
        ("AmazonEC2ContainerRegistry_V20150921.DeleteRepository", "UnknownOperationException", 404),
    ):
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        request = urllib.request.Request(f"{aws.url}/", b"{}", headers)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=10)
        with caught.value as error:
            assert (error.code, json.load(error)["__type"]) == (status, code)


def test_a_cluster_is_described_in_its_own_account_and_region(client, refused):
    cluster = client("eks").describe_cluster(name="main")["cluster"]
    assert (cluster["arn"], cluster["status"]) == (CLUSTER, "ACTIVE")
    assert cluster["endpoint"].startswith("https://")
    assert b"BEGIN CERTIFICATE" in base64.b64decode(cluster["certificateAuthority"]["data"])
    for other in (client("eks", region="eu-west-1"), client("eks")):
        with refused("ResourceNotFoundException", 404) as error:
            other.describe_cluster(name="main" if other.meta.region_name == "eu-west-1" else "none")
        assert "No cluster found for name" in error["Message"]
    with refused("InvalidParameterException", 400):
        client("eks").describe_cluster(name="-bad-")


def test_a_cluster_that_is_being_made_has_no_address_yet(client):
    cluster = client("eks").describe_cluster(name="upcoming")["cluster"]
    assert cluster["status"] == "CREATING"
    assert "endpoint" not in cluster


def test_a_good_token_says_who_one_is(api, aws: Emulator):
    status = review(aws, presigned(aws, api.role_keys()))
    assert status["authenticated"] is True
    assert status["user"]["username"].startswith("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdminAccess_")
    assert status["user"]["groups"] == ["platform", "system:authenticated"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"cluster": "other"}, "SignatureDoesNotMatch"),
        ({"expires": 901}, "X-Amz-Expires"),
        ({"query": "Action=AssumeRole&Version=2011-06-15"}, "action"),
        ({"query": "Action=GetCallerIdentity&Version=2011-06-15&Extra=1"}, "Extra"),
        ({"url": "http://127.0.0.1:9"}, "hostname"),
        ({"signed_headers": False}, "x-k8s-aws-id"),
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_cluster_or_this_purpose_is_refused(api, aws: Emulator, change, complaint):
    status = review(aws, presigned(aws, api.role_keys(), **change))
    assert status["authenticated"] is False
    assert complaint in status["error"]


def test_a_token_is_only_as_good_as_its_keys_and_its_access_entry(api, aws: Emulator):
    keys = api.role_keys()
    token = presigned(aws, keys)
    assert "no access entry" in review(aws, presigned(aws, api.user_keys("operator")))["error"]
    aws.state.eks[CLUSTER].access.clear()
    assert "no access entry" in review(aws, token)["error"]
    aws.clock.advance(3600)
    assert "ExpiredToken" in review(aws, token)["error"]


@pytest.mark.parametrize(
    "token", ["", "k8s-aws-v1.", "k8s-aws-v1.aHR0cA==", "k8s-aws-v1.&&", "k8s-aws-v1._w", "Bearer"]
)
def test_what_is_no_token_is_refused(aws: Emulator, token: str):
    assert review(aws, token)["authenticated"] is False


def cli(aws: Emulator, keys: dict[str, Any], *words: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return subprocess.run(
        [CLI, *words], env=dict(os.environ) | variables, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_aws_cli_gets_a_password_a_description_and_a_token(api, aws: Emulator):
    keys = api.role_keys()
    password = cli(aws, keys, "ecr", "get-login-password")
    assert password.returncode == 0, password.stderr
    assert knock(aws, REGISTRY, "AWS", password.stdout.strip()) == 200
    described = cli(aws, keys, "eks", "describe-cluster", "--name", "main")
    assert json.loads(described.stdout)["cluster"]["arn"] == CLUSTER
    token = json.loads(cli(aws, keys, "eks", "get-token", "--cluster-name", "main").stdout)["status"]["token"]
    assert review(aws, token)["authenticated"] is True
    other = json.loads(cli(aws, keys, "eks", "get-token", "--cluster-name", "other").stdout)["status"]["token"]
    assert review(aws, other)["authenticated"] is False


def test_the_sections_of_the_state_are_optional_and_strict():
    assert default_state().ecr.token_seconds == 43200
    text = example_text().partition("\n# Registries of containers")[0]
    bare = parse_state(text, "state.yaml")
    assert (bare.ecr.token_seconds, bare.eks) == (43200, {})
    arn = "arn:aws:eks:us-east-1:111111111111:cluster/c"
    for section, complaint in (
        ("ecr: {token_seconds: 0}", "from 1 to 43200"),
        ("ecr: {tokens: 1}", "unknown key"),
        ("eks: {main: {access: []}}", "expected a cluster's ARN"),
        (f"eks: {{'{arn.replace('1111', '2111', 1)}': {{access: []}}}}", "is not among accounts"),
        (f"eks: {{'{arn}': {{}}}}", "access is missing"),
        (f"eks: {{'{arn}': {{access: [], status: READY}}}}", "expected one of CREATING"),
        (f"eks: {{'{arn}': {{access: [], endpoint: 'http://x'}}}}", "expected an address"),
        (f"eks: {{'{arn}': {{access: [], certificate_authority: PEM}}}}", "X.509"),
        (f"eks: {{'{arn}': {{access: [{{principal: me}}]}}}}", "the ARN of a role or user"),
        (
            f"eks: {{'{arn}': {{access: [{{permission_set: None, account: '111111111111'}}]}}}}",
            "is not among permission_sets",
        ),
    ):
        with pytest.raises(StateFileError, match=complaint):
            parse_state(f"{text}\n{section}\n", "state.yaml")
