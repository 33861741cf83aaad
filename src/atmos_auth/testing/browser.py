"""A browser that opens nothing, but may do what a person would do with the page."""

from collections.abc import Callable


class FakeBrowser:
    """Records every URL in `opened`; `opens` is what `open` answers; `visit` is called with each URL it opens."""

    def __init__(
        self, *, is_local: bool = True, opens: bool = True, visit: Callable[[str], None] | None = None
    ) -> None:
        self.is_local = is_local
        self._opens = opens
        self._visit = visit
        self.opened: list[str] = []

    def open(self, url: str) -> bool:
        """Note the URL."""
        self.opened.append(url)
        if self._opens and self._visit is not None:
            self._visit(url)
        return self._opens

    def open_file(self, path: str) -> bool:
        """Note the path."""
        return self.open(path)
