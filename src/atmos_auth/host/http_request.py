"""Taking apart one HTTP/1 request to a loopback port, refusing what no browser would send."""

from typing import NamedTuple

# Far more than an address with a code and a browser's cookies for 127.0.0.1 ever need.
LARGEST_HEAD = 32 * 1024
_MOST_FIELDS = 32


class RequestHead(NamedTuple):
    """The request line and the headers, their names in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    def values(self, name: str) -> tuple[str, ...]:
        """Return the value of every header of this name."""
        return tuple(value for header, value in self.headers if header == name)

    def is_for(self, port: int) -> bool:
        """Tell whether the browser was told to go to this machine's `port`, and not to a name that leads here."""
        names = ("127.0.0.1", "localhost")
        # Browsers leave the default port out.
        bare = names if port == 80 else ()
        return self.values("host")[0].lower() in (*(f"{name}:{port}" for name in names), *bare)

    def __repr__(self) -> str:
        """Name the method, never what the target and the headers hold."""
        return f"RequestHead({self.method!r})"


def parse_head(head: bytes) -> RequestHead:
    """Take the request line and headers apart; ValueError when they are not HTTP/1 as a browser sends it."""
    request_line, *lines = head.decode("ascii").split("\r\n")
    method, target, version = request_line.split(" ")
    if version not in ("HTTP/1.1", "HTTP/1.0") or not target.isprintable():
        raise ValueError("not an HTTP/1 request")
    request = RequestHead(method, target, tuple(_header(line) for line in lines))
    if len(request.values("host")) != 1:
        raise ValueError("not exactly one Host")
    return request


def parse_fields(text: str, *, errors: str = "strict") -> dict[str, str]:
    """Return the fields of a query or a form; ValueError when one comes twice or there are too many.

    `errors` says what becomes of bytes that are not UTF-8, in the words of `bytes.decode`.
    """
    from urllib.parse import parse_qsl

    pairs = parse_qsl(text, keep_blank_values=True, errors=errors, max_num_fields=_MOST_FIELDS)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field came twice")
    return fields


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip() or not value.replace("\t", " ").isprintable():
        raise ValueError("not a header")
    return name.lower(), value.strip(" \t")
