"""The settings of an entry as titles and values for a person, secrets already masked."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Entry

# Shown in another form.
_DRAWN = frozenset({"kind", "default", "via", "alias", "provider", "credentials", "env", "required"})
_DEEPEST = 5
_ACRONYMS = {"url": "URL", "id": "ID", "arn": "ARN", "saml": "SAML", "mfa": "MFA", "idp": "IdP"}


class Fact(NamedTuple):
    """A title with its value, or with further facts below it."""

    title: str
    value: str
    below: "tuple[Fact, ...]" = ()


def facts(entry: Entry) -> Iterable[Fact]:
    """Give the settings that the picture itself does not show; credentials are only told to be there."""
    if entry.settings.get("credentials"):
        yield Fact("Credentials", "[redacted]")
    for name, value in entry.settings.items():
        if name not in _DRAWN:
            yield _fact(name, value, 1)


def _fact(name: str, value: Any, depth: int) -> Fact:
    title = " ".join(_ACRONYMS.get(word, word) for word in plain_text(str(name)).split("_"))
    title = title[:1].upper() + title[1:]
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        return Fact(title, "", tuple(_fact(str(key), below, depth + 1) for key, below in value.items()))
    return Fact(title, plain_text(_scalar(value)))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_scalar(inner)}" for key, inner in value.items())
    return ", ".join(_scalar(item) for item in value) if isinstance(value, list) else str(value)
