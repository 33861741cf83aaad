"""What is written in place of our own symbols where the screen's encoding lacks them."""

SPINNER_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"

_SUBSTITUTES = str.maketrans(
    {
        "…": "...",
        "·": "-",
        "⚠": "!",
        "✓": "+",
        "✗": "x",
        "→": "->",
        "\u2013": "-",
        "\u2014": "-",
        "\u2019": "'",
    }
    | dict(zip(SPINNER_FRAMES, "|/-\\|/-\\|/", strict=True))
)


def ascii_text(text: str) -> str:
    """Return `text` with our symbols in ASCII; other people's letters stay, for the stream to escape."""
    return text.translate(_SUBSTITUTES)
