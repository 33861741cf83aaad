"""A log that is a list."""

from collections.abc import Sequence


class RecordingLog:
    """Keeps `lines` as (level, message) and `hidden`, every secret it was told to mask; masks nothing itself."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.hidden: list[str] = []

    def debug(self, message: str) -> None:
        """Keep a step."""
        self.lines.append(("debug", message))

    def warn(self, message: str) -> None:
        """Keep a warning."""
        self.lines.append(("warn", message))

    def hide(self, secrets: Sequence[str]) -> None:
        """Keep what must not be shown."""
        self.hidden.extend(secrets)

    @property
    def text(self) -> str:
        """Every message, one a line."""
        return "\n".join(message for _, message in self.lines)
