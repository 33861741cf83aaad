"""The emulator's own identity provider: the responses it signs for its people."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from aws_emulator.saml_names import SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_emulator.clock import Clock
    from aws_emulator.saml_responses import SamlResponse
    from aws_emulator.state import State


class IdentityProvider:
    """Signs with the process's key; `url` gives the emulator's address, known once it listens."""

    def __init__(self, state: State, clock: Clock, url: Callable[[], str]) -> None:
        self._state = state
        self._clock = clock
        self._url = url

    @property
    def entity_id(self) -> str:
        """The name under which it issues assertions."""
        return f"{self._url()}/idp"

    @property
    def certificate(self) -> str:
        """The certificate of its key, in PEM."""
        from aws_emulator.idp_key import own_signing_key

        return own_signing_key().certificate

    def content(self, name: str, recipient: str = SIGN_IN) -> SamlResponse:
        """Give what a response for a person would say now; an unknown person raises `LookupError`."""
        from aws_emulator.saml_responses import SamlResponse

        person = self._state.saml_people.get(name)
        if person is None:
            message = f"there is no person {name}"
            raise LookupError(message)
        return SamlResponse(
            issuer=self.entity_id,
            subject=name,
            issued=self._clock.now(),
            roles=[f"{each.role},{each.provider}" for each in person.roles],
            session_name=person.session_name or name,
            session_seconds=person.session_seconds,
            recipient=recipient,
        )

    def sign(self, content: SamlResponse) -> str:
        """Give a signed response as it travels in a form: base64 of the document."""
        from aws_emulator import saml_responses
        from aws_emulator.idp_key import own_signing_key

        signed = saml_responses.sign(content.build(), own_signing_key())
        return base64.b64encode(saml_responses.to_bytes(signed)).decode()

    def response(self, name: str, recipient: str = SIGN_IN) -> str:
        """Give a signed response for a person; an unknown one raises `LookupError`."""
        return self.sign(self.content(name, recipient))

    def metadata(self) -> bytes:
        """Give the metadata document to register at a service provider."""
        from aws_emulator import saml_responses

        return saml_responses.metadata(self.entity_id, f"{self.entity_id}/sso", self.certificate)
