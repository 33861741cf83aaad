"""What a program under an identity finds in its environment."""

from collections.abc import Mapping
from typing import NamedTuple

from atmos_auth.delivery.aws_files import ProfileLocation
from atmos_auth.domain import env_names as names
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.timestamps import to_text

# Where an endpoint of ours gives credentials away.
ENDPOINT_ADDRESS, ENDPOINT_PATH = "127.0.0.1", "/atmos/credentials"
# Whoever reads these can act as the identity.
SECRETS = (names.AWS_ACCESS_KEY_ID, names.AWS_SECRET_ACCESS_KEY, names.AWS_SESSION_TOKEN)
# All that `with_keys` and `with_files` set or unset, an identity's own variables aside.
EVER_SET = (
    *names.AMBIENT_SOURCES,
    names.AWS_REGION,
    names.AWS_DEFAULT_REGION,
    names.AWS_ENDPOINT_URL_STS,
    names.ATMOS_IDENTITY,
)


class Environment(NamedTuple):
    """Variables to set, and names to unset because their old values would win over them."""

    variables: dict[str, str]
    unset: tuple[str, ...]


class ServedAt(NamedTuple):
    """Where credentials are to be had: an address, and the file with the token that must be shown there."""

    address: str
    token_file: str


def is_endpoint_of_ours(address: str) -> bool:
    """Tell whether an address is one that an endpoint of ours, running or not, could have."""
    return address.startswith(f"http://{ENDPOINT_ADDRESS}:") and address.endswith(ENDPOINT_PATH)


def with_keys(identity: str, credentials: AwsCredentials, extra: Mapping[str, str]) -> Environment:
    """Hand over the credentials themselves; `extra` is the identity's own `env`."""
    variables = {
        names.AWS_ACCESS_KEY_ID: credentials.access_key_id,
        names.AWS_SECRET_ACCESS_KEY: credentials.secret_access_key,
        names.ATMOS_IDENTITY: identity,
    }
    if credentials.session_token:
        variables[names.AWS_SESSION_TOKEN] = credentials.session_token
    if credentials.expires_at is not None:
        variables[names.AWS_CREDENTIAL_EXPIRATION] = to_text(credentials.expires_at)
    if credentials.endpoint_url:
        variables[names.AWS_ENDPOINT_URL_STS] = credentials.endpoint_url
    variables |= _region(credentials.region) | dict(extra)
    # A profile beside keys makes the AWS CLI take the profile, and SDKs warn.
    conflicting = (*names.CONFLICTING_WITH_PROFILE, names.AWS_PROFILE, names.AWS_SHARED_CREDENTIALS_FILE)
    return Environment(variables, _absent(conflicting, variables))


def with_files(identity: str, location: ProfileLocation, region: str | None, extra: Mapping[str, str]) -> Environment:
    """Point at the delivered profile; holds no secret."""
    variables = {
        names.AWS_SHARED_CREDENTIALS_FILE: location.credentials_file,
        names.AWS_CONFIG_FILE: location.config_file,
        names.AWS_PROFILE: location.profile,
        names.ATMOS_IDENTITY: identity,
    }
    variables |= _region(region) | dict(extra)
    return Environment(variables, _absent(names.CONFLICTING_WITH_PROFILE, variables))


def with_endpoint(
    identity: str,
    location: ProfileLocation,
    served: ServedAt,
    *,
    region: str | None,
    endpoint_url: str | None,
    extra: Mapping[str, str],
) -> Environment:
    """Point at an endpoint that gives credentials away; holds no secret.

    The files at `location` are there for profiles that a program names itself, and so that nothing in the person's
    own files wins. `endpoint_url` is where STS answers if not at AWS.
    """
    variables = {
        names.AWS_CONTAINER_CREDENTIALS_FULL_URI: served.address,
        names.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: served.token_file,
        names.AWS_SHARED_CREDENTIALS_FILE: location.credentials_file,
        names.AWS_CONFIG_FILE: location.config_file,
        names.ATMOS_IDENTITY: identity,
    }
    if endpoint_url:
        variables[names.AWS_ENDPOINT_URL_STS] = endpoint_url
    variables |= _region(region) | dict(extra)
    # A profile that is named wins over the endpoint.
    return Environment(variables, _absent((*names.CONFLICTING_WITH_PROFILE, names.AWS_PROFILE), variables))


def passing_through(identity: str, region: str | None, extra: Mapping[str, str]) -> Environment:
    """Leave the program with what its environment already gives it, as ambient identities mean to."""
    return Environment({names.ATMOS_IDENTITY: identity} | _region(region) | dict(extra), ())


def for_child(environment: Environment, environ: Mapping[str, str], *, delivered: bool) -> dict[str, str]:
    """Compose a child's whole environment: the current one, cleaned, with the identity's variables laid over it.

    `delivered` tells that a profile of ours is in it, which must then be the only source of credentials.
    """
    child = {name: value for name, value in environ.items() if name not in environment.unset}
    if delivered:
        child[names.AWS_SDK_LOAD_CONFIG] = "1"
        child[names.AWS_EC2_METADATA_DISABLED] = "true"
    return child | environment.variables


def _region(region: str | None) -> dict[str, str]:
    return {names.AWS_REGION: region, names.AWS_DEFAULT_REGION: region} if region else {}


def _absent(candidates: tuple[str, ...], variables: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in candidates if name not in variables)
