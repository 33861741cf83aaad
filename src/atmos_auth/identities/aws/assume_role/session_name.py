"""Names of role sessions: what CloudTrail shows, within what STS accepts."""

from atmos_auth.identities.aws.assume_role.settings import Principal

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: [\w+=,.@-]*, 2 to 64 characters
CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-")
LONGEST = 64


def chosen_session_name(principal: Principal, identity: str, now: float) -> str:
    """Return the name that the configuration chooses, or one that tells the identity and the second."""
    return session_name(principal.session_name or f"atmos-{identity}-{int(now)}")


def session_name(wanted: str, *, longest: int = LONGEST) -> str:
    """Fit a name into what STS accepts: other characters become `-`, so many of them are kept."""
    name = "".join(c if c in CHARACTERS else "-" for c in wanted)[:longest].rstrip("-")
    return name if len(name) >= 2 else "atmos-session"
