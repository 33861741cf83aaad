"""The sections `ecr` and `eks` of a state file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_emulator.container_services import CLUSTER_STATUSES, AccessEntry, Cluster, Registries, split_cluster_arn
from aws_emulator.state import sso_role_arn
from aws_emulator.state_parts import account_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_emulator.state import State
    from aws_emulator.yaml_values import Value


def read_registries(value: Value) -> Registries:
    """Give the section `ecr`."""
    members = value.members((), ("token_seconds",))
    # The service's own tokens live twelve hours; shorter ones make tests of renewal short.
    return Registries(members["token_seconds"].whole(1, 12 * 3600)) if members else Registries()


def read_clusters(value: Value, state: State) -> Iterator[tuple[str, Cluster]]:
    """Give the clusters of the section `eks` by their ARNs."""
    for arn, item in value.entries():
        parts = split_cluster_arn(arn)
        if parts is None:
            item.fail("expected a cluster's ARN such as arn:aws:eks:us-east-1:111111111111:cluster/name")
        account_id_of(item, parts[1], state)
        members = item.members(("access",), ("status", "endpoint", "certificate_authority"))
        cluster = Cluster([_access(each, state) for each in members["access"].items()])
        if "status" in members:
            cluster.status = _status(members["status"])
        if "endpoint" in members:
            cluster.endpoint = _endpoint(members["endpoint"])
        if "certificate_authority" in members:
            cluster.certificate_authority = _certificate(members["certificate_authority"])
        yield arn, cluster


def _access(value: Value, state: State) -> AccessEntry:
    if "permission_set" in {name for name, _ in value.entries()}:
        members = value.members(("permission_set", "account"), ("groups",))
        account_id = account_id_of(members["account"], members["account"].text(), state)
        name = members["permission_set"].text()
        if name not in state.permission_sets:
            members["permission_set"].fail(f"{name!r} is not among permission_sets")
        principal = sso_role_arn(account_id, name, state.region)
    else:
        members = value.members(("principal",), ("groups",))
        principal = members["principal"].text()
        if not re.fullmatch(r"arn:aws:iam::[0-9]{12}:(role|user)/.+", principal):
            members["principal"].fail("expected the ARN of a role or user")
    return AccessEntry(principal, [each.text() for each in members["groups"].items()] if "groups" in members else [])


def _status(value: Value) -> str:
    if value.text() not in CLUSTER_STATUSES:
        value.fail(f"expected one of {', '.join(CLUSTER_STATUSES)}, not {value.text()!r}")
    return value.text()


def _endpoint(value: Value) -> str:
    if not re.fullmatch(r"https://[^/\s]+", value.text()):
        value.fail(f"expected an address such as https://127.0.0.1:6443, not {value.text()}")
    return value.text()


def _certificate(value: Value) -> str:
    from cryptography.x509 import load_pem_x509_certificate

    try:
        load_pem_x509_certificate(value.text().encode())
    except ValueError:
        value.fail("expected an X.509 certificate in PEM")
    return value.text()
