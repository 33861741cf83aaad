"""When a credential is still good: two windows before its end, as the AWS SDKs have them."""

from atmos_auth.domain.credentials import Credential

# botocore renews tokens when 15 minutes remain and insists when 10 do.
ADVISORY_SECONDS = 15 * 60
MANDATORY_SECONDS = 5 * 60

FRESH = "fresh"
STALE = "stale"
EXPIRED = "expired"


def freshness(credential: Credential, now: float) -> str:
    """Tell whether `credential` is FRESH, STALE (use it, but renew if that asks nobody) or EXPIRED (do not use it).

    `now` is seconds since the epoch. Short-lived credentials get windows in proportion to their life, so that one
    that lives 15 minutes counts as fresh while most of it lasts.
    """
    if credential.expires_at is None:
        return FRESH
    left = credential.expires_at - now
    life = _life(credential, left)
    if left <= min(MANDATORY_SECONDS, life / 10):
        return EXPIRED
    return STALE if left <= min(ADVISORY_SECONDS, life / 4) else FRESH


def seconds_fresh(credential: Credential, now: float) -> float:
    """Tell for how long `credential` stays FRESH; 0 when it is not, infinite when it has no end."""
    if credential.expires_at is None:
        return float("inf")
    left = credential.expires_at - now
    return max(0.0, left - min(ADVISORY_SECONDS, _life(credential, left) / 4))


def _life(credential: Credential, left: float) -> float:
    if credential.expires_at is None or credential.issued_at is None:
        return left
    return credential.expires_at - credential.issued_at
