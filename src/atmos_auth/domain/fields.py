"""What a form asks for, described by whoever needs the answers; the prompter knows how to ask.

A kind of any cloud lists its fields and gets a mapping from name to answer back:

    answers = prompter.form("⚠ Sign-in details are required for: dev", [
        Field("client_id", "Client ID"),
        Field("client_secret", "Client secret", secret=True),
        Field("lifetime", "Lifetime", required=False, default="1h", check=complaint_about_lifetime),
    ])
"""

from collections.abc import Callable
from typing import NamedTuple

MASK = "******"


class Field(NamedTuple):
    """One question of a form.

    `name` is the key of the answer. `title` is what the person reads before the cursor, bare: "(optional)" and the
    default are added by `label`. `description` is a sentence shown above the question; for a read-only field it
    says, in brackets, where the value comes from.

    An answer of nothing but blanks means `default`. A `required` field without one is asked until it is answered.
    A `secret` is masked while it is typed, and its default is never shown. A `read_only` field is not asked: its
    `default` is shown and returned as it is. `check` is given an answer, trimmed and never empty, and returns what
    is wrong with it in words, or None; the words must not repeat a secret.
    """

    name: str
    title: str
    description: str = ""
    required: bool = True
    secret: bool = False
    default: str = ""
    read_only: bool = False
    check: Callable[[str], str | None] | None = None

    @property
    def label(self) -> str:
        """The title with what an empty answer means: `Lifetime (optional, default: 1h)`."""
        remarks = [] if self.required else ["optional"]
        if self.default:
            remarks.append(f"default: {self.shown_default}")
        return f"{self.title} ({', '.join(remarks)})" if remarks else self.title

    @property
    def shown_default(self) -> str:
        """The default as it may stand on a screen."""
        return MASK if self.secret and self.default else self.default

    def answer(self, typed: str) -> str:
        """Return what `typed` stands for."""
        return typed.strip() or self.default

    def complaint(self, answer: str) -> str | None:
        """Say what is wrong with an answer; None when nothing is."""
        if not answer:
            return f"{self.title} is required" if self.required else None
        return self.check(answer) if self.check else None


def code_complaint(code: str, digits: int) -> str | None:
    """Say what is wrong with the form of a one-time code; None when nothing is."""
    if not code:
        return "MFA token is required"
    if len(code) != digits or not (code.isascii() and code.isdecimal()):
        return f"MFA token must be {digits} digits"
    return None


def code_digits(typed: str) -> str:
    """Return a code as it was meant: people group it with blanks or dashes, and some keyboards have other digits."""
    kept = "".join(typed.split()).replace("-", "")
    return "".join(str(int(c)) if c.isdecimal() else c for c in kept)
