"""What every dialogue on a real screen shares: where it reads and draws, and how one leaves it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.output import Output

# How long an Esc may be the beginning of an arrow key's sequence.
ESCAPE_SECONDS = 0.15
_USUAL_COLUMNS = 80
STYLE = [
    ("qmark", "fg:ansicyan bold"),
    ("question", "bold"),
    ("instruction", "fg:ansibrightblack"),
    ("pointer", "fg:ansicyan bold"),
    ("highlighted", "fg:ansicyan bold"),
    ("answer", "fg:ansicyan bold"),
    ("complaint", "fg:ansiyellow"),
    ("frame", "fg:ansicyan"),
]


class Desk(NamedTuple):
    """The terminal a person sits at, and what it can show."""

    stdin: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    colour: bool
    unicode: bool

    @property
    def columns(self) -> int:
        """How wide the screen is just now."""
        import os

        try:
            return os.get_terminal_size(self.stderr.fileno()).columns or _USUAL_COLUMNS
        except (OSError, ValueError):
            return _USUAL_COLUMNS


def toolkit_options(desk: Desk) -> dict[str, Any]:
    """Return what makes prompt_toolkit read the desk's stdin and draw on its stderr only."""
    from prompt_toolkit.input import create_input
    from prompt_toolkit.output import ColorDepth

    return {
        "input": create_input(desk.stdin),
        "output": _output(desk.stderr, desk.environ),
        "color_depth": ColorDepth.DEPTH_4_BIT if desk.colour else ColorDepth.DEPTH_1_BIT,
    }


def leaving_keys() -> "KeyBindings":
    """Return the bindings that end a dialogue with `KeyboardInterrupt`."""
    from prompt_toolkit.key_binding import KeyBindings

    leaving = KeyBindings()
    for key in ("escape", "c-c", "<sigint>"):
        leaving.add(key, eager=True)(lambda event: event.app.exit(exception=KeyboardInterrupt))
    return leaving


def _output(stderr: TextIO, environ: Mapping[str, str]) -> "Output":
    import sys

    if sys.platform == "win32":
        from prompt_toolkit.output import create_output

        return create_output(stdout=stderr)
    from prompt_toolkit.output.vt100 import Vt100_Output

    output = Vt100_Output.from_pty(stderr, term=environ.get("TERM"))
    # If we end before the terminal tells where the cursor is, its answer would land on the next prompt.
    output.enable_cpr = False
    return output
