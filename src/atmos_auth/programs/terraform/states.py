"""What components have put out, read from where their state is kept; Terraform is not run."""

import json
import os
from collections.abc import Mapping
from typing import Any

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import ConfigError, InvalidComponent
from atmos_auth.programs.terraform.readers import Reader
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.plain import plain
from atmos_auth.stacks.workspace import DEFAULT

LOCAL, S3, STATIC = "local", "s3", "static"
_FILE = "terraform.tfstate"


def outputs_in_state(component: Component, *, workspace: str, folder: str, reader: Reader) -> dict[str, Any] | None:
    """Return the outputs by name, None when there is no state yet.

    Raises `InvalidComponent` for a backend that is not read, and what the sign-in and the backend's service raise.
    """
    backend_type = component.sections.get("backend_type") or LOCAL
    settings = plain(component.sections["backend"])
    if backend_type == LOCAL:
        content = _local(settings, workspace, folder)
    elif backend_type == S3:
        content = _s3(settings, workspace, reader)
    else:
        raise InvalidComponent(
            f'the state of component "{component.name}" is in a backend of type {backend_type}, which is not read',
            place=component.place,
            hints=["use !terraform.output, which runs Terraform"],
        )
    return _outputs(content, component) if content is not None else None


def _local(settings: Mapping[str, Any], workspace: str, folder: str) -> bytes | None:
    if workspace == DEFAULT:
        path = settings.get("path") or _FILE
    else:
        path = os.path.join(settings.get("workspace_dir") or f"{_FILE}.d", workspace, _FILE)
    try:
        with open(os.path.join(folder, path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"the state {path} cannot be read: {error.strerror or error}") from error


def _s3(settings: Mapping[str, Any], workspace: str, reader: Reader) -> bytes | None:
    from atmos_auth.aws_api.s3 import object_in

    key = str(settings.get("key") or _FILE)
    if workspace != DEFAULT:
        key = "/".join((str(settings.get("workspace_key_prefix") or "env:"), workspace, key))
    endpoints = settings.get("endpoints")
    endpoint = endpoints.get("s3") if isinstance(endpoints, Mapping) else settings.get("endpoint")
    bucket, region = settings.get("bucket"), settings.get("region")
    if not bucket or not region:
        raise ConfigError("a backend of type s3 needs `bucket` and `region`")
    return object_in(
        reader.project.aws,
        _credentials(settings, str(region), reader),
        bucket=str(bucket),
        key=key,
        region=str(region),
        endpoint_url=str(endpoint) if endpoint else None,
    )


def _credentials(settings: Mapping[str, Any], region: str, reader: Reader) -> AwsCredentials:
    """Return the keys that the backend is read with: the reader's, or those of the role that it names for itself."""
    project, identity = reader
    found = project.operations.credentials(identity) if identity is not None else None
    credentials = found if isinstance(found, AwsCredentials) else project.aws.ambient_credentials()
    if credentials is None:
        raise ConfigError(
            "there are no credentials to read the state with", hints=["name an identity: --identity NAME"]
        )
    role = settings.get("assume_role")
    role_arn = role.get("role_arn") if isinstance(role, Mapping) else settings.get("role_arn")
    if not role_arn:
        return credentials
    from atmos_auth.aws_api.sts import Sts

    named = role if isinstance(role, Mapping) else settings
    return Sts(project.aws, credentials, region=region, endpoint_url=credentials.endpoint_url).assume_role(
        role_arn=str(role_arn),
        session_name=str(named.get("session_name") or "atmos"),
        external_id=named.get("external_id"),
        duration_seconds=None,
    )


def _outputs(content: bytes, component: Component) -> dict[str, Any]:
    try:
        state = json.loads(content)
        return {name: output["value"] for name, output in (state.get("outputs") or {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f'the state of component "{component.name}" of stack "{component.stack}" cannot be understood',
            details=[f"{type(error).__name__}: {error}"],
        ) from error
