"""The HTML pages a person sees: plain forms, no script, one stylesheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from werkzeug import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STYLE_PATH = "/assets/style.css"

_PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Emulated access portal</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
<header><a href="/start">Access portal</a><span class="tag">emulator</span></header>
<main>
<h1>{title}</h1>
{body}
</main>
<footer>Runs on this machine only. Nothing here reaches AWS.</footer>
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
_HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')
_NOTICE = Markup('<p class="notice {kind}" role="status">{text}</p>')
_SCOPE_TEXTS = {"sso:account:access": "see your accounts and sign in to them"}

STYLESHEET = """
:root {
  --ink: #1b2430; --soft: #5a6676; --line: #d9dfe7; --paper: #ffffff; --ground: #eef1f5;
  --accent: #b45309; --accent-ink: #ffffff; --good: #14713d; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ecf2; --soft: #a3aebd; --line: #364152; --paper: #1b222d; --ground: #11161d;
    --accent: #f0a44b; --accent-ink: #1b1206; --good: #6fd49a; --bad: #ff9d94;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  padding: 1.25rem 1rem; gap: 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header, main, footer { width: 100%; max-width: 34rem; }
header { display: flex; align-items: center; gap: .6rem; }
header a { color: inherit; font-weight: 650; text-decoration: none; }
.tag {
  font-size: .75rem; letter-spacing: .04em; padding: .1rem .5rem; border-radius: 1rem;
  border: 1px solid var(--line); color: var(--soft);
}
main {
  background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
  padding: clamp(1.25rem, 5vw, 2.25rem); box-shadow: 0 1px 3px rgb(0 0 0 / 8%);
}
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .25rem; font-size: 1.05rem; }
p { margin: 0 0 1rem; }
.lead { font-size: 1.08rem; overflow-wrap: anywhere; }
.note, footer { color: var(--soft); font-size: .875rem; }
.note { margin: 1rem 0 0; }
.code {
  font: 600 clamp(1.6rem, 9vw, 2.25rem)/1 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  letter-spacing: .1em; text-align: center; padding: 1.1rem .5rem; margin: 0 0 1.25rem;
  border: 1px dashed var(--line); border-radius: .5rem; background: var(--ground);
}
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 0 0 1.5rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .75rem; }
label { flex-basis: 100%; color: var(--soft); margin-bottom: -.4rem; }
input[name="user_code"] {
  flex: 1 1 11rem; min-width: 0; font: inherit; letter-spacing: .08em; text-transform: uppercase;
  padding: .65rem .8rem; border-radius: .5rem; border: 1px solid var(--line);
  background: var(--ground); color: inherit;
}
button {
  font: inherit; font-weight: 600; padding: .65rem 1.25rem; border-radius: .5rem; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--accent-ink);
}
.decision button { flex: 1 1 10rem; }
button.quiet { background: transparent; color: var(--ink); border-color: var(--line); }
button:hover { filter: brightness(1.08); }
button:focus-visible, input:focus-visible, a:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px;
}
.notice { border-left: .3rem solid var(--line); padding: .3rem 0 .3rem .9rem; font-size: 1.08rem; }
.notice.good { border-color: var(--good); }
.notice.bad { border-color: var(--bad); }
ul { list-style: none; margin: 0; padding: 0; }
li { padding: .7rem 0; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; }
li span { color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; }
li div { color: var(--soft); font-size: .875rem; }
"""


def stylesheet() -> Response:
    """Give the stylesheet of every page."""
    return Response(STYLESHEET, content_type="text/css; charset=utf-8")


def portal(person: str, accounts: Iterable[tuple[str, str, Iterable[str]]]) -> Response:
    """Show the start page: the code form and the person's accounts (id, name, permission sets)."""
    item = Markup("<li><strong>{}</strong> <span>{}</span><div>{}</div></li>")
    rows = Markup().join(item.format(name, account_id, ", ".join(sets)) for account_id, name, sets in accounts)
    body = Markup("<p>You are signed in as <strong>{}</strong>.</p>{}<h2>Your accounts</h2><ul>{}</ul>").format(
        person, _CODE_FORM.format(code=""), rows or Markup("<li>None.</li>")
    )
    return _page("Welcome", body)


def code_form(problem: str = "", code: str = "", status: int = 200) -> Response:
    """Ask for a user code, saying what was wrong with the last one."""
    notice = _NOTICE.format(kind="bad", text=problem) if problem else Markup()
    return _page("Connect a device", notice + _CODE_FORM.format(code=code), status)


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
        hidden=Markup().join(_HIDDEN.format(name, value) for name, value in fields.items()),
        code=_CODE.format(user_code) if user_code else Markup(),
        advice=_CODE_ADVICE if user_code else Markup(),
    )
    return _page("Allow access?", body, redirect_origin=redirect_origin)


def outcome(title: str, text: str, *, good: bool, status: int = 200) -> Response:
    """Tell how it ended."""
    notice = _NOTICE.format(kind="good" if good else "bad", text=text)
    return _page(title, notice, status)


def _page(title: str, body: Markup, status: int = 200, redirect_origin: str = "") -> Response:
    html = _PAGE.format(title=title, style=STYLE_PATH, body=body)
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {redirect_origin}".rstrip()
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
