"""Text that came from outside, made harmless to a terminal."""


def plain_text(text: str, *, limit: int | None = None) -> str:
    """Return `text` as one line of visible characters: nothing that moves the cursor or hides text.

    White space of any kind becomes a space; what is longer than `limit` characters ends in an ellipsis.
    """
    visible = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).strip()
    if limit is not None and len(visible) > limit:
        return visible[: limit - 1].rstrip() + "…"
    return visible


def plain_lines(text: str) -> str:
    """Return `text` with its line breaks kept and every line made plain; leading blanks of a line stay."""
    return "\n".join(
        line[: len(line) - len(line.lstrip(" "))] + plain_text(line) if line.strip() else ""
        for line in text.split("\n")
    )
