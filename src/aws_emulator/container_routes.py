"""Which request belongs to which operation of the services for containers."""

from __future__ import annotations

from aws_emulator import rest_json, signed_json
from aws_emulator.routing import ANY_NAME, CONTROL, TARGET, Fork, Operation
from aws_emulator.services import ecr, eks


def container_routes(
    private: ecr.Ecr, public: ecr.EcrPublic, door: ecr.RegistryDoor, clusters: eks.Eks
) -> dict[tuple[str, str], Operation | Fork]:
    """Give the operations by method and path, and those of the JSON protocol by their target."""
    token = "GetAuthorizationToken"  # noqa: S105 - the name of an operation
    return {
        (TARGET, f"AmazonEC2ContainerRegistry_V20150921.{token}"): Operation(
            "ecr", token, private.GetAuthorizationToken, signed_json.refusal
        ),
        (TARGET, f"SpencerFrontendService.{token}"): Operation(
            "ecr-public", token, public.GetAuthorizationToken, signed_json.refusal
        ),
        ("GET", ecr.API_PATH): Operation("registry", "CheckApi", door.CheckApi, ecr.door_refusal),
        ("GET", eks.CLUSTERS_PATH + ANY_NAME): Operation(
            "eks", "DescribeCluster", clusters.DescribeCluster, rest_json.refusal
        ),
        ("POST", eks.REVIEW_PATH): Operation(CONTROL, "ReviewToken", clusters.ReviewToken, rest_json.refusal),
    }
