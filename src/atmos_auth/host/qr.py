"""A QR code as lines of text, two of its rows in each."""

# (upper module is dark, lower module is dark) -> the part of the cell that is drawn
_CELLS = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
# The standard asks for four; cameras manage with two, and a terminal has no room to spare.
_QUIET_ZONE = 2


def qr_lines(text: str, *, draw_dark: bool) -> list[str]:
    """Return the QR code of `text`, drawing its dark modules, or the light ones (for a dark screen).

    Raises `ValueError` when `text` is too long for any QR code.
    """
    import segno

    code = segno.make_qr(text, error="l", boost_error=False)
    rows = [[module if draw_dark else 1 - module for module in row] for row in code.matrix_iter(border=_QUIET_ZONE)]
    if len(rows) % 2:
        rows.append([0 if draw_dark else 1] * len(rows[0]))
    return [
        "".join(_CELLS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
