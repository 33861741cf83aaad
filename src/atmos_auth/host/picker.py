"""Letting a person pick one of several options: with the arrow keys, or by number on the simplest screens."""

from collections.abc import Sequence

from atmos_auth.host.dialogue import ESCAPE_SECONDS, STYLE, Desk, leaving_keys, toolkit_options
from atmos_auth.host.line_prompt import ask_line
from atmos_auth.host.plain_text import plain_text

# Shorter lists are seen at one glance, and keep j and k for moving.
_SEARCH_FROM = 8


def pick_with_arrows(question: str, options: Sequence[str], desk: Desk) -> str:
    """Return the option chosen with the arrow keys.

    Raises `KeyboardInterrupt` on Esc and Ctrl-C, `EOFError` when the terminal goes away.
    """
    import questionary
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    searching = len(options) >= _SEARCH_FROM
    toolkit = toolkit_options(desk)
    columns = toolkit["output"].get_size().columns
    dialogue = questionary.select(
        plain_text(question),
        choices=[questionary.Choice(plain_text(option), value=option) for option in options],
        qmark="?",
        pointer="\u276f" if desk.unicode else ">",
        instruction=_instruction(columns - len(question), searching=searching, unicode=desk.unicode),
        use_search_filter=searching,
        use_jk_keys=not searching,
        style=questionary.Style(STYLE),
        **toolkit,
    )
    application = dialogue.application
    application.key_bindings = merge_key_bindings([application.key_bindings or KeyBindings(), leaving_keys()])
    application.ttimeoutlen = ESCAPE_SECONDS
    chosen: str = dialogue.unsafe_ask()
    return chosen


def pick_by_number(question: str, options: Sequence[str], desk: Desk) -> str:
    """Return the option whose number or name the person types; for screens that only take lines.

    Raises `KeyboardInterrupt` on Ctrl-C and Esc, `EOFError` on an empty line and at the end of input.
    """
    names = [plain_text(option) for option in options]
    width = len(str(len(names)))
    listing = [plain_text(question), *(f"  {n:>{width}}) {name}" for n, name in enumerate(names, start=1))]
    desk.stderr.write("\n".join(listing) + "\n")
    while True:
        prompt = "Number or name (Enter alone cancels): "
        answer = ask_line(prompt, stdin=desk.stdin, stderr=desk.stderr).strip()
        if not answer:
            raise EOFError
        if answer in names:
            return options[names.index(answer)]
        if answer.isdecimal() and 1 <= int(answer) <= len(options):
            return options[int(answer) - 1]
        desk.stderr.write(f"There is no such entry; type a number from 1 to {len(options)}.\n")


def _instruction(room: int, *, searching: bool, unicode: bool) -> str:
    """Say as much about the keys as fits behind the question; a blank when nothing does."""
    arrows = "↑↓" if unicode else "up/down"
    tries = [f"({arrows}, type to search, Esc to cancel)", "(type to search)"] if searching else []
    tries += [f"({arrows}, Esc to cancel)"]
    # Four columns go to the question mark and the blanks around it.
    return next((words for words in tries if len(words) + 4 <= room), " ")
