"""What the console's page says: who is signed in, until when, and which page it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from aws_emulator import pages
from aws_emulator.clock import iso8601

if TYPE_CHECKING:
    from werkzeug import Response

    from aws_emulator.console_sessions import ConsoleSession

_SITE = Markup("<strong>Console</strong>")
_HOME = Markup("""<p class="lead">You are signed in to the web console.</p>
<dl>
<dt>Signed in as</dt><dd id="principal">{principal}</dd>
<dt>Account</dt><dd id="account">{account}</dd>
<dt>Until</dt><dd id="until"><time>{until}</time></dd>
<dt>Page</dt><dd id="destination">{destination}</dd>
</dl>
<p class="note">This page stands for every page of the console.</p>""")


def home(session: ConsoleSession, destination: str) -> Response:
    """Show the page that a signed-in person has come to."""
    body = _HOME.format(
        principal=session.principal_arn,
        account=session.account,
        until=iso8601(session.expires_at),
        destination=destination,
    )
    return pages.page("Console home", body, site=_SITE)


def not_signed_in(reason: str, status: int) -> Response:
    """Tell that nobody is signed in, and why."""
    return pages.outcome("Not signed in", reason, good=False, status=status, site=_SITE)
