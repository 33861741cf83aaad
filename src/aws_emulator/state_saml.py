"""The SAML providers of a state file, and the people who sign in to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_emulator.saml_directory import (
    PushFactor,
    SamlPerson,
    SamlProvider,
    SamlRole,
    SecondFactor,
    SmsFactor,
    TotpFactor,
)
from aws_emulator.state_parts import account_id_of
from aws_emulator.totp import secret_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_emulator.state import State
    from aws_emulator.yaml_values import Value


def read_saml_providers(value: Value, state: State) -> Iterator[tuple[str, SamlProvider]]:
    """Give the providers of the section by their ARNs; an empty one is the emulator's own."""
    for arn, item in value.entries():
        if not re.fullmatch(r"(?a)arn:aws:iam::[0-9]{12}:saml-provider/[\w._-]{1,128}", arn):
            item.fail("expected an ARN such as arn:aws:iam::111111111111:saml-provider/Name")
        account_id_of(item, arn.split(":")[4], state)
        members = item.members((), ("entity_id", "certificates"))
        if not members:
            yield arn, SamlProvider()
            continue
        members = item.members(("entity_id", "certificates"))
        certificates = [_certificate(each) for each in members["certificates"].items()]
        if not certificates:
            members["certificates"].fail("expected at least one certificate")
        yield arn, SamlProvider(members["entity_id"].text(), certificates)


def read_saml_people(value: Value, state: State) -> Iterator[tuple[str, SamlPerson]]:
    """Give the people of the section by their names, which are e-mail addresses."""
    for name, item in value.entries():
        if not re.fullmatch(r"[^\s@\"'<>]+@[^\s@\"'<>]+", name):
            item.fail(f"expected an e-mail address, not {name!r}")
        members = item.members(
            ("password", "roles"), ("session_name", "session_seconds", "factors", "locked", "password_expired")
        )
        person = SamlPerson(
            password=members["password"].text(), roles=[_role(each, state) for each in members["roles"].items()]
        )
        if "session_name" in members:
            person.session_name = members["session_name"].text()
        if "session_seconds" in members:
            person.session_seconds = members["session_seconds"].whole(900, 43200)
        if "factors" in members:
            person.factors = _factors(members["factors"])
        person.locked = "locked" in members and members["locked"].flag()
        person.password_expired = "password_expired" in members and members["password_expired"].flag()
        yield name, person


def _certificate(value: Value) -> str:
    from cryptography.x509 import load_pem_x509_certificate

    try:
        load_pem_x509_certificate(value.text().encode())
    except ValueError:
        value.fail("expected an X.509 certificate in PEM")
    return value.text()


def _role(value: Value, state: State) -> SamlRole:
    members = value.members(("role", "provider"))
    role, provider = members["role"].text(), members["provider"].text()
    if role not in state.roles:
        members["role"].fail(f"{role} is not among roles")
    if provider not in state.saml_providers:
        members["provider"].fail(f"{provider} is not among saml_providers")
    return SamlRole(role, provider)


def _factors(value: Value) -> list[SecondFactor]:
    factors: list[SecondFactor] = []
    for item in value.items():
        factor = _factor(item)
        if type(factor) in [type(each) for each in factors]:
            item.fail("there is one of this kind already")
        factors.append(factor)
    return factors


def _factor(value: Value) -> SecondFactor:
    members = value.members((), ("totp", "sms", "push"))
    if len(members) != 1:
        value.fail("expected one of totp, sms and push")
    ((kind, member),) = members.items()
    if kind == "totp":
        return TotpFactor(_secret(member))
    if kind == "sms":
        if not re.fullmatch(r"\+[0-9][0-9 ]{5,24}[0-9]", member.text()):
            member.fail('expected a phone number such as "+49 170 5550037"')
        return SmsFactor(member.text())
    more = member.members((), ("number_matching",))
    return PushFactor("number_matching" in more and more["number_matching"].flag())


def _secret(value: Value) -> str:
    try:
        secret_bytes(value.text())
    except ValueError:
        value.fail("expected base32: the letters A to Z and the digits 2 to 7")
    return value.text()
