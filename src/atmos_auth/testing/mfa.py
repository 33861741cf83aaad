"""An MFA device that shows what the test says."""


class FakeMfaCodes:
    """Hands out the given codes in order; `asked` keeps (serial, command) of every question."""

    def __init__(self, *codes: str) -> None:
        self._codes = list(codes)
        self.asked: list[tuple[str, str | None]] = []

    def code(self, serial: str, command: str | None = None) -> str:
        """Return the next code; raises IndexError when there is none left."""
        self.asked.append((serial, command))
        return self._codes.pop(0)
