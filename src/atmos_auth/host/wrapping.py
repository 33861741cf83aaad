"""Breaking text into lines of so many columns, wide characters counted as two."""

from collections.abc import Iterator


def wrapped(text: str, width: int, *, within_words: bool = True) -> list[str]:
    """Break every line of `text` at its blanks so that each piece takes at most `width` columns.

    A word that is longer is cut where the line ends, or with `within_words` False kept whole: a terminal that
    breaks it still lets it be copied as one.
    """
    return [piece for line in text.split("\n") for piece in _pieces(line, width, within_words)]


def _pieces(line: str, width: int, within_words: bool) -> Iterator[str]:
    from prompt_toolkit.utils import get_cwidth

    if get_cwidth(line) <= width:
        yield line
        return
    piece = ""
    for word in line.split():
        longer = f"{piece} {word}" if piece else word
        if within_words and get_cwidth(word) > width:
            while get_cwidth(longer) > width:
                cut = next(n for n in range(len(longer), 0, -1) if n == 1 or get_cwidth(longer[:n]) <= width)
                yield longer[:cut].rstrip()
                longer = longer[cut:].lstrip()
        elif piece and get_cwidth(longer) > width:
            yield piece
            longer = word
        piece = longer
    yield piece
