"""Split the argument of a YAML function into words."""

import re

from atmos_auth.config.tree import Tagged
from atmos_auth.domain.errors import ConfigError

# As in `".name // ""otherwise"""`; one that stands alone is an empty word.
_DOUBLED = re.compile(r'(?<=\S)""|""(?=\S)')
_MARK = "\0"


def words(tagged: Tagged, *, at_least: int, at_most: int, form: str) -> list[str]:
    """Split at blanks, as a shell does; quotation marks keep blanks, doubled within such they mean themselves.

    A backslash means itself. `form` shows how the function is written, for the hint. Raises ConfigError.
    """
    argument = tagged.argument
    problem = ""
    split: list[str] = []
    if not isinstance(argument, str):
        problem = f"{tagged.tag} takes words, not a mapping or list"
    else:
        try:
            split = _split(argument)
        except ValueError:
            problem = f"a quotation mark of {tagged.tag} is never closed"
        else:
            if len(split) < at_least:
                problem = f"{tagged.tag} lacks an argument"
            elif len(split) > at_most:
                problem = f"{tagged.tag} takes at most {at_most} arguments, and here are {len(split)}"
    if problem:
        raise ConfigError(problem, place=tagged.place, hints=[f"Write {form}."])
    return split


def _split(text: str) -> list[str]:
    if "'" not in text and '"' not in text:
        return text.split()
    import shlex

    lexer = shlex.shlex(_DOUBLED.sub(_MARK, text), posix=True)
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    return [word.replace(_MARK, '"') for word in lexer]
