"""Pages of an identity provider, taken apart: their forms, the words under an id, and the SAML response they post."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from atmos_auth.aws_api.partitions import is_saml_endpoint
from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.ports import WebAnswer
from atmos_auth.host.plain_text import plain_text

FIELD = "SAMLResponse"
BROWSER_HINT = "sign in in a browser instead, which knows every page: `driver: Browser`"
# What a person does not type into.
_SILENT = ("hidden", "submit", "button", "image", "reset", "checkbox", "radio", "file")


class Form(NamedTuple):
    """A form: where it is sent, what it holds, and the names of the fields that a person types into."""

    action: str
    fields: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]
    id: str = ""

    def __repr__(self) -> str:
        """Name the fields, never what they hold."""
        return f"Form(id={self.id!r}, typed={self.typed!r})"

    def names(self) -> set[str]:
        """Return the names of all fields."""
        return {name for name, _ in self.fields}

    def filled(self, answers: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return the form's fields with `answers` in place of what they held."""
        return [(name, answers.get(name, value)) for name, value in self.fields]


class Page:
    """One page, as a browser without scripts would see it; nothing in it can raise."""

    def __init__(self, answer: WebAnswer) -> None:
        self.url = answer.url
        self.status = answer.status
        self._text = answer.text

    def __repr__(self) -> str:
        """Name the place without its query, which may hold secrets."""
        return f"Page({self.place}, {self.status})"

    @property
    def place(self) -> str:
        """The address without its query."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    @property
    def path(self) -> str:
        """The path of the address, in lower case."""
        return urlsplit(self.url).path.lower()

    @cached_property
    def title(self) -> str:
        """What the page calls itself."""
        found = self._tree.find(".//title") if self._tree is not None else None
        return plain_text("".join(found.itertext()), limit=80) if found is not None else ""

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The forms of the page, in order."""
        return tuple(_form(form, self.url) for form in self._tree.forms) if self._tree is not None else ()

    def text_of(self, ids: Iterable[str]) -> str:
        """Return the words of the first element with one of these ids that has any."""
        for identifier in ids:
            found = self._tree.get_element_by_id(identifier, None) if self._tree is not None else None
            words = " ".join("".join(found.itertext()).split()) if found is not None else ""
            if words:
                return plain_text(words, limit=200)
        return ""

    def has_id(self, identifier: str) -> bool:
        """Tell whether an element has this id."""
        return self._tree is not None and self._tree.get_element_by_id(identifier, None) is not None

    def saml_response(self) -> str | None:
        """Return the SAML response that the page posts to AWS, None if it posts none.

        Raises `AuthenticationFailed` when it is meant for anybody else.
        """
        for form in self.forms:
            value = dict(form.fields).get(FIELD)
            if value is None:
                continue
            if not is_saml_endpoint(form.action):
                raise AuthenticationFailed(
                    f"the identity provider signs in to {plain_text(form.action.split('?')[0], limit=100)}, not to AWS",
                    hints=["check `url`: it must be the address of the AWS application"],
                )
            return value
        return None

    @cached_property
    def _tree(self) -> Any:
        from lxml import etree, html

        parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        try:
            return html.document_fromstring(self._text.encode("utf-8", errors="replace"), parser=parser)
        except (etree.LxmlError, ValueError, AssertionError):
            return None  # an empty page, for one


def _form(form: Any, base: str) -> Form:
    fields, typed = [], []
    for element in form.inputs:
        name, kind = element.get("name"), (element.get("type") or "text").lower()
        if not name or (kind in _SILENT and kind != "hidden"):
            continue
        fields.append((name, str(element.value or "")))
        if kind not in _SILENT and element.tag in ("input", "textarea"):
            typed.append(name)
    try:
        action = urljoin(base, form.get("action") or "")
    except ValueError:  # not an address at all
        action = base
    return Form(action, tuple(fields), tuple(typed), form.get("id") or "")


def server_of(url: str) -> str:
    """Return scheme, host and port of an address; what is none has an empty one."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
    except ValueError:
        return ""


def unknown_page(driver: str, step: str, page: Page) -> AuthenticationFailed:
    """Return the error for a page that a driver was not made for."""
    title = f' "{page.title}"' if page.title else ""
    return AuthenticationFailed(
        f"the {driver} driver met a page that it does not know, at its step: {step}",
        details=[f"the page{title} at {page.place}, HTTP {page.status}"],
        hints=[BROWSER_HINT],
    )
