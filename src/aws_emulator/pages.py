"""The HTML pages a person sees: plain forms, no script unless a page brings one, one stylesheet."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup
from werkzeug import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STYLE_PATH = "/assets/style.css"
_FOOTER = "Runs on this machine only. Nothing here reaches AWS."

_PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Emulated {name}</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
<header>{site}<span class="tag">emulator</span></header>
<main>
<h1>{title}</h1>
{body}
</main>
<footer>{footer}</footer>
</body>
</html>
""")

_CODE_FORM = Markup("""<form method="get" action="/device" class="code-form">
<label for="user_code">Code shown on your device</label>
<input id="user_code" name="user_code" value="{code}" placeholder="ABCD-EFGH" maxlength="16"
 autocomplete="off" autocapitalize="characters" spellcheck="false" required>
<button type="submit">Continue</button>
</form>""")

_ASK = Markup("""<p class="lead"><strong>{client}</strong> asks to use your access portal.</p>
{code}
<dl>
<dt>Signed in as</dt><dd>{person}</dd>
<dt>It will be able to</dt><dd>{scopes}</dd>
</dl>
<form method="post" action="{action}" class="decision">
{hidden}
<button type="submit" name="decision" value="allow">Allow access</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button>
</form>
{advice}""")

_CODE = Markup('<p class="code" aria-label="Code">{}</p>')
_CODE_ADVICE = Markup('<p class="note">Allow only if your device shows exactly this code.</p>')
PORTAL = Markup('<a href="/start">Access portal</a>')
_HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')
_ANSWERS = ("decision", "user")
_NOTICE = Markup('<p class="notice {kind}" role="status">{text}</p>')
_SCOPE_TEXTS = {"sso:account:access": "see your accounts and sign in to them"}


def stylesheet() -> Response:
    """Give the stylesheet of every page."""
    text = files("aws_emulator").joinpath("style.css").read_text(encoding="utf-8")
    return Response(text, content_type="text/css; charset=utf-8")


def portal(person: str, accounts: Iterable[tuple[str, str, Iterable[str]]]) -> Response:
    """Show the start page: the code form and the person's accounts (id, name, permission sets)."""
    item = Markup("<li><strong>{}</strong> <span>{}</span><div>{}</div></li>")
    rows = Markup().join(item.format(name, account_id, ", ".join(sets)) for account_id, name, sets in accounts)
    body = Markup("<p>You are signed in as <strong>{}</strong>.</p>{}<h2>Your accounts</h2><ul>{}</ul>").format(
        person, _CODE_FORM.format(code=""), rows or Markup("<li>None.</li>")
    )
    return page("Welcome", body)


def code_form(problem: str = "", code: str = "", status: int = 200) -> Response:
    """Ask for a user code, saying what was wrong with the last one."""
    notice = _NOTICE.format(kind="bad", text=problem) if problem else Markup()
    return page("Connect a device", notice + _CODE_FORM.format(code=code), status)


def ask(
    client: str,
    person: str,
    scopes: Iterable[str],
    fields: Mapping[str, str],
    action: str,
    user_code: str = "",
    redirect_origin: str = "",
) -> Response:
    """Ask the person to allow or deny; `fields` go into the form as they are.

    `redirect_origin` is where the answer's redirect may lead, because browsers hold redirects of a
    form against the page's `form-action` too.
    """
    texts = ", ".join(_SCOPE_TEXTS.get(scope, scope) for scope in scopes) or "know who you are"
    body = _ASK.format(
        client=client,
        person=person,
        scopes=texts,
        action=action,
        hidden=hidden_fields(fields),
        code=_CODE.format(user_code) if user_code else Markup(),
        advice=_CODE_ADVICE if user_code else Markup(),
    )
    return page("Allow access?", body, redirect_origin=redirect_origin)


def outcome(title: str, text: str, *, good: bool, status: int = 200, site: Markup = PORTAL) -> Response:
    """Tell how it ended."""
    notice = _NOTICE.format(kind="good" if good else "bad", text=text)
    return page(title, notice, status, site=site)


def hidden_fields(fields: Mapping[str, str]) -> Markup:
    """Give form fields that nobody sees, but for those the person fills in."""
    # A link could bring an answer along, and the first of two values would win.
    return Markup().join(_HIDDEN.format(name, value) for name, value in fields.items() if name not in _ANSWERS)


def page(
    title: str,
    body: Markup,
    status: int = 200,
    redirect_origin: str = "",
    site: Markup = PORTAL,
    policy: str = "",
    footer: str = _FOOTER,
) -> Response:
    """Give a whole page with the headers that keep frames, caches and what `policy` does not allow away."""
    name = site.striptags().lower()
    html = _PAGE.format(title=title, name=name, site=site, style=STYLE_PATH, body=body, footer=footer)
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; {policy}style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {redirect_origin}".rstrip()
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
