"""How an invitation to sign in looks: where to go, the code to compare, and a QR code for the phone."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from atmos_auth.domain.ports import Invitation

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_OPEN_ANYWHERE = "Open this page in a browser, on any device:"
_OPEN_HERE = "Your browser should open by itself. If it does not, open this page on this machine:"
_COMPARE = "Check that the page shows this code:"
_SCAN = "Or scan this with your phone."
# Beside a QR code there must be room for the code and a few words.
_LEAST_ASIDE = 26
_GAP = 3
# The line that counts down, and the one the cursor ends on.
_BELOW = 2


def plain_invitation(invitation: Invitation) -> list[str]:
    """Return the invitation as lines without any control code; the URL has a line of its own."""
    lines = [invitation.title, _OPEN_ANYWHERE if invitation.code else _OPEN_HERE, invitation.url]
    return [*lines, f"{_COMPARE} {invitation.code}"] if invitation.code else lines


def print_invitation(
    console: "Console", invitation: Invitation, *, qr: bool, colour: bool, typeset: Callable[[str], str]
) -> None:
    """Print the invitation on `console`; the QR code only for a sign-in by code, and only if all of it fits.

    A sign-in without a code ends at a port of this machine, which a phone cannot reach.
    """
    from rich.text import Text

    title = Text(typeset(invitation.title), style="bold")
    instruction = Text(_OPEN_ANYWHERE if invitation.code else _OPEN_HERE)
    url = Text(invitation.url, style="cyan", no_wrap=True)
    above = sum(len(part.wrap(console, console.width, no_wrap=False)) for part in (title, instruction, url))
    body: RenderableType | None = None
    tight = False
    if invitation.code:
        body = _code(invitation.code)
        picture = _picture(invitation.url, colour=colour) if qr else None
        if picture is not None:
            rows = above + picture.plain.count("\n") + 1 + _BELOW
            aside = console.width - picture.plain.index("\n") - _GAP
            if aside >= _LEAST_ASIDE and rows <= console.height:
                body = _beside(picture, body)
                tight = rows + 3 > console.height
    gap = "" if tight else "\n"
    console.print(title, end="\n" + gap)
    console.print(instruction)
    # Left to the terminal to break: only then is it still one line when it is copied or clicked.
    console.print(url, soft_wrap=True, end="\n" + gap)
    if body is not None:
        console.print(body)
        console.print(end=gap)


def _code(code: str) -> "RenderableType":
    from rich.box import ROUNDED
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    return Group(Text(_COMPARE), Panel.fit(Text(code, style="bold", no_wrap=True), box=ROUNDED, padding=(0, 3)))


def _beside(picture: "Text", body: "RenderableType") -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(vertical="middle")
    grid.add_row(picture, Group(body, "", Text(_SCAN, style="dim")))
    return grid


def _picture(url: str, *, colour: bool) -> "Text | None":
    """Return the QR code of `url`, or None when it is too long for one."""
    from rich.text import Text

    from atmos_auth.host.qr import qr_lines

    try:
        lines = qr_lines(url, draw_dark=colour)
    except ValueError:
        return None
    # With colour it is dark on light on every screen; without, we have to guess that the screen is dark.
    return Text("\n".join(lines), style="black on bright_white" if colour else "", no_wrap=True)
