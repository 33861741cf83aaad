"""Kind `acme/credential-process`: AWS credentials that another program prints, as `credential_process` of the AWS SDKs.

What the program prints: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from atmos_auth.config.durations import seconds
from atmos_auth.config.settings import Duration, IdentitySettings, Text
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.ports import Tools
from atmos_auth.domain.timestamps import from_text

KIND = "acme/credential-process"
# What a program prints is a few lines; who prints without end is stopped from filling our memory.
LONGEST_OUTPUT = 64 * 1024


class CredentialProcessSettings(IdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program, and how long it may take."""

    command: Annotated[
        list[Text],
        Meta(
            min_length=1,
            title="command",
            description="a program and its arguments, as a list",
            examples=[["vendor-credentials", "--role", "admin"]],
        ),
    ]
    timeout: Duration = "1m"


class CredentialProcess:
    """Runs the program without a shell; what it writes to stderr is the person's to read."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = CredentialProcessSettings

    def __init__(self, name: str, settings: CredentialProcessSettings, tools: Tools) -> None:
        self._name = name
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: None) -> AwsCredentials:
        """Return what the program gives; raises `AuthenticationFailed` if it fails, hangs, or prints something else."""
        now = self._tools.clock.now()
        self._tools.log.debug(f"running {self._settings.command[0]}")
        body = self._understood(self._run())
        settings = self._settings
        return AwsCredentials(
            access_key_id=self._text(body, "AccessKeyId"),
            secret_access_key=self._text(body, "SecretAccessKey"),
            session_token=self._text(body, "SessionToken"),
            expires_at=self._end(body),
            issued_at=now,
            region=settings.region or None,
            account_id=self._text(body, "AccountId") if body.get("AccountId") else None,
            endpoint_url=settings.spec.endpoint_url or None,
        )

    def _run(self) -> bytes:
        # Imported where it is used: the module itself is loaded by every command that meets the kind.
        import subprocess

        command, limit = self._settings.command, seconds(self._settings.timeout)
        try:
            done = subprocess.run(
                command,
                env=dict(self._tools.environ),
                # A program that would ask somebody must not wait for an answer where nobody is.
                stdin=None if self._tools.prompter.can_ask else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self._failure(
                f"was not done after {limit:.0f} seconds", hint="if it needs longer, set `timeout`"
            ) from None
        except OSError as error:
            raise self._failure(
                f"cannot be run: {error.strerror or error}",
                hint="check `command`: a list of the program, which must be on your PATH, and its arguments",
            ) from error
        if done.returncode != 0:
            raise self._failure(f"failed with status {done.returncode}")
        return done.stdout

    def _understood(self, output: bytes) -> dict[str, Any]:
        import json

        try:
            body = json.loads(output) if len(output) <= LONGEST_OUTPUT else None
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise self._failure("did not print a JSON object, and nothing else, on stdout")
        if body.get("Version") != 1:
            raise self._failure('printed a JSON object whose "Version" is not 1')
        return body

    def _text(self, body: dict[str, Any], member: str) -> str:
        value = body.get(member)
        if not (isinstance(value, str) and value and value.isascii() and value.isprintable()):
            raise self._failure(f'printed a JSON object without a usable "{member}"')
        return value

    def _end(self, body: dict[str, Any]) -> float:
        """Return when the credentials end. Keys without an end are refused: they do not belong into a profile."""
        try:
            return from_text(self._text(body, "Expiration"))
        except (ValueError, OverflowError):
            raise self._failure('printed an "Expiration" that is not a time, as 2026-01-02T03:04:05Z is one') from None

    def _failure(self, what: str, hint: str | None = None) -> AuthenticationFailed:
        """Say what went wrong, never what was printed: it may hold the keys."""
        program = self._settings.command[0]
        hints = [hint] if hint else [f"run `{program}` yourself, with the arguments of identity {self._name}, and look"]
        return AuthenticationFailed(f"{program} {what}", details=[f"kind: {KIND}"], hints=hints)
