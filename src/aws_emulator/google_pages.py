"""Pages that look like Google's sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from werkzeug import Response

from aws_emulator import idp_pages, pages
from aws_emulator.people_at_idp import masked
from aws_emulator.saml_directory import PushFactor, SecondFactor, SmsFactor
from aws_emulator.saml_names import SIGN_IN

if TYPE_CHECKING:
    from collections.abc import Mapping

SITE = Markup("<strong>Google</strong>")
UNKNOWN_ACCOUNT = "Sorry, Google doesn't recognize that email."
WRONG_PASSWORD = "Wrong password. Try again."  # noqa: S105
WRONG_CODE = "Wrong code. Try again."
WRONG_CAPTCHA = "Please re-enter the characters you see in the image above."
TITLE = "Sign in with your Google Account"

_FORM = Markup('<form id="{}" method="post" action="{}" novalidate>\n{}</form>\n')
_CAPTCHA = Markup('<img id="captcha-img" src="{}" alt="Visual verification" width="200" height="70">\n')
_IMAGES = "img-src 'self'; "
_PICTURE = Markup("""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="70">
<rect width="200" height="70" fill="#eef1f5"/>
<path d="M0 20 Q50 70 100 30 T200 50" fill="none" stroke="#b45309"/>
<text x="100" y="46" font-family="serif" font-size="34" font-style="italic" text-anchor="middle">{}</text>
</svg>""")


def identify(action: str, fields: Mapping[str, str], problem: str = "", email: str = "") -> Response:
    """Ask for an e-mail address."""
    form = Markup().join(
        (
            idp_pages.field("Email", "Email", "email", value=email),
            _error("Email", problem),
            pages.hidden_fields(fields),
            idp_pages.BUTTON.format("Next"),
        )
    )
    return idp_pages.asking(SITE, TITLE, _FORM.format("gaia_loginform", action, form))


def password(
    action: str, fields: Mapping[str, str], *, problem: str = "", captcha: str = "", captcha_problem: str = ""
) -> Response:
    """Ask for the password of `fields["Email"]`, and with `captcha`, the address of an image, what that shows."""
    images = Markup().join(
        (
            _CAPTCHA.format(captcha),
            idp_pages.field("logincaptcha", "Type the text you see"),
            _error("logincaptcha", captcha_problem),
        )
    )
    form = Markup().join(
        (
            Markup("<p>{}</p>\n").format(fields["Email"]),
            idp_pages.field("Passwd", "Password", "password"),
            _error("Passwd", problem),
            images if captcha else Markup(),
            pages.hidden_fields(fields),
            idp_pages.BUTTON.format("Next"),
        )
    )
    policy = _IMAGES if captcha else ""
    return idp_pages.asking(SITE, "Welcome", _FORM.format("gaia_loginform", action, form), policy)


def challenge(
    action: str, fields: Mapping[str, str], factor: SecondFactor, number: int | None, problem: str = ""
) -> Response:
    """Ask for a second factor; a prompt on the phone is asked for again and again by the page itself."""
    if isinstance(factor, PushFactor):
        return _prompt(action, fields, number)
    by_message = isinstance(factor, SmsFactor)
    app = "Get a verification code from the authenticator app."
    text = f"A text message with a code was sent to {masked(factor.phone)}." if isinstance(factor, SmsFactor) else app
    form = Markup().join(
        (
            Markup("<p>{}</p>\n").format(text),
            idp_pages.field("Pin", "Enter the code", identifier="idvPin" if by_message else "totpPin"),
            _error("Pin", problem),
            pages.hidden_fields(fields),
            idp_pages.BUTTON.format("Next"),
        )
    )
    return idp_pages.asking(SITE, "2-Step Verification", _FORM.format("challenge", action, form))


def change_password(action: str) -> Response:
    """Ask for a new password."""
    form = Markup().join(
        (
            Markup("<p>Your password has expired. Create a new one.</p>\n"),
            idp_pages.field("Passwd", "New password", "password"),
            idp_pages.field("PasswdAgain", "Confirm", "password"),
            idp_pages.BUTTON.format("Change password"),
        )
    )
    return idp_pages.asking(SITE, "Change password", _FORM.format("changepassword", action, form))


def signed_in(response: str) -> Response:
    """Give the form that posts itself to AWS."""
    return idp_pages.hand_over(SITE, Markup('name="saml-post-binding"'), SIGN_IN, response, "")


def picture(text: str) -> Response:
    """Give the image of a CAPTCHA; people can read it, which is what it is for."""
    response = Response(_PICTURE.format(" ".join(text)), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response


def _prompt(action: str, fields: Mapping[str, str], number: int | None) -> Response:
    shown = Markup('<div id="sign-in-number" class="code">{}</div>\n').format(number)
    form = Markup().join(
        (
            Markup("<p>Check your phone, and tap Yes on the prompt.</p>\n"),
            shown if number is not None else Markup(),
            pages.hidden_fields(fields),
            Markup("<noscript>{}</noscript>").format(idp_pages.BUTTON.format("Continue")),
        )
    )
    return idp_pages.waiting(SITE, "2-Step Verification", _FORM.format("challenge", action, form))


def _error(name: str, problem: str) -> Markup:
    return idp_pages.ERROR.format(f"errormsg_0_{name}", problem) if problem else Markup()
