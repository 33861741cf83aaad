"""What the sign-in service's pages say: as whom to sign in, and what to paste on another machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from aws_emulator import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from werkzeug import Response

_SITE = Markup("<strong>Sign-in</strong>")

_ASK = Markup("""<p class="lead"><strong>{program}</strong> asks to act as an IAM user.</p>
<form method="post" action="{action}">
<fieldset>
<legend>Continue as</legend>
{users}
</fieldset>
<p class="note">It gets short-lived keys, and may renew them until the sign-in ends.{advice}</p>
{hidden}
<div class="decision">
<button type="submit" name="decision" value="allow">Allow access</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button>
</div>
</form>""")
_USER = Markup("""<label class="choice">
<input type="radio" name="user" value="{arn}"{checked} required>
<span><strong>{name}</strong><small>account {account}</small></span>
</label>""")
_PASTE = Markup("""<p>Copy this text to the program that waits on the other machine.
It works once, for five minutes.</p>
<p class="paste" tabindex="0" aria-label="Authorization code">{text}</p>
<p class="note">A click selects all of it. Keep it to yourself: whoever has it can sign in as you.</p>""")


def ask(
    user_arns: Iterable[str],
    first: str,
    fields: Mapping[str, str],
    action: str,
    *,
    on_another_device: bool,
    redirect_origin: str,
) -> Response:
    """Ask the person to choose a user and to allow or deny; `fields` go into the form as they are."""
    program = "A program on another machine" if on_another_device else "A program on this machine"
    # Whoever makes somebody else follow such a link would get that person's keys.
    advice = " Allow only if you started this yourself." if on_another_device else ""
    body = _ASK.format(
        program=program,
        advice=advice,
        action=action,
        users=Markup("\n").join(_choice(arn, checked=arn == first) for arn in user_arns),
        hidden=pages.hidden_fields(fields),
    )
    return pages.page("Sign in?", body, site=_SITE, redirect_origin=redirect_origin)


def confirmation(text: str) -> Response:
    """Show the text to carry to the other machine."""
    return pages.page("One step left", _PASTE.format(text=text), site=_SITE)


def not_signed_in(reason: str, status: int = 200) -> Response:
    """Tell that nobody was signed in, and why."""
    text = f"{reason} You may close this window."
    return pages.outcome("Not signed in", text, good=False, status=status, site=_SITE)


def _choice(arn: str, *, checked: bool) -> Markup:
    account, name = arn.split(":")[4], arn.rpartition("/")[2] if "/" in arn else "root"
    return _USER.format(arn=arn, name=name, account=account, checked=Markup(" checked") if checked else "")
