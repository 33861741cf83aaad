"""AWS keys: the ones users own and the ones the services issue, each standing for a principal."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from aws_emulator.state import split_role_arn, split_user_arn

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.state import State, User

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Origin(Enum):
    """How a key came to be: that decides what the console's sign-in takes it for."""

    OWN = "a user's own key"
    ROLE = "a role, assumed with a long-lived key or with what an identity provider says"
    CHAINED_ROLE = "a role, assumed with temporary keys"
    SESSION = "GetSessionToken"
    FEDERATED_USER = "GetFederationToken"
    SIGN_IN = "a sign-in in the browser, for a program"
    ROOT_TASK = "AssumeRoot"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a key acts as: `arn` as GetCallerIdentity tells it, `role_arn` the IAM role behind a session."""

    arn: str
    account: str
    user_id: str
    allows: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()
    role_arn: str | None = None

    @property
    def is_root(self) -> bool:
        """Whether this is the root of an account."""
        return self.arn.endswith(":root")


@dataclass(frozen=True, slots=True)
class Key:
    """An access key; `session_token` and `expires_at` (epoch seconds) are None for a user's own key.

    `mfa_present` says whether an MFA device was proven for it (the condition key aws:MultiFactorAuthPresent).
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    principal: Principal
    session_token: str | None = field(default=None, repr=False)
    expires_at: float | None = None
    mfa_present: bool = False
    origin: Origin = Origin.OWN


class Keys:
    """Every key the emulator honours: the users' from the state, and those issued since the start."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._issued: dict[str, Key] = {}

    def issue(
        self, principal: Principal, seconds: int, *, mfa_present: bool = False, origin: Origin = Origin.ROLE
    ) -> Key:
        """Issue fresh temporary keys that live for some seconds, or as long as the state lets any live."""
        longest = self._state.longest_key_seconds
        seconds = seconds if longest is None else min(seconds, longest)
        key = Key(
            access_key_id=_new_id("ASIA"),
            secret_access_key=_new_secret(),
            principal=principal,
            # Long and full of characters that need escaping, as AWS's own are.
            session_token=base64.b64encode(secrets.token_bytes(301)).decode(),
            expires_at=float(int(self._clock.now()) + seconds),
            mfa_present=mfa_present,
            origin=origin,
        )
        self._issued[key.access_key_id] = key
        return key

    def find(self, access_key_id: str) -> Key | None:
        """Give the key of this id, also when it has expired; None if there never was one."""
        if access_key_id in self._issued:
            return self._issued[access_key_id]
        for arn, user in self._state.users.items():
            if user.access_key_id == access_key_id and user.key_active:
                return Key(access_key_id, user.secret_access_key, user_principal(arn, user))
        return None

    def rotate(self, user_arn: str) -> tuple[str, str]:
        """Give a user a new key instead of the old one; an unknown user raises `LookupError`."""
        user = self._state.users.get(user_arn)
        if user is None:
            message = f"there is no user {user_arn}"
            raise LookupError(message)
        user.access_key_id, user.secret_access_key, user.key_active = _new_id("AKIA"), _new_secret(), True
        return user.access_key_id, user.secret_access_key

    def revoke(self, access_key_id: str) -> None:
        """Honour a key no more, a user's or an issued one; one that is not there raises `LookupError`."""
        if self.find(access_key_id) is None:
            message = f"there is no key {access_key_id}"
            raise LookupError(message)
        self._issued.pop(access_key_id, None)
        for user in self._state.users.values():
            if user.access_key_id == access_key_id:
                user.key_active = False

    def has_expired(self, key: Key) -> bool:
        """Say whether a key's time is over."""
        return key.expires_at is not None and key.expires_at <= self._clock.now()


def user_principal(arn: str, user: User) -> Principal:
    """Give the principal of a user, or of an account's root if the ARN says so."""
    parts = split_user_arn(arn)
    if parts is None:
        message = f"not a user ARN: {arn}"
        raise ValueError(message)
    account, name = parts
    user_id = account if name == "root" else unique_id("AIDA", arn)
    return Principal(arn, account, user_id, frozenset(user.allows), frozenset(user.denies))


def role_session(role_arn: str, session_name: str, allows: list[str]) -> Principal:
    """Give the principal of a session of a role, named `assumed-role/<role name>/<session name>`."""
    parts = split_role_arn(role_arn)
    if parts is None:
        message = f"not a role ARN: {role_arn}"
        raise ValueError(message)
    account, name = parts
    return Principal(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
        account=account,
        user_id=f"{unique_id('AROA', role_arn)}:{session_name}",
        allows=frozenset(allows),
        role_arn=role_arn,
    )


def federated_user(account: str, name: str) -> Principal:
    """Give the principal of a federated user, who may do nothing in STS but ask who it is."""
    return Principal(f"arn:aws:sts::{account}:federated-user/{name}", account, f"{account}:{name}")


def _new_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(_BASE32) for _ in range(16))


def _new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(30)).decode()


def unique_id(prefix: str, arn: str) -> str:
    """Give IAM's unique id of a role (AROA) or user (AIDA); it stays the same for one ARN."""
    return prefix + base64.b32encode(hashlib.sha256(arn.encode()).digest())[:17].decode()
