"""Take paths and addresses apart; a path is text here, no file is looked at."""

from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import plain

PARTS = ("scheme", "host", "hostname", "path", "query", "opaque", "fragment", "userinfo")


def clean(path: str) -> str:
    """Give the shortest path that means the same."""
    kept: list[str] = []
    rooted = path.startswith("/")
    for part in path.split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part not in ("", ".") and not (part == ".." and rooted):
            kept.append(part)
    return ("/" if rooted else "") + "/".join(kept) or "."


def base(path: str) -> str:
    """Give the last part of a path."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def folder(path: str) -> str:
    """Give a path without its last part."""
    return clean(path[: path.rfind("/") + 1])


def extension(path: str) -> str:
    """Give what a name ends with, from its last dot."""
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else ""


def url_parse(address: str) -> dict[str, str]:
    """Take an address apart. Raises Refused."""
    from urllib.parse import unquote, urlsplit

    try:
        parts = urlsplit(address)
        hostname = parts.hostname or ""
    except ValueError:
        raise Refused("was given text that is not an address") from None
    userinfo, _, host = parts.netloc.rpartition("@")
    values = (parts.scheme, host, hostname, unquote(parts.path), parts.query, "", unquote(parts.fragment), userinfo)
    return dict(zip(PARTS, values, strict=True))


def url_join(parts: dict[str, Any]) -> str:
    """Make an address of the parts that `urlParse` gives."""
    from urllib.parse import quote, urlunsplit

    values = {key: plain(parts.get(key, "")) for key in PARTS}
    location = values["host"] if not values["userinfo"] else f"{values['userinfo']}@{values['host']}"
    return urlunsplit((values["scheme"], location, quote(values["path"]), values["query"], quote(values["fragment"])))


FUNCTIONS = (
    Function("base", "text", base),
    Function("dir", "text", folder),
    Function("ext", "text", extension),
    Function("clean", "text", clean),
    Function("isAbs", "text", lambda path: path.startswith("/")),
    Function("osBase", "text", base),
    Function("osDir", "text", folder),
    Function("osExt", "text", extension),
    Function("osClean", "text", clean),
    Function("osIsAbs", "text", lambda path: path.startswith("/")),
    Function("urlParse", "text", url_parse),
    Function("urlJoin", "map", url_join),
)
