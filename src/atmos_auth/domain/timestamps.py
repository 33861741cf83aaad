"""Times as AWS writes them: RFC 3339 in UTC, whole seconds."""

import time


def to_text(seconds: float) -> str:
    """Turn seconds since the epoch into `2026-01-02T03:04:05Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def from_text(text: str) -> float:
    """Turn an RFC 3339 time (fractions and any offset allowed) into seconds since the epoch; raises ValueError."""
    from datetime import UTC, datetime

    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
