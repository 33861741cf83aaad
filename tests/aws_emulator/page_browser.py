"""A browser without script: cookies, forms, and redirects that are followed only when asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, Request, build_opener

import lxml.html


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass
class Page:
    """An answer: status, headers and text, and what stands in its form."""

    url: str
    status: int
    headers: Any
    text: str

    @property
    def document(self) -> Any:
        return lxml.html.fromstring(self.text)

    def form(self, number: int = 0) -> Any:
        return self.document.forms[number]

    def fields(self) -> dict[str, str]:
        """What the form would send as it is."""
        return {name: value for name, value in self.form().form_values() if name}

    def visible(self) -> list[str]:
        """The names of the fields a person sees."""
        inputs = self.form().xpath(".//input[not(@type='hidden') and not(ancestor::noscript)]")
        return [each.get("name") for each in inputs]

    def by_id(self, identifier: str) -> str | None:
        found = self.document.xpath(f"//*[@id='{identifier}']")
        return found[0].text_content() if found else None

    @property
    def location(self) -> str:
        return urljoin(self.url, self.headers["Location"])

    def json(self) -> Any:
        return json.loads(self.text)


class Browser:
    """One person's browser."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.cookies), _NoRedirects)

    def get(self, address: str) -> Page:
        return self._open(Request(urljoin(self.base, address)))

    def post(self, address: str, values: dict[str, str]) -> Page:
        return self._open(Request(urljoin(self.base, address), urlencode(values).encode()))

    def post_json(self, address: str, body: Any) -> Page:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return self._open(Request(urljoin(self.base, address), json.dumps(body).encode(), headers))

    def fill(self, page: Page, **values: str) -> Page:
        """Fill in the form of a page and send it."""
        return self.post(urljoin(page.url, page.form().action), page.fields() | values)

    def follow(self, page: Page) -> Page:
        """Follow redirects to a page."""
        while page.status == 302:
            page = self.get(page.location)
        return page

    def _open(self, request: Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=10)
        except HTTPError as error:
            answer = error
        with answer:
            return Page(request.full_url, answer.status, answer.headers, answer.read().decode())
