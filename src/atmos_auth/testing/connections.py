"""AWS without a network: answers and errors are scripted, and what was asked is kept."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.exceptions import ClientError

from atmos_auth.domain.credentials import AwsCredentials


class Call(NamedTuple):
    """One operation that was called, and the client it was called on."""

    operation: str
    parameters: Mapping[str, Any]
    region: str
    endpoint_url: str | None
    credentials: AwsCredentials | None


class FakeConnections:
    """Clients whose operations answer what `answer` and `fail` scripted, in that order; `calls` holds every call.

    A call that nobody scripted is an AssertionError. `ambient` is what the AWS SDK would find by itself.
    """

    def __init__(self, *, ambient: AwsCredentials | None = None) -> None:
        self._ambient = ambient
        self._scripts: dict[str, list[Any]] = {}
        self.calls: list[Call] = []

    def answer(self, operation: str, *answers: Mapping[str, Any] | Callable[..., Any] | Exception) -> None:
        """Add answers for `service:Operation`: mappings, functions of the parameters, or exceptions to raise."""
        self._scripts.setdefault(operation, []).extend(answers)

    def fail(self, operation: str, code: str, *, message: str = "", status: int = 400, times: int = 1) -> None:
        """Add `times` failures as botocore raises them for an answer of AWS."""
        response: Any = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        self.answer(operation, *(ClientError(response, operation.partition(":")[2]) for _ in range(times)))

    def client(
        self,
        service: str,
        *,
        region: str,
        endpoint_url: str | None,
        credentials: AwsCredentials | None = None,
        attempts: int | None = None,
    ) -> Any:
        """Return a client whose methods are named as botocore names them."""
        return _Client(self, service, region, endpoint_url, credentials)

    def ambient_credentials(self) -> AwsCredentials | None:
        """Return what was given as `ambient`."""
        return self._ambient

    def operations(self) -> list[str]:
        """Return `service:Operation` of every call, in order."""
        return [call.operation for call in self.calls]

    def play(self, service: str, method: str) -> tuple[str, Any]:
        """Take the next scripted answer; return the operation's name and the answer."""
        for operation, answers in self._scripts.items():
            name, _, pascal = operation.partition(":")
            if (name, xform_name(pascal)) == (service, method) and answers:
                return operation, answers.pop(0)
        raise AssertionError(f"nobody expected {service}:{method}")


class _Client:
    def __init__(
        self,
        owner: FakeConnections,
        service: str,
        region: str,
        endpoint_url: str | None,
        credentials: AwsCredentials | None,
    ) -> None:
        self._owner = owner
        self._service = service
        self._at = (region, endpoint_url, credentials)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            operation, answer = self._owner.play(self._service, method)
            self._owner.calls.append(Call(operation, parameters, *self._at))
            if isinstance(answer, Exception):
                raise answer
            return answer(**parameters) if callable(answer) else answer

        return call
