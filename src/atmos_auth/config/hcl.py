"""Values in Terraform's own language, as in a `.tfvars` file: what is written out, and nothing that is worked out.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md describes the language.
"""

import re
import sys
from textwrap import dedent
from typing import Any, NamedTuple, NoReturn

from atmos_auth.config.scalars import integer
from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

_TOKEN = re.compile(
    r"""
      (?P<blank> (?: [ \t\r\ufeff] | \#[^\n]* | //[^\n]* | /\*.*?\*/ )+ )
    | (?P<line> \n )
    | <<(?P<indented>-?)(?P<mark>[\w-]+)[ \t]*\r?\n(?P<lines>.*?)^[ \t]*(?P=mark)[ \t\r]*$
    | (?P<number> -?[0-9]+(?P<part>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]+)? )
    | (?P<name> [^\W\d][\w-]* )
    | "(?P<text> (?: [^"\\\n] | \\[^\n] )* )"
    | (?P<sign> [=:,{}\[\]] )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_WORDS = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_SHORT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
# What begins a template in a text, unless its first character is doubled.
_TEMPLATE = re.compile(r"(?<![$])\$\{|(?<![%])%\{")
_DOUBLED = re.compile(r"([$%])\1\{")
_END = "end"
_DEEPEST = 100


class _Token(NamedTuple):
    kind: str
    value: Any
    place: Place


def read_hcl(text: str, path: str) -> Map:
    """Return the attributes of a file; raises `ConfigError` with the place for blocks, expressions and mistakes."""
    return _Reader(text, path).attributes()


def _character(number: int) -> str | None:
    """Return the character with this number; half of a pair, and what lies beyond Unicode, is none."""
    return None if 0xD800 <= number <= 0xDFFF or number > sys.maxunicode else chr(number)


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._at = 0
        self._line, self._line_begins = 1, 0
        self._token = self._next()

    def attributes(self) -> Map:
        found = Map(Place(self._path, 1, 1))
        self._skip_lines()
        while self._token.kind != _END:
            name = self._take("name")
            if not self._has("="):
                self._refuse(name.place, f"`{name.value}` begins a block, and only `name = value` is read")
            self._put(found, name, self._value())
            if self._token.kind not in ("line", _END):
                self._expected("the end of the line")
            self._skip_lines()
        return found

    def _value(self, depth: int = 0) -> tuple[Any, Place]:
        token = self._token
        if depth > _DEEPEST:
            self._refuse(token.place, "this is nested too deeply")
        if token.kind == "name" and token.value not in _WORDS:
            self._refuse(token.place, f"`{token.value}` would have to be worked out, and only values are read")
        self._token = self._next()
        if token.kind in ("text", "number"):
            return token.value, token.place
        if token.kind == "name":
            return _WORDS[token.value], token.place
        if token.value == "[" and token.kind == "sign":
            return self._list(token.place, depth), token.place
        if token.value == "{" and token.kind == "sign":
            return self._mapping(token.place, depth), token.place
        return self._refuse(token.place, "a value is expected here")

    def _list(self, place: Place, depth: int) -> Seq:
        found = Seq(place)
        self._skip_lines()
        while not self._has("]"):
            found.add(*self._value(depth + 1))
            self._skip_lines()
            if not self._has(",") and self._token.value != "]":
                self._expected("`,` or `]`")
            self._skip_lines()
        return found

    def _mapping(self, place: Place, depth: int) -> Map:
        found = Map(place)
        self._skip_lines()
        while not self._has("}"):
            key = self._take("name", "text", "number")
            if not self._has("=") and not self._has(":"):
                self._expected("`=`")
            self._put(found, key, self._value(depth + 1))
            if not self._has(",") and self._token.kind != "line" and self._token.value != "}":
                self._expected("`,`, a new line or `}`")
            self._skip_lines()
        return found

    def _put(self, into: Map, key: _Token, value: tuple[Any, Place]) -> None:
        name = str(key.value)
        if name in into:
            self._refuse(key.place, f"`{name}` has a value already")
        into.put(name, value[0], key.place, value[1])

    def _skip_lines(self) -> None:
        while self._token.kind == "line":
            self._token = self._next()

    def _has(self, sign: str) -> bool:
        """Go on if this sign is next, and tell whether it was."""
        is_next = self._token.kind == "sign" and self._token.value == sign
        if is_next:
            self._token = self._next()
        return is_next

    def _take(self, *kinds: str) -> _Token:
        token = self._token
        if token.kind not in kinds:
            self._expected("a name")
        self._token = self._next()
        return token

    def _next(self) -> _Token:
        while True:
            place = Place(self._path, self._line, self._at - self._line_begins + 1)
            if self._at == len(self._text):
                return _Token(_END, None, place)
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                self._refuse(place, "only values are read, and none begins with this")
            self._pass(match.end())
            if match.lastgroup != "blank":
                return self._read(match, place)

    def _read(self, match: "re.Match[str]", place: Place) -> _Token:
        if match["lines"] is not None:
            lines = match["lines"].replace("\r\n", "\n")
            return _Token("text", self._untemplated(dedent(lines) if match["indented"] else lines, place), place)
        if match["text"] is not None:
            return _Token("text", self._unescaped(match["text"], place), place)
        if match["number"] is not None:
            is_whole = match["part"] is None and match["exponent"] is None
            return _Token("number", integer(match["number"]) if is_whole else float(match["number"]), place)
        kind = match.lastgroup or ""
        return _Token(kind, match[kind], place)

    def _unescaped(self, text: str, place: Place) -> str:
        def meant(match: "re.Match[str]") -> str:
            code = match[1] or match[2]
            character = _SHORT.get(match[3]) if code is None else _character(int(code, 16))
            return character or self._refuse(place, f"the text has `{match[0]}`, which means nothing")

        return _ESCAPE.sub(meant, self._untemplated(text, place))

    def _untemplated(self, text: str, place: Place) -> str:
        if _TEMPLATE.search(text):
            self._refuse(place, "the text is a template, and only values are read; `$${` is a text with `${`")
        return _DOUBLED.sub(r"\1{", text)

    def _pass(self, end: int) -> None:
        lines = self._text.count("\n", self._at, end)
        if lines:
            self._line += lines
            self._line_begins = self._text.rindex("\n", self._at, end) + 1
        self._at = end

    def _expected(self, what: str) -> NoReturn:
        self._refuse(self._token.place, f"{what} is expected here")

    def _refuse(self, place: Place, why: str) -> NoReturn:
        raise ConfigError(why, place=place, hints=["write plain values: `name = value` lines"])
