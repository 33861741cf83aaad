"""Driver `ADFS`: the forms of Active Directory Federation Services, and of its adapters for a second factor."""

from atmos_auth.providers.aws.saml.drivers.form_walk import Obstacle, Script
from atmos_auth.providers.aws.saml.drivers.html_pages import Form, Page

_ERRORS = ("errorText", "errorMessage")
_BROWSER = "sign in in a browser instead: `driver: Browser`"


def _is_locked(page: Page) -> bool:
    return "locked out" in page.text_of(_ERRORS).lower()


def _is_disabled(page: Page) -> bool:
    return "disabled" in page.text_of(_ERRORS).lower()


def _wants_new_password(page: Page) -> bool:
    return page.has_id("updatePasswordForm") or page.path.startswith("/adfs/portal/updatepassword")


def _has_captcha(page: Page) -> bool:
    return any("captcha" in name.lower() for form in page.forms for name in form.names())


def _waits(page: Page, form: Form) -> bool:
    # An adapter's form hands its context round; without a field to type into it waits for a device.
    return {"AuthMethod", "Context"} <= form.names() and not form.typed


SCRIPT = Script(
    name="ADFS",
    username=("UserName", "ctl00$ContentPlaceHolder1$UsernameTextBox"),
    password=("Password", "ctl00$ContentPlaceHolder1$PasswordTextBox"),
    code=("VerificationCode", "ChallengeQuestionAnswer", "security_code", "SecurityCode", "Passcode", "otp", "Pin"),
    errors=_ERRORS,
    number=("validEntropyNumber",),
    waits=_waits,
    obstacles=(
        Obstacle(_is_locked, "your account is locked", ("unlock it, or ask your help desk",)),
        Obstacle(_is_disabled, "your account is disabled", ("ask your help desk",)),
        Obstacle(
            _wants_new_password, "your password has expired", ("choose a new one in a browser, then sign in again",)
        ),
        Obstacle(_has_captcha, "the sign-in page asks for a CAPTCHA", (_BROWSER,)),
    ),
)
