"""Asking on screens that only take lines, and keeping what is typed off any screen."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TextIO


def ask_line(question: str, *, stdin: TextIO, stderr: TextIO, secret: bool = False) -> str:
    """Write `question` and return the line typed behind it; a secret one is not echoed.

    Raises `KeyboardInterrupt` on Ctrl-C and Esc, `EOFError` at the end of input.
    """
    line = ""
    try:
        # Silent before the question stands there: some answer at once.
        with unechoed(stdin) if secret else nullcontext():
            stderr.write(question)
            stderr.flush()
            line = _secret_line(stdin) if secret else stdin.readline()
    finally:
        if secret or not line.endswith("\n"):  # nobody's Enter has moved the cursor away from our question
            stderr.write("\n")
            stderr.flush()
    if not line:
        raise EOFError
    if "\x1b" in line:
        raise KeyboardInterrupt
    return line.rstrip("\r\n")


@contextmanager
def unechoed(stdin: TextIO) -> Iterator[None]:
    """Keep what is typed during the block, dialogues or not, from being written by the terminal itself."""
    import sys

    if sys.platform == "win32":
        yield
        return
    import termios

    try:
        before = termios.tcgetattr(stdin)
    except (termios.error, ValueError):  # no terminal after all
        yield
        return
    silent = [*before[:3], before[3] & ~(termios.ECHO | termios.ECHONL), *before[4:]]
    try:
        termios.tcsetattr(stdin, termios.TCSADRAIN, silent)
        yield
    finally:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(stdin, termios.TCSADRAIN, before)


def _secret_line(stdin: TextIO) -> str:
    import sys

    if sys.platform == "win32":
        from getpass import getpass

        return getpass("") + "\n"
    return stdin.readline()
