"""What a program prints: passed on as it comes, and kept."""

import os
import threading
from types import TracebackType
from typing import Self

_STDOUT = 1
_CHUNK = 1 << 16


class KeptOutput:
    """A pipe that a program may print into, in the place of our own stdout, which gets all of it at once.

    While it is entered, `entrance` is the descriptor to print to; once it is left, everything was passed on.
    """

    def __init__(self, onto: int = _STDOUT) -> None:
        self._onto = onto
        self._pieces: list[bytes] = []
        self.entrance = -1

    def __enter__(self) -> Self:
        """Open the pipe."""
        self._exit, self.entrance = os.pipe()
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Wait for the rest, which programs that were left running in the background may still print."""
        os.close(self.entrance)
        self._reader.join()

    def text(self) -> str:
        """Return what was printed, without the line breaks at its end."""
        return b"".join(self._pieces).decode(errors="replace").rstrip("\r\n")

    def _pass_on(self) -> None:
        try:
            while piece := os.read(self._exit, _CHUNK):
                self._pieces.append(piece)
                while piece:
                    piece = piece[os.write(self._onto, piece) :]
        except OSError:
            return  # whoever read us has gone: the program will find that it has nobody to print to
        finally:
            os.close(self._exit)
