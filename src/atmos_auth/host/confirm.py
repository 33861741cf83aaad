"""A question that is answered with yes or no."""

from atmos_auth.host.dialogue import ESCAPE_SECONDS, STYLE, Desk, leaving_keys, toolkit_options
from atmos_auth.host.line_prompt import ask_line
from atmos_auth.host.plain_text import plain_text
from atmos_auth.host.wrapping import wrapped

_WORDS = {"y": True, "yes": True, "n": False, "no": False}


def confirm_in_dialogue(question: str, desk: Desk, *, default: bool) -> bool:
    """Return the answer given with `y` or `n` and Enter; Enter alone gives `default`.

    Raises `KeyboardInterrupt` on Esc and Ctrl-C, `EOFError` when the terminal goes away.
    """
    import questionary
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    # The question mark before it and the answer behind it take their columns too.
    lines = wrapped(plain_text(question), max(1, desk.columns - len("?  (y/N) Yes ")))
    dialogue = questionary.confirm(
        "\n".join(lines),
        default=default,
        qmark="?",
        # An Enter typed out of habit after the letter must not answer the next question.
        auto_enter=False,
        style=questionary.Style(STYLE),
        **toolkit_options(desk),
    )
    application = dialogue.application
    application.key_bindings = merge_key_bindings([application.key_bindings or KeyBindings(), leaving_keys()])
    application.ttimeoutlen = ESCAPE_SECONDS
    answer: bool = dialogue.unsafe_ask()
    return answer


def confirm_on_lines(question: str, desk: Desk, *, default: bool) -> bool:
    """Return the answer given with a word, for screens that only take lines; an empty line gives `default`.

    Raises `KeyboardInterrupt` on Ctrl-C and Esc, `EOFError` at the end of input.
    """
    choices = "(Y/n)" if default else "(y/N)"
    while True:
        line = ask_line(f"{plain_text(question)} {choices} ", stdin=desk.stdin, stderr=desk.stderr)
        word = line.strip().lower()
        if not word:
            return default
        if word in _WORDS:
            return _WORDS[word]
        desk.stderr.write("Type y for yes or n for no.\n")
