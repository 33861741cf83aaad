"""Who signs in at the identity provider, however its pages look: passwords, factors, and a response in the end."""

from __future__ import annotations

import enum
import hmac
from typing import TYPE_CHECKING

from aws_emulator.saml_directory import PushFactor, SamlPerson, SecondFactor, SmsFactor

if TYPE_CHECKING:
    from aws_emulator.identity_provider import IdentityProvider
    from aws_emulator.second_factors import SecondFactors, Verdict
    from aws_emulator.state import State


class PasswordAnswer(enum.Enum):
    """What became of a name and a password."""

    GOOD = enum.auto()
    WRONG = enum.auto()
    LOCKED = enum.auto()
    EXPIRED = enum.auto()


class PeopleAtIdp:
    """The people of the state, their second factors, and the provider that signs for them."""

    def __init__(self, state: State, factors: SecondFactors, provider: IdentityProvider) -> None:
        self._state = state
        self._factors = factors
        self._provider = provider

    def find(self, name: str) -> SamlPerson | None:
        """Give a person by name, None if there is no such one."""
        return self._state.saml_people.get(name)

    def check_password(self, name: str, password: str) -> PasswordAnswer:
        """Judge a name and a password; somebody who is locked out is so with any password."""
        person = self.find(name)
        if person is None:
            return PasswordAnswer.WRONG
        if person.locked:
            return PasswordAnswer.LOCKED
        if not hmac.compare_digest(person.password.encode(), password.encode()):
            return PasswordAnswer.WRONG
        return PasswordAnswer.EXPIRED if person.password_expired else PasswordAnswer.GOOD

    def factors_of(self, name: str) -> list[SecondFactor]:
        """Give a person's second factors; the first is the one that is asked for."""
        person = self.find(name)
        return list(person.factors) if person else []

    def first_factor(self, name: str) -> SecondFactor | None:
        """Give the factor to ask for, after sending what it needs; None if the password was enough."""
        factor = next(iter(self.factors_of(name)), None)
        if factor is not None:
            self._factors.begin(name, factor)
        return factor

    def begin(self, name: str, factor: SecondFactor) -> None:
        """Send the text message or the push of a factor."""
        self._factors.begin(name, factor)

    def judge(self, name: str, factor: SecondFactor, code: str = "") -> Verdict:
        """Take a code, or look whether the phone was tapped."""
        return self._factors.judge(name, factor, code)

    def number(self, name: str) -> int | None:
        """Give the number the person must tap, None if there is none."""
        return self._factors.number(name)

    def response(self, name: str, recipient: str) -> str:
        """Give a signed response for a person, in base64."""
        return self._provider.response(name, recipient)


def kind_of(factor: SecondFactor) -> str:
    """Name a factor for the journal."""
    if isinstance(factor, PushFactor):
        return "push"
    return "sms" if isinstance(factor, SmsFactor) else "totp"


def masked(phone: str) -> str:
    """Give a phone number of which only the last two digits can be read."""
    return f"+XX XXXXXXX{phone[-2:]}"
