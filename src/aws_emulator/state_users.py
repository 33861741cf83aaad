"""The users of a state file: their keys, MFA devices and what their policies say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_emulator.state import (
    ASSUME_ROLE,
    AUTHORIZE_SIGN_IN,
    CREATE_SIGN_IN_TOKEN,
    GET_FEDERATION_TOKEN,
    GET_SESSION_TOKEN,
    MfaDevice,
    State,
    User,
    split_user_arn,
)
from aws_emulator.state_parts import account_id_of, actions, allowed
from aws_emulator.totp import secret_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_emulator.yaml_values import Value

_DENIABLE = (ASSUME_ROLE, GET_SESSION_TOKEN, GET_FEDERATION_TOKEN, AUTHORIZE_SIGN_IN, CREATE_SIGN_IN_TOKEN)


def read_users(value: Value, state: State) -> Iterator[tuple[str, User]]:
    """Give the users of the section by their ARNs; two may share neither a key id nor an MFA device."""
    keys: set[str] = set()
    devices: set[str] = set()
    for arn, item in value.entries():
        parts = split_user_arn(arn)
        if parts is None:
            item.fail("expected a user ARN such as arn:aws:iam::111111111111:user/name")
        account_id = account_id_of(item, parts[0], state)
        members = item.members(("access_key_id", "secret_access_key"), ("allows", "denies", "mfa"))
        user = User(
            access_key_id=_key_id(members["access_key_id"], keys),
            secret_access_key=members["secret_access_key"].text(),
            allows=allowed(members),
            denies=actions(members["denies"], _DENIABLE) if "denies" in members else [],
            mfa=_device(members["mfa"], account_id, devices) if "mfa" in members else None,
        )
        yield arn, user


def _key_id(value: Value, taken: set[str]) -> str:
    if not re.fullmatch(r"AKIA[A-Z0-9]{12,124}", value.text()):
        value.fail("expected a key id that begins with AKIA")
    if value.text() in taken:
        value.fail("another user has this key id")
    taken.add(value.text())
    return value.text()


def _device(value: Value, account_id: str, taken: set[str]) -> MfaDevice:
    members = value.members(("serial", "secret"))
    serial, secret = members["serial"].text(), members["secret"].text()
    if not re.fullmatch(rf"(?a)arn:aws:iam::{account_id}:mfa/[\w+=,.@/-]{{1,226}}", serial):
        members["serial"].fail(f"expected an ARN such as arn:aws:iam::{account_id}:mfa/name")
    if serial in taken:
        members["serial"].fail("another user has this device")
    taken.add(serial)
    try:
        secret_bytes(secret)
    except ValueError:
        members["secret"].fail("expected base32: the letters A to Z and the digits 2 to 7")
    return MfaDevice(serial, secret)
