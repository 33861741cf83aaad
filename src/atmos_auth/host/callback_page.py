"""The page a person sees in the browser when the sign-in returns to this machine."""

from typing import NamedTuple

_STYLE = """
:root{color-scheme:light dark;
--ground:#f4f5f7;--card:#fff;--ink:#1c2128;--soft:#57606a;--line:#d8dee4;--mark:#1a7f37}
@media(prefers-color-scheme:dark){
:root{--ground:#0d1117;--card:#161b22;--ink:#e6edf3;--soft:#9ea7b3;--line:#30363d;--mark:#3fb950}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:27rem;padding:2.5rem 2rem;text-align:center;background:var(--card);
border:1px solid var(--line);border-radius:14px;box-shadow:0 8px 30px rgb(0 0 0/.08)}
.mark{width:3.5rem;height:3.5rem;margin:0 auto 1.25rem;display:grid;place-items:center;border-radius:50%;
border:3px solid var(--mark);color:var(--mark);font-size:1.75rem;font-weight:700;line-height:1}
.stop{--mark:#bf8700}.fault{--mark:#cf222e}
@media(prefers-color-scheme:dark){.stop{--mark:#d29922}.fault{--mark:#f85149}}
h1{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3}
p{margin:0;color:var(--soft);overflow-wrap:anywhere}
p+p{margin-top:.75rem}
.said{padding:.75rem 1rem;border:1px solid var(--line);border-radius:8px;text-align:left;font-size:.9rem}
footer{margin-top:1.75rem;font-size:.8rem;color:var(--soft)}
"""

_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>{heading} - Atmos Auth</title>
<style>{style}</style>
</head>
<body>
<main>
<div class="mark {look}" aria-hidden="true">{mark}</div>
<h1>{heading}</h1>
{paragraphs}
<footer>Atmos Auth on this computer</footer>
</main>
</body>
</html>
"""


class Page(NamedTuple):
    """What a page says; `said` is text from the request, shown as a quotation."""

    mark: str
    look: str
    heading: str
    text: str
    said: str = ""


APPROVED = Page("✓", "go", "Approval received", "You can close this page and go back to your terminal.")
SIGNED_IN = Page("✓", "go", "You are signed in", "You can close this page and go back to your terminal.")
DENIED = Page(
    "!",
    "stop",
    "Sign-in refused",
    "Nothing was granted. You can close this page and go back to your terminal.",
)
FAILED = Page("✕", "fault", "Sign-in failed", "You can close this page; the terminal says how to go on.")
UNEXPECTED = Page("✕", "fault", "Not the answer we wait for", "This request was ignored. The sign-in is still open.")


def render(page: Page) -> bytes:
    """Return the HTML of `page`, everything from outside escaped."""
    from html import escape

    paragraphs = [f"<p>{escape(page.text)}</p>"]
    if page.said:
        paragraphs.append(f'<p class="said">{escape(page.said)}</p>')
    html = _HTML.format(
        style=_STYLE,
        look=page.look,
        mark=page.mark,
        heading=escape(page.heading),
        paragraphs="\n".join(paragraphs),
    )
    return html.encode("utf-8")


def security_headers() -> dict[str, str]:
    """Return headers under which the page may load only its own style, and nobody may keep or frame it."""
    import base64
    import hashlib

    digest = base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
