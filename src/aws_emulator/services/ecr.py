"""The Elastic Container Registry, private and public: passwords for registries, and the door they open.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from aws_emulator import signed_json
from aws_emulator.container_services import (
    GET_PUBLIC_REGISTRY_TOKEN,
    GET_REGISTRY_TOKEN,
    GET_SERVICE_BEARER_TOKEN,
)
from aws_emulator.errors import AwsError
from aws_emulator.registry_passwords import USER, Password, RegistryPasswords

if TYPE_CHECKING:
    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.keys import Keys

PUBLIC_REGISTRY = "public.ecr.aws"
# The one region that lets callers in to the public registry.
PUBLIC_REGION = "us-east-1"
# Docker asks here whether its credentials are good.
API_PATH = "/v2/"


class Ecr:
    """The private registries, one per account and region."""

    def __init__(self, clock: Clock, keys: Keys, passwords: RegistryPasswords) -> None:
        self._callers = signed_json.Callers(keys, clock, 400)
        self._passwords = passwords

    def GetAuthorizationToken(self, call: Call) -> Response:
        """Give a password for the caller's registry, or for those asked for by id."""
        principal, region = self._callers.caller(call)
        body = signed_json.read_object(call.request)
        ids = body.get("registryIds", [principal.account])
        if not isinstance(ids, list) or not 1 <= len(ids) <= 10 or not all(_is_account_id(each) for each in ids):
            raise AwsError("InvalidParameterException", "registryIds must be 1 to 10 account ids of twelve digits.")
        self._callers.require(principal, GET_REGISTRY_TOKEN, "*")
        call.notes["region"] = region
        hosts = f".dkr.ecr.{region}.amazonaws.com"
        data = [_data(self._passwords.issue(hosts)) | {"proxyEndpoint": f"https://{account}{hosts}"} for account in ids]
        return signed_json.answer({"authorizationData": data})


class EcrPublic:
    """The public registry."""

    def __init__(self, clock: Clock, keys: Keys, passwords: RegistryPasswords) -> None:
        self._callers = signed_json.Callers(keys, clock, 400)
        self._passwords = passwords

    def GetAuthorizationToken(self, call: Call) -> Response:
        """Give a password for the public registry; only one region does."""
        principal, region = self._callers.caller(call)
        signed_json.read_object(call.request)
        if region != PUBLIC_REGION:
            message = f"GetAuthorizationToken command is only supported in {PUBLIC_REGION}."
            raise AwsError("UnsupportedCommandException", message)
        self._callers.require(principal, GET_PUBLIC_REGISTRY_TOKEN, "*")
        self._callers.require(principal, GET_SERVICE_BEARER_TOKEN, "*")
        return signed_json.answer({"authorizationData": _data(self._passwords.issue(PUBLIC_REGISTRY))})


class RegistryDoor:
    """What Docker meets at a registry: whether it is let in, and no images.

    https://github.com/opencontainers/distribution-spec/blob/main/spec.md
    """

    def __init__(self, passwords: RegistryPasswords) -> None:
        self._passwords = passwords

    def CheckApi(self, call: Call) -> Response:
        """Let those in who bring a password for the registry that they call by its host name."""
        registry, given = call.request.host.partition(":")[0], call.request.authorization
        call.notes["registry"] = registry
        if given is None or given.type != "basic":
            raise AwsError("UNAUTHORIZED", "authentication required", 401)
        if not self._passwords.opens(registry, given.username or "", given.password or ""):
            raise AwsError("DENIED", "Your authorization token has expired. Reauthenticate and try again.", 403)
        call.caller = USER
        return Response("{}", content_type="application/json", headers={"Docker-Distribution-Api-Version": _VERSION})


def door_refusal(error: AwsError) -> Response:
    """Render an error of the registry's own API."""
    response = signed_json.answer({"errors": [{"code": error.code, "message": error.message}]}, error.status)
    response.content_type = "application/json"
    response.headers["Docker-Distribution-Api-Version"] = _VERSION
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="aws_emulator",service="ecr.amazonaws.com"'
    return response


_VERSION = "registry/2.0"


def _is_account_id(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value) is not None


def _data(password: Password) -> dict[str, Any]:
    token = base64.b64encode(f"{USER}:{password.text}".encode()).decode()
    return {"authorizationToken": token, "expiresAt": password.expires_at}
