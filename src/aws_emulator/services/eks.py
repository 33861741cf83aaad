"""The Elastic Kubernetes Service: descriptions of clusters, and what a cluster makes of a caller's token.

https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from aws_emulator import rest_json, signed_json
from aws_emulator.container_services import DESCRIBE_CLUSTER, Cluster, split_cluster_arn
from aws_emulator.eks_tokens import EksTokens, TokenError
from aws_emulator.errors import AwsError
from aws_emulator.idp_key import own_signing_key

if TYPE_CHECKING:
    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.keys import Keys
    from aws_emulator.state import State

CLUSTERS_PATH = "/clusters/"
REVIEW_PATH = "/_emulator/eks-token-review"
_REVIEW_VERSION = "authentication.k8s.io/v1"


class Eks:
    """DescribeCluster, and the token review that a cluster's own webhook answers."""

    def __init__(self, state: State, clock: Clock, keys: Keys, tokens: EksTokens) -> None:
        self._state = state
        self._callers = signed_json.Callers(keys, clock, 403)
        self._tokens = tokens

    def DescribeCluster(self, call: Call) -> Response:
        """Describe a cluster of the caller's account, in the region the request was signed for."""
        principal, region = self._callers.caller(call)
        name = call.request.path.removeprefix(CLUSTERS_PATH)
        arn = f"arn:aws:eks:{region}:{principal.account}:cluster/{name}"
        if split_cluster_arn(arn) is None:
            raise AwsError("InvalidParameterException", "The name of a cluster is 1 to 100 letters, digits, - and _.")
        call.notes["cluster"] = arn
        self._callers.require(principal, DESCRIBE_CLUSTER, arn)
        cluster = self._state.eks.get(arn)
        if cluster is None:
            raise AwsError("ResourceNotFoundException", f"No cluster found for name: {name}.", 404)
        return rest_json.answer({"cluster": _description(arn, name, region, cluster)})

    def ReviewToken(self, call: Call) -> Response:
        """Answer a TokenReview of Kubernetes as the cluster `?cluster=ARN` would.

        https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
        """
        cluster = self._state.eks.get(call.request.args.get("cluster", ""))
        parts = split_cluster_arn(call.request.args.get("cluster", ""))
        if cluster is None or parts is None:
            raise AwsError("ResourceNotFoundException", "Name a cluster of the state: ?cluster=ARN.", 404)
        token = _reviewed_token(call)
        try:
            caller = self._tokens.caller(token, cluster_name=parts[2])
            entry = next((e for e in cluster.access if e.principal in (caller.role_arn, caller.arn)), None)
            if entry is None:
                raise TokenError(f"no access entry of the cluster is for {caller.role_arn or caller.arn}")
        except TokenError as error:
            return _review({"authenticated": False, "error": str(error)})
        groups = [*entry.groups, "system:authenticated"]
        user = {"username": caller.arn, "uid": f"aws-iam-authenticator:{caller.account}:{caller.user_id}"}
        return _review({"authenticated": True, "user": user | {"groups": groups}})


def _description(arn: str, name: str, region: str, cluster: Cluster) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "arn": arn, "status": cluster.status, "version": "1.33"}
    if cluster.status == "CREATING":
        # Nothing answers yet, so there is no address either.
        return described
    made_up = hashlib.sha256(arn.encode()).hexdigest()[:32].upper()
    authority = cluster.certificate_authority or own_signing_key().certificate
    return described | {
        "endpoint": cluster.endpoint or f"https://{made_up}.gr7.{region}.eks.amazonaws.com",
        "certificateAuthority": {"data": base64.b64encode(authority.encode()).decode()},
    }


def _reviewed_token(call: Call) -> str:
    body = rest_json.read_object(call.request)
    spec = body.get("spec")
    token = spec.get("token") if isinstance(spec, dict) else None
    is_review = (body.get("apiVersion"), body.get("kind")) == (_REVIEW_VERSION, "TokenReview")
    if not is_review or not isinstance(token, str):
        raise AwsError("ValidationException", f"Send a TokenReview of {_REVIEW_VERSION} with spec.token.")
    return token


def _review(status: dict[str, Any]) -> Response:
    return rest_json.answer({"apiVersion": _REVIEW_VERSION, "kind": "TokenReview", "status": status})
