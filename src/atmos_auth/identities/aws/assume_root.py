"""Kind `aws/assume-root`: a short root session in a member account, limited to one task.

Rules: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from atmos_auth.aws_api.partitions import FALLBACK_REGION
from atmos_auth.aws_api.sts import Sts
from atmos_auth.config.durations import seconds
from atmos_auth.config.settings import AccountId, ChainedIdentitySettings, Duration, Region
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AccessDenied
from atmos_auth.domain.ports import Tools

LONGEST_SECONDS = 900
TASKS = (
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
)


class Principal(Struct, frozen=True, forbid_unknown_fields=True):
    """The member account and the one task."""

    target_principal: Annotated[AccountId, Meta(title="target_principal")]
    task_policy_arn: Annotated[
        str,
        Meta(
            pattern=f"^arn:aws[a-z-]*:iam::aws:policy/root-task/({'|'.join(TASKS)})$",
            title="task_policy_arn",
            description=f"arn:aws:iam::aws:policy/root-task/ followed by one of {', '.join(TASKS)}",
            examples=[f"arn:aws:iam::aws:policy/root-task/{TASKS[0]}"],
        ),
    ]
    duration: Duration = LONGEST_SECONDS
    region: Region = ""


class AssumeRootSettings(ChainedIdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose root, for what."""

    principal: Principal


class AssumeRoot:
    """Calls `sts:AssumeRoot` with the management account's credential."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials,)
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = AssumeRootSettings

    def __init__(self, name: str, settings: AssumeRootSettings, tools: Tools) -> None:
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: AwsCredentials) -> AwsCredentials:
        """Assume root; a longer duration than AWS allows is cut to 900 s; raises like `AssumeRole`."""
        principal = self._settings.principal
        region = principal.region or self._settings.region or previous.region
        endpoint_url = self._settings.spec.endpoint_url or previous.endpoint_url
        sts = Sts(self._tools.aws, previous, region=region or FALLBACK_REGION, endpoint_url=endpoint_url)
        now = self._tools.clock.now()
        try:
            credentials = sts.assume_root(
                target_principal=principal.target_principal,
                task_policy_arn=principal.task_policy_arn,
                duration_seconds=min(seconds(principal.duration), LONGEST_SECONDS),
            )
        except AccessDenied as denied:
            raise AccessDenied(
                f"not allowed to assume root in account {principal.target_principal}",
                details=[denied.message, *denied.details],
                hints=[
                    "the previous identity must be in the management or delegated administrator account",
                    "enable centralized root access in IAM first",
                ],
            ) from denied
        return credentials._replace(issued_at=now, region=region, session=previous.session, endpoint_url=endpoint_url)
