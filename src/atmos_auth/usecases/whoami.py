"""Who one is as an identity, until when, and whether AWS agrees; nobody is asked anything."""

from collections.abc import Callable
from typing import NamedTuple

from atmos_auth.domain.chain import PROVIDER, Chain
from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.errors import AtmosAuthError, AuthenticationFailed, CredentialsMissing, ServiceError
from atmos_auth.domain.freshness import EXPIRED, freshness


class Status(NamedTuple):
    """What is known of an identity's credentials.

    `valid` says whether they can be used now; `verified` whether AWS itself confirmed it; `problem` is the reason in
    words when something is wrong. Times are seconds since the epoch.
    """

    identity: str
    provider: str
    valid: bool
    verified: bool
    principal: str | None = None
    account: str | None = None
    region: str | None = None
    expires_at: float | None = None
    issued_at: float | None = None
    problem: str | None = None


def provider_label(chain: Chain) -> str:
    """Name what the chain starts from: the provider, or the kind of an identity that stands alone."""
    return chain.root.name if chain.root.role == PROVIDER else chain.root.kind.replace("/", "-")


def whoami(
    chain: Chain,
    *,
    obtain: Callable[[], Credential],
    stored: Callable[[], AwsCredentials | None],
    ask_aws: Callable[[AwsCredentials], tuple[str, str]] | None,
    now: float,
) -> Status:
    """Return the status of the chain's tip.

    `obtain` gets a usable credential without a person or raises; `stored` returns what was delivered last, expired
    or not; `ask_aws` returns the ARN and account that AWS takes us for, or is None where the network is off limits.
    Raises `CredentialsMissing` when there never were credentials, and configuration errors.
    """
    problem = None
    try:
        credential = obtain()
    except (AuthenticationFailed, CredentialsMissing, ServiceError) as failure:
        last = stored()
        if last is None:
            raise _none(chain, failure) from failure
        credential, problem = last, failure.message
    status = Status(chain.tip.name, provider_label(chain), valid=problem is None, verified=False, problem=problem)
    status = status._replace(region=credential.region, expires_at=credential.expires_at, issued_at=credential.issued_at)
    if not isinstance(credential, AwsCredentials):
        return status
    status = status._replace(principal=credential.principal, account=credential.account_id)
    if freshness(credential, now) == EXPIRED:
        return status._replace(valid=False)
    return status if ask_aws is None or not status.valid else _verified(status, credential, ask_aws)


def _verified(
    status: Status, credential: AwsCredentials, ask_aws: Callable[[AwsCredentials], tuple[str, str]]
) -> Status:
    try:
        principal, account = ask_aws(credential)
    except AuthenticationFailed as refusal:
        return status._replace(valid=False, problem=refusal.message)
    except ServiceError as unreachable:
        return status._replace(problem=f"could not be verified: {unreachable.message}")
    return status._replace(principal=principal, account=account, verified=True)


def _none(chain: Chain, failure: AtmosAuthError) -> CredentialsMissing:
    return CredentialsMissing(
        f'no credentials found for identity "{chain.tip.name}"',
        details=[*([] if isinstance(failure, CredentialsMissing) else [failure.message]), *failure.details],
        # A sign-in would be refused as well, until what was said about it is done.
        hints=[
            *(failure.hints if isinstance(failure, AuthenticationFailed) else []),
            f"atmos auth login --identity {chain.tip.name}",
        ],
    )
