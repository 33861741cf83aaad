"""Letting a person pick one of several options: with the arrow keys, or by number on the simplest screens."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from atmos_auth.host.plain_text import plain_text

if TYPE_CHECKING:
    from prompt_toolkit.output import Output

_STYLE = [
    ("qmark", "fg:ansicyan bold"),
    ("question", "bold"),
    ("instruction", "fg:ansibrightblack"),
    ("pointer", "fg:ansicyan bold"),
    ("highlighted", "fg:ansicyan bold"),
    ("answer", "fg:ansicyan bold"),
]
# Shorter lists are seen at one glance, and keep j and k for moving.
_SEARCH_FROM = 8
# How long an Esc may be the beginning of an arrow key's sequence.
_ESCAPE_SECONDS = 0.15


def pick_with_arrows(
    question: str,
    options: Sequence[str],
    *,
    stdin: TextIO,
    stderr: TextIO,
    environ: Mapping[str, str],
    colour: bool,
    unicode: bool,
) -> str:
    """Return the option chosen with the arrow keys, reading `stdin` and drawing on `stderr` only.

    Raises `KeyboardInterrupt` on Esc and Ctrl-C, `EOFError` when the terminal goes away.
    """
    import questionary
    from prompt_toolkit.input import create_input
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
    from prompt_toolkit.output import ColorDepth

    searching = len(options) >= _SEARCH_FROM
    output = _output(stderr, environ)
    dialogue = questionary.select(
        plain_text(question),
        choices=[questionary.Choice(plain_text(option), value=option) for option in options],
        qmark="?",
        pointer="\u276f" if unicode else ">",
        instruction=_instruction(output.get_size().columns - len(question), searching=searching, unicode=unicode),
        use_search_filter=searching,
        use_jk_keys=not searching,
        style=questionary.Style(_STYLE),
        input=create_input(stdin),
        output=output,
        color_depth=ColorDepth.DEPTH_4_BIT if colour else ColorDepth.DEPTH_1_BIT,
    )
    application = dialogue.application
    leaving = KeyBindings()
    leaving.add("escape", eager=True)(lambda event: event.app.exit(exception=KeyboardInterrupt))
    application.key_bindings = merge_key_bindings([application.key_bindings or KeyBindings(), leaving])
    application.ttimeoutlen = _ESCAPE_SECONDS
    chosen: str = dialogue.unsafe_ask()
    return chosen


def pick_by_number(question: str, options: Sequence[str], *, stdin: TextIO, stderr: TextIO) -> str:
    """Return the option whose number or name the person types; for screens that only take lines.

    Raises `KeyboardInterrupt` on Ctrl-C and Esc, `EOFError` on an empty line and at the end of input.
    """
    names = [plain_text(option) for option in options]
    width = len(str(len(names)))
    listing = [plain_text(question), *(f"  {n:>{width}}) {name}" for n, name in enumerate(names, start=1))]
    stderr.write("\n".join(listing) + "\n")
    while True:
        line = _answer(stdin, stderr)
        answer = line.strip()
        if not answer:
            raise EOFError
        if "\x1b" in answer:
            raise KeyboardInterrupt
        if answer in names:
            return options[names.index(answer)]
        if answer.isdecimal() and 1 <= int(answer) <= len(options):
            return options[int(answer) - 1]
        stderr.write(f"There is no such entry; type a number from 1 to {len(options)}.\n")


def _answer(stdin: TextIO, stderr: TextIO) -> str:
    line = ""
    try:
        stderr.write("Number or name (Enter alone cancels): ")
        stderr.flush()
        line = stdin.readline()
    finally:
        if not line.endswith("\n"):  # nobody's Enter has moved the cursor away from our question
            stderr.write("\n")
            stderr.flush()
    return line


def _instruction(room: int, *, searching: bool, unicode: bool) -> str:
    """Say as much about the keys as fits behind the question; a blank when nothing does."""
    arrows = "↑↓" if unicode else "up/down"
    tries = [f"({arrows}, type to search, Esc to cancel)", "(type to search)"] if searching else []
    tries += [f"({arrows}, Esc to cancel)"]
    # Four columns go to the question mark and the blanks around it.
    return next((words for words in tries if len(words) + 4 <= room), " ")


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
