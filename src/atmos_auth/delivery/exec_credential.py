"""Tokens as kubectl reads them from a program that a kubeconfig names.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

import json

from atmos_auth.domain.timestamps import to_text

GROUP = "client.authentication.k8s.io"
OLDEST, NEWEST = f"{GROUP}/v1beta1", f"{GROUP}/v1"


def wanted_version(exec_info: str) -> str:
    """Return the version of the answer that the caller wants, as its KUBERNETES_EXEC_INFO says."""
    try:
        said = json.loads(exec_info).get("apiVersion") if exec_info else None
    except (AttributeError, RecursionError, ValueError):
        said = None
    return NEWEST if said == NEWEST else OLDEST


def as_json(token: str, expires_at: float, version: str) -> str:
    """Return one JSON object; `expires_at` is in seconds since the epoch."""
    status = {"expirationTimestamp": to_text(expires_at), "token": token}
    return json.dumps({"kind": "ExecCredential", "apiVersion": version, "spec": {}, "status": status}) + "\n"
