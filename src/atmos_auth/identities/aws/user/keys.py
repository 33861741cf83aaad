"""An IAM user's long-lived keys: where they are looked for, and how a person is asked for them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from atmos_auth.config.durations import seconds
from atmos_auth.domain.errors import EntryUnreadable, InvalidSetting
from atmos_auth.domain.fields import Field
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.identities.aws.user.settings import Credentials

_MFA_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:mfa/[!-~]+")
# AWS begins the ids of temporary keys so.
_TEMPORARY = "ASIA"
DEFAULT_DURATION = "12h"
DURATION_FORMAT = "invalid duration format (use: 3600, 1h, 12h, 1d, etc.)"


class UserKeys(NamedTuple):
    """A key pair, and what was stored with it; it was just typed unless `in_configuration` or `in_keyring`."""

    access_key_id: str
    secret_access_key: str
    mfa_arn: str = ""
    session_duration: str = ""
    in_configuration: bool = False
    in_keyring: bool = False

    def __repr__(self) -> str:
        """Show the first four characters of the id, as AWS does."""
        return f"UserKeys({self.access_key_id[:4]}..., in_configuration={self.in_configuration!r})"

    @property
    def entry(self) -> dict[str, str]:
        """Give the keys as a keyring entry; what is empty is left out."""
        fields = {
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
            "mfa_arn": self.mfa_arn,
            "session_duration": self.session_duration,
        }
        return {name: value for name, value in fields.items() if value}


def configured_keys(name: str, credentials: Credentials) -> UserKeys | None:
    """Return the keys that the configuration holds; None when it holds neither; raises `InvalidSetting` for one."""
    # A command's output, or a block of text, ends in a line break that is not the key's.
    both = (credentials.access_key_id.strip(), credentials.secret_access_key.strip())
    if not any(both):
        return None
    if not all(both):
        present, missing = ("access_key_id", "secret_access_key") if both[0] else ("secret_access_key", "access_key_id")
        raise InvalidSetting(
            f'invalid auth config: identity "{name}" has {present} but no {missing}: '
            "both must be provided, or both left empty",
            hints=[f"set credentials.{missing}", f"or keep both in the keyring: {configure_command(name)}"],
        )
    return UserKeys(*both, mfa_arn=credentials.mfa_arn, in_configuration=True)


def stored_keys(name: str, store: SecretStore) -> UserKeys | None:
    """Return the keyring's keys; None when it has no entry; raises `StoreError` when an entry cannot be used."""
    entry = store.get(name)
    if entry is None:
        return None
    if not entry.get("access_key_id") or not entry.get("secret_access_key"):
        raise EntryUnreadable(
            f'failed to read AWS user credentials from keyring: the entry of "{name}" is incomplete',
            hints=[configure_command(name)],
        )
    return UserKeys(
        entry["access_key_id"],
        entry["secret_access_key"],
        entry.get("mfa_arn", ""),
        entry.get("session_duration", ""),
        in_keyring=True,
    )


def key_fields(*, mfa_arn: str = "", duration: str = "") -> list[Field]:
    """Return what a person is asked; what the configuration says already is shown, not asked."""
    return [
        Field("access_key_id", "AWS Access Key ID", check=_id_complaint),
        Field("secret_access_key", "AWS Secret Access Key", secret=True, check=_secret_complaint),
        _managed("mfa_arn", "AWS User MFA ARN", mfa_arn)
        if mfa_arn
        else Field("mfa_arn", "AWS User MFA ARN", required=False, check=_arn_complaint),
        _managed("session_duration", "Session Duration", duration)
        if duration
        else Field(
            "session_duration", "Session Duration", required=False, default=DEFAULT_DURATION, check=duration_complaint
        ),
    ]


def _managed(name: str, title: str, value: str) -> Field:
    return Field(name, title, "managed by Atmos configuration", default=value, read_only=True)


def keys_from_answers(answers: Mapping[str, str]) -> UserKeys:
    """Turn a person's answers into keys."""
    return UserKeys(
        answers["access_key_id"].strip(),
        answers["secret_access_key"].strip(),
        answers.get("mfa_arn", "").strip(),
        answers.get("session_duration", "").strip(),
    )


def duration_complaint(text: str) -> str | None:
    """Say what is wrong with a duration, None when nothing is."""
    try:
        seconds(text)
    except ValueError:
        return DURATION_FORMAT
    return None


def _id_complaint(text: str) -> str | None:
    if not (text.isascii() and text.isalnum()):
        return "an AWS Access Key ID has letters and digits only"
    if text.upper().startswith(_TEMPORARY):
        return "this is the key of a session; give the user's own, long-lived one (AKIA...)"
    return None


def _secret_complaint(text: str) -> str | None:
    return None if text.isascii() and text.isprintable() and " " not in text else "this is no AWS Secret Access Key"


def configure_command(name: str) -> str:
    """Give the command that stores keys for this identity."""
    return f"atmos auth user configure --identity {name}"


def _arn_complaint(text: str) -> str | None:
    return None if _MFA_ARN.fullmatch(text) else "expected arn:aws:iam::ACCOUNT_ID:mfa/NAME"
