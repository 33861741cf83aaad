"""Driver `GoogleApps`: the forms that Google shows to browsers without scripts."""

from atmos_auth.providers.aws.saml.drivers.form_walk import Obstacle, Script
from atmos_auth.providers.aws.saml.drivers.html_pages import Form, Page

_ERRORS = ("errormsg_0_Email", "errormsg_0_Passwd", "errormsg_0_Pin", "errormsg_0_identifier")
_BROWSER = "sign in in a browser instead: `driver: Browser`"


def _has_captcha(page: Page) -> bool:
    return page.has_id("captcha-img") or any("logincaptcha" in form.names() for form in page.forms)


def _is_disabled(page: Page) -> bool:
    return page.path.startswith("/signin/disabled")


def _is_rejected(page: Page) -> bool:
    return page.path.startswith("/signin/rejected")


def _wants_new_password(page: Page) -> bool:
    return page.path.startswith("/speedbump/changepassword")


def _waits(page: Page, form: Form) -> bool:
    return form.id == "challenge" and not form.typed and "/challenge/az/" in page.path


SCRIPT = Script(
    name="GoogleApps",
    username=("Email", "identifier"),
    password=("Passwd",),
    code=("Pin", "totpPin", "idvPin"),
    errors=_ERRORS,
    number=("sign-in-number",),
    waits=_waits,
    obstacles=(
        Obstacle(_has_captcha, "Google asks for a CAPTCHA", (_BROWSER, "or wait a while: wrong passwords bring it on")),
        Obstacle(_is_disabled, "this Google account is disabled", ("ask its administrator",)),
        Obstacle(_is_rejected, "the sign-in was refused", ("run the command again", _BROWSER)),
        Obstacle(
            _wants_new_password, "your password has expired", ("choose a new one in a browser, then sign in again",)
        ),
    ),
    code_digits=6,
)
