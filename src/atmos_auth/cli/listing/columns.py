"""How many columns of a terminal a text takes, and making it fit."""

from collections.abc import Iterator, Sequence


def width(text: str) -> int:
    """Return the columns that `text` takes: two for wide characters (UAX #11), none for combining ones."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in ("W", "F") else 1 for c in text)


def cut(text: str, columns: int, ellipsis: str = "…") -> str:
    """Return `text`, or as much of its beginning as fits into `columns` with an ellipsis after it."""
    return text if width(text) <= columns else next(pieces(text, columns - 1)) + ellipsis


def padded(text: str, columns: int) -> str:
    """Return `text` with blanks up to `columns`."""
    return text + " " * (columns - width(text))


def pieces(word: str, columns: int) -> Iterator[str]:
    """Cut a word wherever it reaches `columns`; a character that is wider is a piece of its own."""
    if width(word) <= columns:
        yield word
        return
    piece, used = "", 0
    for character in word:
        needed = width(character)
        if piece and used + needed > columns:
            yield piece
            piece, used = "", 0
        piece += character
        used += needed
    yield piece


def hanging(text: str, columns: int | None) -> str:
    """Return `text` in lines of at most `columns`, all but the first set in by two; None: as it is."""
    if columns is None:
        return text
    words = [piece for word in text.split(" ") for piece in pieces(word, columns - 2)]
    return "\n  ".join(" ".join(words[i] for i in line) for line in folded(words, columns - 2))


def folded(words: Sequence[str], columns: int) -> list[list[int]]:
    """Lay words out in lines of at most `columns`, a blank between two; return the indices of each line's words."""
    lines: list[list[int]] = [[]]
    used = 0
    for index, word in enumerate(words):
        needed = width(word)
        if lines[-1] and used + 1 + needed > columns:
            lines.append([])
        used = needed + (used + 1 if lines[-1] else 0)
        lines[-1].append(index)
    return lines
