"""The browser of someone who wants none opened: `--no-browser`."""


class NoBrowser:
    """Never opens anything, and is never where the person is."""

    is_local = False

    def open(self, url: str) -> bool:
        """Open nothing."""
        return False

    def open_file(self, path: str) -> bool:
        """Open nothing."""
        return False
