"""Work on text: cut, trim, replace, ask."""

import re
from collections.abc import Iterable
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import LONGEST_TEXT, TOO_LONG, gathered, plain

CONNECTORS = "-_ \t\n\v\f\r"
CONNECTOR = f"[{CONNECTORS}]+"
GO_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    '"': r"\"",
    "\\": r"\\",
}


def quoted(text: str) -> str:
    """Write text as a quoted constant of Go."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    known = GO_ESCAPES.get(character)
    if known or character.isprintable():
        return known or character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quote(*values: Any) -> str:
    """Quote each value that is not nil."""
    return gathered((quoted(plain(value)) for value in values if value is not None), " ")


def squote(*values: Any) -> str:
    """Put single quotes around each value that is not nil."""
    return gathered((f"'{plain(value)}'" for value in values if value is not None), " ")


def cat(*values: Any) -> str:
    """Join values with blanks."""
    return gathered((plain(value) for value in values if value is not None), " ")


def upper(text: str) -> str:
    """Put text into capitals, letter by letter: one that has no single capital stays."""
    return text.upper() if text.isascii() else "".join(_single(letter, letter.upper()) for letter in text)


def lower(text: str) -> str:
    """Put text into small letters, letter by letter."""
    return text.lower() if text.isascii() else "".join(_single(letter, letter.lower()) for letter in text)


def _single(letter: str, other: str) -> str:
    return other if len(other) == 1 else letter


def title(text: str) -> str:
    """Begin every word with a capital, and leave the rest as it is."""
    letters = []
    before = " "
    for character in text:
        letters.append(character.title() if _separates(before) and len(character.title()) == 1 else character)
        before = character
    return "".join(letters)


def _separates(character: str) -> bool:
    if character.isalnum() or character == "_":
        return False
    return character.isascii() or character.isspace()


def untitle(text: str) -> str:
    """Begin every word with a small letter."""
    letters = []
    starts = True
    for character in text:
        letters.append(character.lower() if starts else character)
        starts = character.isspace()
    return "".join(letters)


def replace(old: str, new: str, text: str) -> str:
    """Replace every occurrence."""
    bounded(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def repeat(count: int, text: str) -> str:
    """Repeat text."""
    if count < 0:
        raise Refused("cannot repeat text less than zero times")
    bounded(count * len(text))
    return text * count


def bounded(length: int) -> None:
    """Refuse to make a text that would not fit into a sane memory."""
    if length > LONGEST_TEXT:
        raise Refused(f"would make a text of more than {LONGEST_TEXT} characters", hints=[TOO_LONG])


def indent(spaces: int, text: str) -> str:
    """Put blanks before every line."""
    if spaces < 0:
        raise Refused("cannot indent by less than zero blanks")
    bounded(len(text) + spaces * (text.count("\n") + 1))
    pad = " " * spaces
    return pad + text.replace("\n", f"\n{pad}")


def nindent(spaces: int, text: str) -> str:
    """Put blanks before every line, and a new line before all."""
    return f"\n{indent(spaces, text)}"


def truncated(count: int, text: str) -> str:
    """Keep the first `count` bytes, or without the first ones if `count` is negative."""
    raw = text.encode("utf-8", "surrogatepass")
    from_end = len(raw) + count if count < 0 and len(raw) + count > 0 else 0
    kept = raw[from_end:] if count < 0 else raw[:count]
    return kept.decode("utf-8", "replace")


def substr(start: int, end: int, text: str) -> str:
    """Cut by bytes; a negative start is the beginning, a negative end the end."""
    raw = text.encode("utf-8", "surrogatepass")
    if start < 0:
        start, end = 0, _inside(end, raw)
    elif end < 0 or end > len(raw):
        start, end = _inside(start, raw), len(raw)
    if start > end:
        raise Refused("cannot cut text that ends before it begins")
    return raw[start:end].decode("utf-8", "replace")


def _inside(number: int, raw: bytes) -> int:
    if not 0 <= number <= len(raw):
        raise Refused("cannot cut outside of the text")
    return number


def bytes_of(text: str) -> int:
    """Count the bytes of text, which is what Go counts."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def split(separator: str, text: str, most: int = -1) -> list[str]:
    """Cut at a separator; an empty one cuts between characters."""
    if most == 0:
        return []
    if separator:
        return text.split(separator, most - 1 if most > 0 else -1)
    return list(text) if most < 0 or len(text) <= most else [*text[: most - 1], text[most - 1 :]]


def _numbered(parts: Iterable[str]) -> dict[str, str]:
    return {f"_{number}": part for number, part in enumerate(parts)}


def strings(value: Any) -> list[str]:
    """Give the texts of a list's values without the nil ones; anything else is a list of one."""
    if isinstance(value, list):
        return [plain(item) for item in value if item is not None]
    return [] if value is None else [plain(value)]


def trim_all(cut: str, text: str) -> str:
    """Remove the characters of `cut` from both ends."""
    return text.strip(cut) if cut else text


def nospace(text: str) -> str:
    """Remove every blank."""
    return "".join(character for character in text if not character.isspace())


def initials(text: str) -> str:
    """Give the first letter of each word."""
    return "".join(word[0] for word in text.split())


def abbrev(width: int, text: str) -> str:
    """Shorten to `width` bytes with dots at the end."""
    return text if width < 4 or bytes_of(text) <= width else f"{truncated(width - 3, text)}..."


def plural(one: str, many: str, count: int) -> str:
    """Choose by a number."""
    return one if count == 1 else many


def wrap(width: int, text: str) -> str:
    """Break lines at blanks."""
    import textwrap

    return "\n".join(textwrap.wrap(text, max(width, 1), break_long_words=False, break_on_hyphens=False))


def swapcase(text: str) -> str:
    """Exchange capitals and small letters."""
    return "".join(_single(letter, letter.swapcase()) for letter in text)


def camelcase(text: str) -> str:
    """Begin every word with a capital, and join them; blanks, dashes and underscores end a word."""
    rest = text.lstrip(CONNECTORS)
    words = [word[:1].upper() + word[1:].lower() for word in re.split(CONNECTOR, rest)]
    joins = re.findall(CONNECTOR, rest)
    # Of several in a row one is left out, and so is a single one, unless it is the last character.
    kept = [join[1:] if number < len(joins) - 1 or words[-1] else join for number, join in enumerate(joins)]
    return text[: len(text) - len(rest)] + words[0] + "".join(map("".join, zip(kept, words[1:], strict=True)))


FUNCTIONS = (
    Function("upper", "text", upper),
    Function("lower", "text", lower),
    Function("title", "text", title),
    Function("untitle", "text", untitle),
    Function("trim", "text", str.strip),
    Function("trimAll", "text text", trim_all),
    Function("trimall", "text text", trim_all),
    Function("trimPrefix", "text text", lambda cut, text: text.removeprefix(cut)),
    Function("trimSuffix", "text text", lambda cut, text: text.removesuffix(cut)),
    Function("replace", "text text text", replace),
    Function("contains", "text text", lambda part, text: part in text),
    Function("hasPrefix", "text text", lambda part, text: text.startswith(part)),
    Function("hasSuffix", "text text", lambda part, text: text.endswith(part)),
    Function("split", "text text", lambda separator, text: _numbered(split(separator, text))),
    Function("splitn", "text int text", lambda separator, most, text: _numbered(split(separator, text, most))),
    Function("splitList", "text text", split),
    Function("join", "text any", lambda separator, value: gathered(strings(value), separator)),
    Function("toStrings", "any", strings),
    Function("toString", "any", plain),
    Function("quote", "any…", quote),
    Function("squote", "any…", squote),
    Function("cat", "any…", cat),
    Function("indent", "int text", indent),
    Function("nindent", "int text", nindent),
    Function("repeat", "int text", repeat),
    Function("trunc", "int text", truncated),
    Function("substr", "int int text", substr),
    Function("nospace", "text", nospace),
    Function("initials", "text", initials),
    Function("abbrev", "int text", abbrev),
    Function("swapcase", "text", swapcase),
    Function("camelcase", "text", camelcase),
    Function("plural", "text text int", plural),
    Function("wrap", "int text", wrap),
)
