"""From botocore's exceptions to the domain's errors: endpoint, operation and AWS's own words kept, secrets never in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from atmos_auth.domain.errors import AccessDenied, CredentialRejected, ServiceError
from atmos_auth.host.trust import CA_HINT

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

# Codes after which the same request may succeed later.
_RETRYABLE_CODES = frozenset(
    {
        "IDPCommunicationError",
        "InternalServerException",
        "InternalFailure",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


# What services that speak JSON say when the credential that was brought, not the request, is at fault.
# No network and no region is at fault where nobody answers there.
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_REJECTED = frozenset({"ExpiredTokenException", "InvalidSignatureException", "UnrecognizedClientException"})


@contextmanager
def service_errors(operation: str, endpoint: str) -> Iterator[None]:
    """Turn whatever botocore raises in the block into a `ServiceError`; `operation` is `service:Operation`."""
    from botocore import exceptions as aws

    try:
        yield
    except aws.ClientError as error:
        raise from_client_error(error, operation, endpoint) from error
    except aws.ConnectionClosedError as error:
        raise _unreachable(
            operation, endpoint, "ConnectionClosed", "closed the connection without an answer"
        ) from error
    except aws.ConnectTimeoutError as error:
        raise _unreachable(operation, endpoint, "ConnectTimeout", "did not accept the connection in time") from error
    except aws.ReadTimeoutError as error:
        raise _unreachable(operation, endpoint, "ReadTimeout", "did not answer in time") from error
    except aws.SSLError as error:
        raise ServiceError(
            f"{operation}: the TLS certificate of {endpoint} could not be verified",
            operation=operation,
            endpoint=endpoint,
            code="SSLError",
            retryable=False,
            hints=[CA_HINT],
        ) from error
    except aws.ProxyConnectionError as error:
        raise _unreachable(
            operation, endpoint, "ProxyConnectionError", "could not be reached through the proxy"
        ) from error
    except (aws.HTTPClientError, aws.ConnectionError) as error:
        raise _unreachable(operation, endpoint, type(error).__name__, "could not be reached") from error
    except aws.BotoCoreError as error:
        raise ServiceError(
            f"{operation}: {error}",
            operation=operation,
            endpoint=endpoint,
            code=type(error).__name__,
            retryable=False,
        ) from error


@contextmanager
def api_errors(operation: str, endpoint: str) -> Iterator[None]:
    """As `service_errors`, for services that speak JSON.

    Raises `AccessDenied` where a policy is in the way, `CredentialRejected` where the credential itself is no good.
    """
    try:
        with service_errors(operation, endpoint):
            yield
    except ServiceError as error:
        if error.code in _REJECTED:
            raise CredentialRejected(error.message, code=error.code, details=error.details) from error
        if error.code == "AccessDeniedException":
            raise AccessDenied(error.message, details=error.details) from error
        raise


def from_client_error(error: "ClientError", operation: str, endpoint: str) -> ServiceError:
    """Keep AWS's code and message."""
    code = str(error.response.get("Error", {}).get("Code") or "Unknown")
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    said = str(error.response.get("Error", {}).get("Message") or "").strip() or f"HTTP {status}"
    return ServiceError(
        f"{operation} failed with {code}: {said}",
        operation=operation,
        endpoint=endpoint,
        code=code,
        reason=str(error.response.get("error") or ""),
        retryable=status >= 500 or status == 429 or code in _RETRYABLE_CODES,
        details=[f"endpoint: {endpoint}"],
    )


def _unreachable(operation: str, endpoint: str, code: str, what: str) -> ServiceError:
    address = urlsplit(endpoint)
    hints = ["check the network, and HTTPS_PROXY and NO_PROXY if you are behind a proxy", "check `region`"]
    if address.hostname in _THIS_MACHINE:
        hints = [f"start what should answer there, for example: python -m aws_emulator --port {address.port or 80}"]
    return ServiceError(
        f"{operation}: {endpoint} {what}",
        operation=operation,
        endpoint=endpoint,
        code=code,
        retryable=True,
        hints=hints,
    )
