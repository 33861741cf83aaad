"""Look for regular expressions, in the syntax of Go."""

from itertools import islice
from typing import TYPE_CHECKING

from atmos_auth.stacks.templates.functions.function import Function

if TYPE_CHECKING:
    from atmos_auth.stacks.templates.regular.machine import Machine


def compiled(pattern: str) -> "Machine":
    """Give the machine of a pattern; few templates have one. Raises Refused."""
    from atmos_auth.stacks.templates.regular import machine

    return machine.compiled(pattern)


def match(pattern: str, text: str) -> bool:
    """Tell whether the pattern is somewhere in the text."""
    return compiled(pattern).find(text) is not None


def find(pattern: str, text: str) -> str:
    """Give the first match, or empty text."""
    found = compiled(pattern).find(text)
    return text[found[0] : found[1]] if found else ""


def find_all(pattern: str, text: str, most: int) -> list[str]:
    """Give the matches, `most` of them or all if that is negative."""
    found = (text[groups[0] : groups[1]] for groups in compiled(pattern).find_all(text))
    return list(found if most < 0 else islice(found, most))


def replace(pattern: str, text: str, by: str) -> str:
    """Replace the matches, with groups put in."""
    return compiled(pattern).replace(text, by, literal=False)


def replace_literally(pattern: str, text: str, by: str) -> str:
    """Replace the matches by a text as it stands."""
    return compiled(pattern).replace(text, by, literal=True)


def quote_meta(text: str) -> str:
    """Escape what has a meaning in patterns."""
    return "".join(f"\\{character}" if character in r"\.+*?()|[]{}^$" else character for character in text)


FUNCTIONS = (
    Function("regexMatch", "text text", match),
    Function("regexFind", "text text", find),
    Function("regexFindAll", "text text int", find_all),
    Function("regexReplaceAll", "text text text", replace),
    Function("regexReplaceAllLiteral", "text text text", replace_literally),
    Function("regexSplit", "text text int", lambda pattern, text, most: compiled(pattern).split(text, most)),
    Function("regexQuoteMeta", "text", quote_meta),
    Function("regexp.Match", "text text", match),
    Function("regexp.Find", "text text", find),
    Function("regexp.Replace", "text text text", lambda pattern, by, text: replace(pattern, text, by)),
)
