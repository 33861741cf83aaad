"""What the state says of container registries and Kubernetes clusters, and the actions that they ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

GET_REGISTRY_TOKEN = "ecr:GetAuthorizationToken"  # noqa: S105 - the name of an action
GET_PUBLIC_REGISTRY_TOKEN = "ecr-public:GetAuthorizationToken"  # noqa: S105 - the name of an action
# The public registry's token is a bearer token of STS: both actions are needed.
GET_SERVICE_BEARER_TOKEN = "sts:GetServiceBearerToken"  # noqa: S105 - the name of an action
DESCRIBE_CLUSTER = "eks:DescribeCluster"
CONTAINER_ACTIONS = (GET_REGISTRY_TOKEN, GET_PUBLIC_REGISTRY_TOKEN, GET_SERVICE_BEARER_TOKEN, DESCRIBE_CLUSTER)

CLUSTER_STATUSES = ("CREATING", "ACTIVE", "DELETING", "FAILED", "UPDATING", "PENDING")
_CLUSTER_ARN = re.compile(
    r"(?a)arn:aws:eks:(?P<region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]):(?P<account>[0-9]{12})"
    r":cluster/(?P<name>[0-9A-Za-z][A-Za-z0-9_-]{0,99})"
)


@dataclass(slots=True)
class Registries:
    """How long a registry's password is good, in seconds."""

    token_seconds: int = 12 * 3600


@dataclass(slots=True)
class AccessEntry:
    """Whom a cluster knows: the ARN of a role or user, and the Kubernetes groups it puts them in."""

    principal: str
    groups: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Cluster:
    """An EKS cluster.

    `endpoint` is where its Kubernetes answers, "" for a made-up address at which nobody does; `certificate_authority`
    is the PEM of who signed that server's certificate, "" for one of the emulator's own.
    """

    access: list[AccessEntry] = field(default_factory=list)
    status: str = "ACTIVE"
    endpoint: str = ""
    certificate_authority: str = ""


def split_cluster_arn(arn: str) -> tuple[str, str, str] | None:
    """Give region, account id and name of a cluster's ARN, None if it is not one."""
    found = _CLUSTER_ARN.fullmatch(arn)
    return (found["region"], found["account"], found["name"]) if found else None
