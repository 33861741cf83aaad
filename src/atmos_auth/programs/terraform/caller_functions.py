"""`!aws.account_id` and its kin: whom AWS takes the identity of a component for, and where it works."""

from collections.abc import Callable
from typing import Any

from atmos_auth.config.words import words
from atmos_auth.domain import env_names
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AtmosAuthError, ConfigError
from atmos_auth.programs.terraform.readers import Readers
from atmos_auth.stacks.evaluation import Call

REGION = "!aws.region"
_ANSWERS = {
    "!aws.account_id": "account_id",
    "!aws.caller_identity_arn": "arn",
    "!aws.caller_identity_user_id": "user_id",
}


class CallerFunctions:
    """The functions over one set of stacks, as whom `readers` say; AWS is asked once for each identity."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._callers: dict[AwsCredentials, Any] = {}

    def table(self) -> dict[str, Callable[[Call], Any]]:
        """Return the functions by their tags."""
        return {REGION: self._region, **dict.fromkeys(_ANSWERS, self._caller)}

    def _caller(self, call: Call) -> str:
        credentials = self._credentials(call)
        if credentials is None:
            raise ConfigError(
                f"there are no credentials for {call.function.tag}",
                place=call.function.place,
                hints=["name an identity: --identity NAME"],
            )
        if credentials not in self._callers:
            operations = self._readers(call.component).project.operations
            try:
                self._callers[credentials] = operations.caller_identity(credentials)
            except AtmosAuthError as failure:
                failure.details = (*failure.details, f"needed by {call.function.tag} at {call.function.place}")
                raise
        answer: str = getattr(self._callers[credentials], _ANSWERS[call.function.tag])
        return answer

    def _region(self, call: Call) -> str:
        credentials = self._credentials(call)
        environ = self._readers(call.component).project.environ
        region = credentials.region if credentials is not None else None
        found = region or environ.get(env_names.AWS_REGION) or environ.get(env_names.AWS_DEFAULT_REGION)
        if not found:
            raise ConfigError(
                "no region is known",
                place=call.function.place,
                hints=[f"set {env_names.AWS_REGION}", "or give the identity a region in atmos.yaml"],
            )
        return found

    def _credentials(self, call: Call) -> AwsCredentials | None:
        words(call.function, at_least=0, at_most=0, form=f"`{call.function.tag}`")
        project, identity = self._readers(call.component)
        found = project.operations.credentials(identity) if identity is not None else None
        return found if isinstance(found, AwsCredentials) else project.aws.ambient_credentials()
