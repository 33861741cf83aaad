"""JSON, YAML, Base64, and sums of text."""

import math
from collections.abc import Iterator
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import check_size, gathered, kind, pairs, plain, positional, shortest

# No line of YAML is broken.
WIDEST = 2**31 - 1
# What Go's encoder escapes in text, beyond what JSON demands: what a browser might take for markup.
MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
SEPARATORS = {"\u2028": "\\u2028", "\u2029": "\\u2029"}
SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
CONTROL = {chr(code): SHORT.get(chr(code), f"\\u{code:04x}") for code in range(0x20)}
RAW = {ord(c): text for c, text in {'"': '\\"', "\\": "\\\\", **CONTROL, **SEPARATORS}.items()}
ESCAPED = RAW | {ord(c): text for c, text in MARKUP.items()}


def to_json(value: Any) -> str:
    """Write JSON in one line, with `<`, `>` and `&` escaped, as Go does."""
    return gathered(_json(_checked(value), ESCAPED, "", ""))


def to_raw_json(value: Any) -> str:
    """Write JSON in one line, with nothing escaped that need not be."""
    return gathered(_json(_checked(value), RAW, "", ""))


def to_pretty_json(value: Any) -> str:
    """Write JSON in lines, with `<`, `>` and `&` escaped."""
    return gathered(_json(_checked(value), ESCAPED, "\n", "  "))


def to_indented_json(indent: str, value: Any) -> str:
    """Write JSON in lines with an indentation of one's own, and nothing escaped that need not be."""
    return gathered(_json(_checked(value), RAW, "\n", indent))


def _checked(value: Any) -> Any:
    check_size(value)
    return value


def _json(value: Any, escapes: dict[int, str], line: str, indent: str) -> Iterator[str]:
    if isinstance(value, str):
        yield f'"{value.translate(escapes)}"'
    elif isinstance(value, (dict, list)):
        yield from _json_inside(value, escapes, line, indent)
    elif value is None:
        yield "null"
    elif isinstance(value, float) and not isinstance(value, bool):
        yield json_fraction(value)
    elif isinstance(value, (bool, int)):
        yield plain(value)
    else:
        yield f'"{_moment(value)}"'


def _json_inside(value: Any, escapes: dict[int, str], line: str, indent: str) -> Iterator[str]:
    is_map = isinstance(value, dict)
    yield "{" if is_map else "["
    below = line + indent
    colon = ": " if indent else ":"
    for number, item in enumerate(pairs(value) if is_map else value):
        yield f",{below}" if number else below
        if is_map:
            yield f'"{plain(item[0]).translate(escapes)}"{colon}'
        yield from _json(item[1] if is_map else item, escapes, below, indent)
    yield f"{line if value else ''}{'}' if is_map else ']'}"


def _moment(value: Any) -> str:
    from datetime import datetime

    if not isinstance(value, datetime):
        raise Refused("cannot write this as JSON")
    return value.isoformat().replace("+00:00", "Z")


def json_fraction(value: float) -> str:
    """Write a fraction as Go's encoder does: with an exponent only if it is tiny or huge."""
    if not math.isfinite(value):
        raise Refused("cannot write a number that is not finite")
    digits, exponent = shortest(value)
    sign = "-" if math.copysign(1, value) < 0 else ""
    if digits == "0" or -6 <= exponent < 21:
        return positional(digits, exponent, negative=bool(sign))
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent)}"


def read_json(text: str) -> Any:
    """Read JSON; every number is a fraction, as for Go. Raises Refused."""
    import json

    try:
        return json.loads(text, parse_int=float, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused("was given text that is not JSON") from None


def _no_constant(_name: str) -> Any:
    raise ValueError


def from_json(text: str) -> Any:
    """Read JSON, and give nil for what is none."""
    try:
        return read_json(text)
    except Refused:
        return None


def to_yaml(value: Any) -> str:
    """Write YAML, with a line break at its end."""
    import yaml

    class Dumper(yaml.CSafeDumper if hasattr(yaml, "CSafeDumper") else yaml.SafeDumper):  # type: ignore[misc]
        """Writes every value in full, for readers that know no anchors."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    try:
        text: str = yaml.dump(
            _writable(_checked(value)),
            Dumper=Dumper,
            default_flow_style=False,
            allow_unicode=True,
            width=WIDEST,
            sort_keys=True,
        )
    except yaml.YAMLError:
        raise Refused("cannot write this as YAML") from None
    return text.removesuffix("...\n")


def _writable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if kind(value) == "unknown":
        raise Refused("cannot write this as YAML")
    return value


def read_yaml(text: str) -> Any:
    """Read YAML. Raises Refused."""
    import yaml

    try:
        value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refused("was given text that is not YAML") from None
    check_size(value)
    return value


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def b64enc(text: str) -> str:
    """Encode in Base64."""
    import base64

    return base64.b64encode(_encoded(text)).decode()


def b64dec(text: str) -> str:
    """Decode Base64. Raises Refused."""
    import base64
    import binascii

    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise Refused("was given text that is not Base64") from None


def b32enc(text: str) -> str:
    """Encode in Base32."""
    import base64

    return base64.b32encode(_encoded(text)).decode()


def b32dec(text: str) -> str:
    """Decode Base32. Raises Refused."""
    import base64
    import binascii

    try:
        return base64.b32decode(text.replace("\n", "").replace("\r", "")).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise Refused("was given text that is not Base32") from None


def sha(bits: int, text: str) -> str:
    """Sum text by SHA, in hexadecimal digits."""
    import hashlib

    return hashlib.new(f"sha{bits}", _encoded(text), usedforsecurity=False).hexdigest()


def adler32(text: str) -> str:
    """Sum text by Adler-32, as a decimal number."""
    import zlib

    return str(zlib.adler32(_encoded(text)))


FUNCTIONS = (
    Function("toJson", "any", to_json),
    Function("toRawJson", "any", to_raw_json),
    Function("toPrettyJson", "any", to_pretty_json),
    Function("fromJson", "text", from_json),
    Function("mustFromJson", "text", read_json),
    Function("toYaml", "any", lambda value: to_yaml(value).removesuffix("\n")),
    Function("fromYaml", "text", read_yaml),
    Function("b64enc", "text", b64enc),
    Function("b64dec", "text", b64dec),
    Function("b32enc", "text", b32enc),
    Function("b32dec", "text", b32dec),
    Function("sha1sum", "text", lambda text: sha(1, text)),
    Function("sha256sum", "text", lambda text: sha(256, text)),
    Function("sha512sum", "text", lambda text: sha(512, text)),
    Function("adler32sum", "text", adler32),
)
