"""The peer of a sign-in: the same requests by botocore, in one program that keeps nothing; run as a script.

Arguments: the address of AWS, and then the ARN of each role behind the permission set AdminAccess.
"""

import sys
import time
from typing import Any

import botocore
import botocore.config
import botocore.session


def main(url: str, roles: list[str]) -> None:
    """Sign in by device code, take the permission set's credentials, and assume one role after the other."""
    session: Any = botocore.session.Session()
    unsigned = botocore.config.Config(signature_version=botocore.UNSIGNED)
    where = {"region_name": "us-east-1", "endpoint_url": url}
    oidc = session.create_client("sso-oidc", config=unsigned, **where)
    client = oidc.register_client(clientName="peer", clientType="public", scopes=["sso:account:access"])
    ours = {name: client[name] for name in ("clientId", "clientSecret")}
    device = oidc.start_device_authorization(startUrl=f"{url}/start", **ours)
    # The interval has to be waited for before the first question too (RFC 8628 3.3).
    time.sleep(device["interval"])
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    token = oidc.create_token(grantType=grant, deviceCode=device["deviceCode"], **ours)["accessToken"]
    portal = session.create_client("sso", config=unsigned, **where)
    found = portal.get_role_credentials(roleName="AdminAccess", accountId="111111111111", accessToken=token)
    keys = [found["roleCredentials"][name] for name in ("accessKeyId", "secretAccessKey", "sessionToken")]
    for role in roles:
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        sts = session.create_client("sts", **where, **dict(zip(names, keys, strict=True)))
        given = sts.assume_role(RoleArn=role, RoleSessionName="peer")["Credentials"]
        keys = [given[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
