"""Where the password of a file keyring comes from: a variable, or a person, who is asked once."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from atmos_auth.domain.env_names import ATMOS_KEYRING_PASSWORD
from atmos_auth.domain.errors import PasswordMissing

SHORTEST = 8


class Password(NamedTuple):
    """A password and where it was found, in words."""

    secret: bytes
    source: str

    def __repr__(self) -> str:
        """Name the source alone."""
        return f"Password(source={self.source!r})"


class PasswordSource:
    """Finds the password of the keyring that `label` names, once; `ask` shows a question and returns a masked answer.

    `ask` None: nobody can be asked here.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        label: str,
        *,
        variable: str = ATMOS_KEYRING_PASSWORD,
        ask: Callable[[str], str] | None,
    ) -> None:
        self._environ = environ
        self._label = label
        self._variable = variable
        self._ask = ask
        self._found: Password | None = None

    def password(self, *, for_new: bool) -> Password:
        """Return the password; one that a person chooses for a new keyring is asked for twice."""
        if self._found is None:
            self._found = self._find(for_new)
        return self._found

    def _find(self, for_new: bool) -> Password:
        text = self._environ.get(self._variable)
        if text:
            return self._checked(text, self._variable)
        if self._ask is None:
            raise PasswordMissing(
                f"keyring password required: set {self._variable} environment variable or run in interactive mode",
                details=[f"it opens the {self._label}"],
                hints=[
                    f"set {self._variable}",
                    "name another variable in auth.keyring.spec.password_env",
                    "run the command in a terminal, to be asked",
                ],
            )
        if not for_new:
            return self._checked(self._ask(f"Password of the {self._label}"), "what was typed")
        chosen = self._checked(
            self._ask(f"New password for the {self._label} (at least {SHORTEST} characters)"), "what was typed"
        )
        if self._checked(self._ask("The same password again"), "what was typed") != chosen:
            raise PasswordMissing("the two passwords differ; nothing was stored", hints=["run the command again"])
        return chosen

    def _checked(self, text: str, source: str) -> Password:
        if len(text) < SHORTEST:
            raise PasswordMissing(
                f"password must be at least {SHORTEST} characters, and {source} has fewer",
                details=[f"it opens the {self._label}"],
                hints=[f"set {self._variable} to the keyring's password"],
            )
        # One password, whether a keyboard composes its letters or not.
        composed = unicodedata.normalize("NFC", text)
        return Password(composed.encode("utf-8", "surrogateescape"), source)
