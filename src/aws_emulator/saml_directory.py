"""SAML as IAM and an identity provider know it: registered providers, and people with passwords and second factors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class SamlProvider:
    """An IAM SAML provider: the entity id and the certificates (PEM) of whoever signs its responses.

    Without an entity id it stands for the emulator's own identity provider.
    """

    entity_id: str = ""
    certificates: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SamlRole:
    """A role somebody may take, and the SAML provider through which."""

    role: str
    provider: str


@dataclass(slots=True)
class TotpFactor:
    """An authenticator app: its secret in base32."""

    secret: str = field(repr=False)


@dataclass(slots=True)
class SmsFactor:
    """A phone that gets codes as text messages."""

    phone: str


@dataclass(slots=True)
class PushFactor:
    """An app that asks for a tap; with number matching, a tap on the number the page shows."""

    number_matching: bool = False


SecondFactor: TypeAlias = TotpFactor | SmsFactor | PushFactor


@dataclass(slots=True)
class SamlPerson:
    """Someone who can sign in to the identity provider; the first of `factors` is the one that is asked for.

    `session_name` "" means the person's name, `session_seconds` is the SessionDuration attribute.
    """

    password: str = field(repr=False)
    roles: list[SamlRole] = field(default_factory=list)
    session_name: str = ""
    session_seconds: int | None = None
    factors: list[SecondFactor] = field(default_factory=list)
    locked: bool = False
    password_expired: bool = False
