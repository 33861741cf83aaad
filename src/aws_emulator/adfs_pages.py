"""Pages that look like those of Active Directory Federation Services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from aws_emulator import idp_pages, pages
from aws_emulator.people_at_idp import masked
from aws_emulator.saml_directory import PushFactor, SecondFactor, SmsFactor

if TYPE_CHECKING:
    from werkzeug import Response

SITE = Markup("<strong>ADFS</strong>")
ACTION = "https://signin.aws.amazon.com:443/saml"
WRONG_PASSWORD = "Incorrect user ID or password. Type the correct user ID and password, and try again."  # noqa: S105
LOCKED_OUT = "The referenced account is currently locked out and may not be logged on to."
WRONG_CODE = "Incorrect verification code. Please try again."
DENIED = "The sign-in was denied on the device."
TIMED_OUT = "The notification timed out."
FORMS = "FormsAuthentication"

_FORM = Markup('<form method="post" id="loginForm" action="{}" novalidate>\n{}</form>\n')
_KMSI = Markup(
    '<label class="check" for="kmsiInput"><input id="kmsiInput" name="Kmsi" type="checkbox" value="true">'
    "Keep me signed in</label>\n"
)
_UPDATE = Markup("""<p class="notice bad">Your password has expired. Please choose a new one.</p>
<form method="post" id="updatePasswordForm" action="/adfs/portal/updatepassword">
{}<button type="submit">Submit</button>
</form>""")
_TEXTS = {
    "TotpAuthentication": "Enter the verification code your app shows.",
    "AzureMfaServerAuthentication": "We sent a text message to {phone}.",
}


def method_of(factor: SecondFactor) -> str:
    """Name the authentication method of a factor, as the hidden field AuthMethod does."""
    if isinstance(factor, PushFactor):
        return "AzureMfaAuthentication"
    return "AzureMfaServerAuthentication" if isinstance(factor, SmsFactor) else "TotpAuthentication"


def sign_in(action: str, problem: str = "", user: str = "") -> Response:
    """Ask for user name and password."""
    fields = Markup().join(
        (
            idp_pages.field("UserName", "User name", "email", value=user, identifier="userNameInput"),
            idp_pages.field("Password", "Password", "password", identifier="passwordInput"),
            idp_pages.ERROR.format("errorText", problem),
            _KMSI,
            pages.hidden_fields({"AuthMethod": FORMS}),
            idp_pages.BUTTON.format("Sign in"),
        )
    )
    return idp_pages.asking(SITE, "Sign in", _FORM.format(action, fields))


def code(action: str, context: str, factor: SecondFactor, problem: str = "") -> Response:
    """Ask for the code of an app or of a text message."""
    method = method_of(factor)
    text = _TEXTS[method].format(phone=masked(factor.phone) if isinstance(factor, SmsFactor) else "")
    fields = Markup().join(
        (
            Markup("<p>{}</p>").format(text),
            idp_pages.field("VerificationCode", "Verification code", identifier="verificationCodeInput"),
            idp_pages.ERROR.format("errorText", problem),
            pages.hidden_fields({"AuthMethod": method, "Context": context}),
            idp_pages.BUTTON.format("Sign in"),
        )
    )
    return idp_pages.asking(SITE, "One more step", _FORM.format(action, fields))


def push(action: str, context: str, factor: SecondFactor, number: int | None, problem: str = "") -> Response:
    """Ask for a tap on the phone; while nothing is wrong the form asks again by itself."""
    shown = Markup('<p class="code"><span id="validEntropyNumber">{}</span></p>').format(number)
    fields = Markup().join(
        (
            Markup("<p>Open your authenticator app, and approve the request.</p>\n"),
            shown if number is not None else Markup(),
            idp_pages.ERROR.format("errorText", problem),
            pages.hidden_fields({"AuthMethod": method_of(factor), "Context": context}),
            Markup("<noscript>{}</noscript>").format(idp_pages.BUTTON.format("Continue")),
        )
    )
    form = _FORM.format(action, fields)
    if problem:
        return idp_pages.asking(
            SITE, "Not signed in", form + Markup('<p><a href="{}">Start over</a></p>').format(action)
        )
    return idp_pages.waiting(SITE, "One more step", form)


def update_password() -> Response:
    """Say that the password has expired."""
    fields = Markup().join(
        (
            idp_pages.field("OldPassword", "Old password", "password"),
            idp_pages.field("NewPassword", "New password", "password"),
            idp_pages.field("ConfirmNewPassword", "Confirm new password", "password"),
        )
    )
    return idp_pages.asking(SITE, "Update password", _UPDATE.format(fields))


def signed_in(response: str) -> Response:
    """Give the form that posts itself to AWS; it has the port in its address, as ADFS's own has."""
    return idp_pages.hand_over(SITE, Markup('name="hiddenform"'), ACTION, response)
