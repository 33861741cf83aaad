"""An IAM user's kind over fakes, and a scripted sign-in service."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from atmos_auth.config.check import convert
from atmos_auth.domain.credentials import BrowserSession
from atmos_auth.identities.aws.user import AwsUser, AwsUserSettings
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.testing import NOW, FakeBrowser, FakeClock, FakeConnections, FakeListen, FakePrompter, RecordingLog
from atmos_auth.testing import tools as fake_tools
from atmos_auth.testing.mfa import FakeMfaCodes
from atmos_auth.testing.stores import MemoryBrowserSessions

GET, WHO, TOKEN = "sts:GetSessionToken", "sts:GetCallerIdentity", "signin:CreateOAuth2Token"
USER_ARN = "arn:aws:iam::111111111111:user/me"


class Moment:
    """What botocore gives for a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def timestamp(self) -> float:
        return self._seconds


def session_answer(number: int = 1, lives: float = 3600) -> dict[str, Any]:
    return {
        "Credentials": {
            "AccessKeyId": f"ASIASESSION{number}",
            "SecretAccessKey": f"session-secret-{number}",
            "SessionToken": f"session-token-{number}",
            "Expiration": Moment(NOW + lives),
        }
    }


def token_answer(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "tokenOutput": {
            "accessToken": {
                "accessKeyId": f"ASIABROWSER{number}",
                "secretAccessKey": f"browser-secret-{number}",
                "sessionToken": f"browser-token-{number}",
            },
            "expiresIn": 900,
            "refreshToken": f"refresh-{number}",
            **changes,
        }
    }


def refusal(reason: str, *, status: int = 400) -> ClientError:
    """What botocore raises when the sign-in service refuses."""
    response: Any = {
        "Error": {"Code": "ValidationException", "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        "error": reason,
    }
    return ClientError(response, "CreateOAuth2Token")


class Connections(FakeConnections):
    """Fake clients that take event handlers, as the sign-in service's client registers some."""

    def client(self, *args: Any, **options: Any) -> Any:
        client = super().client(*args, **options)
        client.meta = SimpleNamespace(events=SimpleNamespace(register=lambda *_: None))
        return client

    def sessions(self, *numbers: int) -> None:
        """Script sessions, and who they act as."""
        for number in numbers:
            self.answer(GET, session_answer(number))
            self.answer(WHO, {"Arn": USER_ARN, "Account": "111111111111", "UserId": "AIDAEXAMPLE"})

    def refuse(self, reason: str, *, status: int = 400) -> None:
        """Script a refusal of the sign-in service."""
        self.answer(TOKEN, refusal(reason, status=status))


class World:
    """Everything around one identity, and the identity as a new process would build it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.aws = Connections()
        self.keys = MemoryKeyring()
        self.log = RecordingLog()
        self.prompter = FakePrompter()
        self.mfa = FakeMfaCodes()
        self.browser = FakeBrowser()
        self.listen = FakeListen()
        self.sessions = MemoryBrowserSessions()

    def answers(self, *answers: Any, **options: Any) -> FakePrompter:
        self.prompter = FakePrompter(answers, **options)
        return self.prompter

    def codes(self, *codes: str) -> FakeMfaCodes:
        self.mfa = FakeMfaCodes(*codes)
        return self.mfa

    def user(self, *, name: str = "me", **settings: Any) -> AwsUser:
        tools = fake_tools(
            clock=self.clock,
            aws=self.aws,
            keys=self.keys,
            log=self.log,
            prompter=self.prompter,
            mfa=self.mfa,
            browser=self.browser,
            listen=self.listen,
            browser_sessions=self.sessions,
        )
        return AwsUser(name, convert({"kind": "aws/user"} | settings, AwsUserSettings), tools)

    def parameters(self, operation: str = GET) -> list[dict[str, Any]]:
        return [dict(call.parameters) for call in self.aws.calls if call.operation == operation]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def make_world() -> type[World]:
    return World


@pytest.fixture
def signed_in() -> Callable[..., BrowserSession]:
    """Return a sign-in with a good key, an hour old, with changes."""
    from atmos_auth.aws_api.dpop import DpopKey
    from atmos_auth.aws_api.sign_in import SAME_DEVICE

    key = DpopKey.generate().to_text()

    def make(**changes: Any) -> BrowserSession:
        fields = {
            "refresh_token": "refresh-0",
            "dpop_key": key,
            "client_id": SAME_DEVICE,
            "region": "us-east-1",
            "expires_at": NOW + 11 * 3600,
            "principal": USER_ARN,
        }
        return BrowserSession(**(fields | changes))

    return make


@pytest.fixture
def scripted() -> SimpleNamespace:
    """The names and answers that scripts are made of."""
    return SimpleNamespace(
        GET=GET, WHO=WHO, TOKEN=TOKEN, USER_ARN=USER_ARN, session=session_answer, token=token_answer, refusal=refusal
    )
