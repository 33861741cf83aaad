"""What the pages of all identity providers share: fields, the page that waits, the form that submits itself."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from markupsafe import Markup

from aws_emulator import pages
from aws_emulator.redirects import origin_of

if TYPE_CHECKING:
    from werkzeug import Response

_FIELD = Markup(
    '<label for="{identifier}">{label}</label>\n'
    '<input id="{identifier}" name="{name}" type="{kind}" value="{value}" autocomplete="{autocomplete}"'
    ' autocapitalize="none" spellcheck="false" required>\n'
)
ERROR = Markup('<span id="{}" role="alert" class="error-msg">{}</span>\n')
BUTTON = Markup('<button type="submit">{}</button>\n')
_RELAY_STATE = Markup('<input name="RelayState" type="hidden" value="{}"/>')
_HAND_OVER = Markup("""<p>You are signed in. The browser now hands your sign-in to {host}.</p>
<form method="POST" {attributes} action="{action}"><input name="SAMLResponse" type="hidden" value="{response}"/>
{relay_state}<noscript><p>Script is switched off; please continue by hand.</p>
<input type="submit" value="Submit"/></noscript></form>
<script>{script}</script>""")
_SCRIPT = Markup("<script>{}</script>")
_SUBMIT = "document.forms[0].submit()"
_SUBMIT_LATER = "setTimeout(function () { document.forms[0].submit() }, 2000)"


def field(name: str, label: str, kind: str = "text", *, value: str = "", identifier: str = "") -> Markup:
    """Give a labelled field of a form."""
    autocomplete = {"password": "current-password", "email": "username"}.get(kind, "off")
    return _FIELD.format(
        name=name, label=label, kind=kind, value=value, identifier=identifier or name, autocomplete=autocomplete
    )


def hand_over(site: Markup, attributes: Markup, action: str, response: str, relay_state: str | None = None) -> Response:
    """Give the page that posts the response to AWS by itself; `relay_state` None leaves that field out."""
    body = _HAND_OVER.format(
        attributes=attributes,
        action=action,
        host=origin_of(action).partition("://")[2],
        response=response,
        relay_state=Markup() if relay_state is None else _RELAY_STATE.format(relay_state),
        script=_SUBMIT,
    )
    return pages.page(
        "Signed in",
        body,
        site=site,
        redirect_origin=origin_of(action),
        policy=_policy(_SUBMIT),
        footer="This page runs on this machine only. Where it sends you may be AWS, which does not know this sign-in.",
    )


def waiting(site: Markup, title: str, form: Markup) -> Response:
    """Give a page whose form asks again by itself, while somebody reaches for a phone."""
    body = form + _SCRIPT.format(_SUBMIT_LATER)
    return pages.page(title, body, site=site, policy=_policy(_SUBMIT_LATER))


def asking(site: Markup, title: str, form: Markup, policy: str = "") -> Response:
    """Give a page with a form for the person."""
    return pages.page(title, form, site=site, policy=policy)


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"script-src 'sha256-{digest}'; "
