"""A running emulator, and botocore as its unmodified client."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from aws_emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_SESSION = botocore.session.Session()


class Api:
    """What a client of AWS does, in botocore's calls; nothing is retried."""

    def __init__(self, aws: Emulator) -> None:
        self.aws = aws

    def client(self, service: str, **options: Any) -> Any:
        return _SESSION.create_client(
            service,
            region_name=options.pop("region", "us-east-1"),
            endpoint_url=self.aws.url,
            # What botocore would refuse by itself shall reach the emulator.
            config=Config(
                retries={"total_max_attempts": 1},
                connect_timeout=10,
                read_timeout=10,
                parameter_validation=False,
            ),
            **options,
        )

    @cached_property
    def oidc(self) -> Any:
        return self.client("sso-oidc")

    @cached_property
    def portal(self) -> Any:
        return self.client("sso")

    def register(self, **members: Any) -> dict[str, Any]:
        """Register a client; give its clientId and clientSecret."""
        members = {"clientName": "test", "clientType": "public", "scopes": ["sso:account:access"]} | members
        answer = self.oidc.register_client(**members)
        return {"clientId": answer["clientId"], "clientSecret": answer["clientSecret"]}

    def start(self, client: dict[str, Any]) -> dict[str, Any]:
        return self.oidc.start_device_authorization(**client, startUrl=self.aws.start_url)

    def poll(self, client: dict[str, Any], started: dict[str, Any]) -> dict[str, Any]:
        return self.oidc.create_token(**client, grantType=DEVICE_GRANT, deviceCode=started["deviceCode"])

    def refresh(self, client: dict[str, Any], refresh_token: str, **members: Any) -> dict[str, Any]:
        return self.oidc.create_token(**client, grantType="refresh_token", refreshToken=refresh_token, **members)

    def sign_in(self, client: dict[str, Any] | None = None) -> dict[str, Any]:
        """Go through the device flow; give the token response."""
        client = client or self.register()
        started = self.start(client)
        self.aws.approve(started["userCode"])
        return self.poll(client, started)

    def role_keys(self, account: str = "111111111111", role: str = "AdminAccess") -> dict[str, Any]:
        """Sign in and give the keys of a permission set, in STS's spelling."""
        token = self.sign_in()["accessToken"]
        answer = self.portal.get_role_credentials(accessToken=token, accountId=account, roleName=role)
        keys = answer["roleCredentials"]
        return {
            "AccessKeyId": keys["accessKeyId"],
            "SecretAccessKey": keys["secretAccessKey"],
            "SessionToken": keys["sessionToken"],
        }

    def user_keys(self) -> dict[str, Any]:
        """Give the example user's own keys."""
        (user,) = self.aws.state.users.values()
        return {"AccessKeyId": user.access_key_id, "SecretAccessKey": user.secret_access_key}

    def sts(self, keys: dict[str, Any], **options: Any) -> Any:
        """Give an STS client that signs with these keys."""
        return self.client(
            "sts",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            **options,
        )


@pytest.fixture(autouse=True)
def _no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the machine's own AWS settings out."""
    nowhere = tmp_path_factory.getbasetemp() / "nowhere"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def api(aws: Emulator) -> Api:
    return Api(aws)


@pytest.fixture
def api_of() -> type[Api]:
    """For tests that start their own emulator."""
    return Api


@pytest.fixture
def refused() -> Callable[[str, int], AbstractContextManager[dict[str, Any]]]:
    """`with refused("SomeException", 400) as error:` - the call inside must fail like that."""

    @contextmanager
    def expect(code: str, status: int = 400) -> Iterator[dict[str, Any]]:
        error: dict[str, Any] = {}
        with pytest.raises(ClientError) as caught:
            yield error
        error.update(caught.value.response["Error"], kind=type(caught.value).__name__)
        assert (error["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)

    return expect
