"""Amazon EKS: where a cluster's Kubernetes answers, and the token that it lets callers in with.

Wire facts: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html and
https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html
"""

from typing import NamedTuple

from atmos_auth.aws_api.base64url import base64url
from atmos_auth.aws_api.failures import api_errors
from atmos_auth.aws_api.partitions import eks_endpoint, sts_endpoint
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import IntegrationFailed
from atmos_auth.domain.ports import AwsConnections

ATTEMPTS = 2
# In these, Kubernetes answers; an update goes on beside it.
SERVING = ("ACTIVE", "UPDATING")
TOKEN_PREFIX = "k8s-aws-v1."  # noqa: S105 - what every token begins with
CLUSTER_HEADER = "x-k8s-aws-id"
# What the request says of its own life; the cluster gives it 15 minutes, of which a client should use 14.
REQUEST_SECONDS = 60
TOKEN_SECONDS = 14 * 60


class Cluster(NamedTuple):
    """A cluster: its ARN, the address of its Kubernetes, and who signed its certificate (PEM in base64)."""

    arn: str
    endpoint: str
    certificate_authority: str


class ClusterToken(NamedTuple):
    """What one shows to a cluster, and until when (seconds since the epoch)."""

    token: str
    expires_at: float

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown in a message."""
        return (self.token,)

    def __repr__(self) -> str:
        """Name the end, never the token."""
        return f"ClusterToken(expires_at={self.expires_at!r})"


def describe_cluster(
    connections: AwsConnections, credentials: AwsCredentials, *, name: str, region: str, endpoint_url: str | None
) -> Cluster:
    """Ask for a cluster that serves; uses the network.

    Raises `AccessDenied`, `CredentialRejected`, `ServiceError`, or `IntegrationFailed` for a cluster that is not there
    or does not serve.
    """
    endpoint = endpoint_url or eks_endpoint(region)
    client = connections.client("eks", region=region, endpoint_url=endpoint, credentials=credentials, attempts=ATTEMPTS)
    with api_errors("eks:DescribeCluster", endpoint):
        cluster = client.describe_cluster(name=name).get("cluster", {})
    status = cluster.get("status")
    if status not in SERVING:
        raise IntegrationFailed(
            f'the cluster "{name}" in {region} is {status or "in no known state"}, not ACTIVE',
            hints=["wait until it is, and run: atmos aws eks update-kubeconfig"],
        )
    authority = (cluster.get("certificateAuthority") or {}).get("data")
    if not cluster.get("endpoint") or not authority or not cluster.get("arn"):
        raise IntegrationFailed(f'AWS names no address, or no certificate, of the cluster "{name}" in {region}')
    return Cluster(cluster["arn"], cluster["endpoint"], authority)


def cluster_token(credentials: AwsCredentials, *, name: str, region: str, now: float) -> ClusterToken:
    """Sign a call of GetCallerIdentity that the cluster will send for us; uses no network.

    `now` is seconds since the epoch. Raises `InvalidSetting` for an unknown region.
    """
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    host = (credentials.endpoint_url or sts_endpoint(region)).rstrip("/")
    request = AWSRequest("GET", f"{host}/?Action=GetCallerIdentity&Version=2011-06-15", headers={CLUSTER_HEADER: name})
    keys = Credentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    SigV4QueryAuth(keys, "sts", region, expires=REQUEST_SECONDS).add_auth(request)
    ends = [now + TOKEN_SECONDS, *([credentials.expires_at] if credentials.expires_at is not None else [])]
    return ClusterToken(f"{TOKEN_PREFIX}{base64url(str(request.url).encode())}", min(ends))
