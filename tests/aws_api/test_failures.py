import pytest
from botocore import exceptions as aws

from atmos_auth.aws_api.failures import service_errors
from atmos_auth.domain.errors import ServiceError

URL = "https://sts.us-east-1.amazonaws.com"


def turned(failure: Exception) -> ServiceError:
    with pytest.raises(ServiceError) as caught, service_errors("sts:AssumeRole", URL):
        raise failure
    error = caught.value
    assert (error.operation, error.endpoint) == ("sts:AssumeRole", URL)
    assert error.__cause__ is failure
    return error


def client_error(code=None, status=400, message=None) -> aws.ClientError:
    error = {key: value for key, value in (("Code", code), ("Message", message)) if value is not None}
    return aws.ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, "AssumeRole")


def test_awss_own_words_are_kept():
    error = turned(client_error("MalformedPolicyDocument", message="Syntax errors"))
    assert error.message == "sts:AssumeRole failed with MalformedPolicyDocument: Syntax errors"
    assert (error.code, error.retryable) == ("MalformedPolicyDocument", False)
    assert URL in error.details[0]


@pytest.mark.parametrize(
    ("code", "status", "retryable"),
    [
        ("AccessDenied", 403, False),
        ("ExpiredToken", 400, False),
        ("TooManyRequestsException", 429, True),
        ("Whatever", 429, True),
        ("ThrottlingException", 400, True),
        ("Throttling", 400, True),
        ("InternalServerException", 500, True),
        ("Whatever", 503, True),
        (None, 502, True),
        (None, 418, False),
    ],
)
def test_what_may_succeed_later_is_told(code, status, retryable):
    error = turned(client_error(code, status))
    assert error.retryable is retryable
    assert f"HTTP {status}" in error.message


def test_an_answer_without_anything_is_survived():
    assert turned(aws.ClientError({}, "AssumeRole")).code == "Unknown"


@pytest.mark.parametrize(
    ("failure", "code", "retryable"),
    [
        (aws.EndpointConnectionError(endpoint_url=URL), "EndpointConnectionError", True),
        (aws.ConnectTimeoutError(endpoint_url=URL), "ConnectTimeout", True),
        (aws.ReadTimeoutError(endpoint_url=URL), "ReadTimeout", True),
        (aws.ConnectionClosedError(endpoint_url=URL), "ConnectionClosed", True),
        (aws.SSLError(endpoint_url=URL, error="self-signed"), "SSLError", False),
        (aws.ProxyConnectionError(proxy_url="http://me:t0ps3cret@proxy"), "ProxyConnectionError", True),
        (aws.HTTPClientError(error="x"), "HTTPClientError", True),
        (aws.ParamValidationError(report="bad"), "ParamValidationError", False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_failure_of_the_network_has_words_and_a_hint(failure, code, retryable):
    error = turned(failure)
    assert (error.code, error.retryable) == (code, retryable)
    assert "sts:AssumeRole" in error.message
    assert error.hints or code == "ParamValidationError"
    assert "t0ps3cret" not in "".join((error.message, *error.details, *error.hints))


def test_what_is_not_botocores_passes_through():
    with pytest.raises(ZeroDivisionError), service_errors("sts:AssumeRole", URL):
        raise ZeroDivisionError
