"""S3, as far as the state of other components is kept there.

Wire facts: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from atmos_auth.aws_api.failures import service_errors
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import ServiceError
from atmos_auth.domain.ports import AwsConnections

_MISSING = frozenset({"NoSuchKey", "404"})


def object_in(
    connections: AwsConnections,
    credentials: AwsCredentials,
    *,
    bucket: str,
    key: str,
    region: str,
    endpoint_url: str | None,
) -> bytes | None:
    """Return an object's content, None when the bucket has no such object; uses the network, raises `ServiceError`."""
    endpoint = endpoint_url or f"https://s3.{region}.amazonaws.com"
    client = connections.client("s3", region=region, endpoint_url=endpoint_url, credentials=credentials)
    try:
        with service_errors("s3:GetObject", endpoint):
            content: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
            return content
    except ServiceError as error:
        if error.code in _MISSING:
            return None
        raise
