"""Filling in a form, field by field, until every answer fits."""

from collections.abc import Callable, Sequence

from atmos_auth.domain.fields import Field
from atmos_auth.host.dialogue import ESCAPE_SECONDS, STYLE, Desk, leaving_keys, toolkit_options
from atmos_auth.host.line_prompt import ask_line
from atmos_auth.host.plain_text import plain_text
from atmos_auth.host.wrapping import wrapped


def fill_in(
    fields: Sequence[Field],
    *,
    ask: Callable[[Field], str],
    say: Callable[[str], None],
    complain: Callable[[str], None],
) -> dict[str, str]:
    """Return the answer to every field by its name, asking again for those that do not fit."""
    return {
        field.name: _note(field, say) if field.read_only else _answer(field, ask, say, complain) for field in fields
    }


def ask_in_dialogue(field: Field, desk: Desk) -> str:
    """Return what the person types behind the field's label; a secret is drawn as one `*` per character.

    Raises `KeyboardInterrupt` on Esc and Ctrl-C, `EOFError` on Ctrl-D and when the terminal goes away.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import DummyHistory
    from prompt_toolkit.keys import Keys
    from prompt_toolkit.styles import Style

    keys = leaving_keys()
    # As one line: a paste often brings the line break that followed the text where it was copied.
    keys.add(Keys.BracketedPaste)(lambda event: event.current_buffer.insert_text(plain_text(event.data)))
    session: PromptSession[str] = PromptSession(
        [("class:question", "\n".join(wrapped(_question(field), desk.columns - 1)) + " ")],
        is_password=field.secret,
        history=DummyHistory(),
        key_bindings=keys,
        style=Style(STYLE),
        **toolkit_options(desk),
    )
    session.app.ttimeoutlen = ESCAPE_SECONDS
    return session.prompt()


def ask_on_line(field: Field, desk: Desk) -> str:
    """Return what the person types behind the field's label, for screens that only take lines.

    Raises `KeyboardInterrupt` on Ctrl-C and Esc, `EOFError` at the end of input.
    """
    return ask_line(f"{_question(field)} ", stdin=desk.stdin, stderr=desk.stderr, secret=field.secret)


def _question(field: Field) -> str:
    return f"{plain_text(field.label)}:"


def _note(field: Field, say: Callable[[str], None]) -> str:
    origin = f" ({field.description})" if field.description else ""
    say(plain_text(f"{field.title}: {field.shown_default}{origin}"))
    return field.default


def _answer(
    field: Field, ask: Callable[[Field], str], say: Callable[[str], None], complain: Callable[[str], None]
) -> str:
    if field.description:
        say(field.description)
    while True:
        answer = field.answer(plain_text(ask(field)))
        complaint = field.complaint(answer)
        if complaint is None:
            return answer
        complain(complaint)
