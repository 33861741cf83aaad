"""Which request belongs to which page of which identity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_emulator.routing import Fork, Operation
from aws_emulator.services import adfs, google, idp, okta

if TYPE_CHECKING:
    from werkzeug import Request


def identity_routes(
    okta_pages: okta.Okta, adfs_pages: adfs.Adfs, google_pages: google.Google, own_pages: idp.Idp
) -> dict[tuple[str, str], Operation | Fork]:
    """Give the operations of the four by method and path."""
    return _okta(okta_pages) | _adfs(adfs_pages) | _google(google_pages) | _own(own_pages)


def _okta(service: okta.Okta) -> dict[tuple[str, str], Operation | Fork]:
    verify = Operation("okta", "VerifyFactor", service.VerifyFactor, okta.refusal)
    return {
        ("GET", okta.APP_PATH): Operation("okta", "ShowApp", service.ShowApp, okta.page_refusal),
        ("POST", okta.AUTHN_PATH): Operation("okta", "Authenticate", service.Authenticate, okta.refusal),
        ("GET", okta.COOKIE_PATH): Operation("okta", "StartSession", service.StartSession, okta.page_refusal),
        **{("POST", path): verify for path in okta.VERIFY_PATHS.values()},
    }


def _adfs(service: adfs.Adfs) -> dict[tuple[str, str], Operation | Fork]:
    sign_in = Operation("adfs", "SignIn", service.SignIn, adfs.refusal)
    verify = Operation("adfs", "VerifyFactor", service.VerifyFactor, adfs.refusal)

    def step(request: Request) -> Operation:
        return verify if adfs.is_second_step(request) else sign_in

    update = Operation("adfs", "ShowUpdatePassword", service.ShowUpdatePassword, adfs.refusal)
    return {
        ("GET", adfs.PATH): Operation("adfs", "ShowSignIn", service.ShowSignIn, adfs.refusal),
        ("POST", adfs.PATH): Fork(step),
        ("GET", adfs.UPDATE_PATH): update,
    }


def _google(service: google.Google) -> dict[tuple[str, str], Operation | Fork]:
    show = Operation("google", "ShowChallenge", service.ShowChallenge, google.refusal)
    verify = Operation("google", "VerifyFactor", service.VerifyFactor, google.refusal)
    paths = [path for path, _ in google.CHALLENGES.values()]
    pages = {
        ("GET", google.APP_PATH): service.ShowApp,
        ("GET", google.SIGN_IN_PATH): service.ShowSignIn,
        ("POST", google.LOOKUP_PATH): service.Lookup,
        ("POST", google.PASSWORD_PATH): service.SignIn,
        ("GET", google.REJECTED_PATH): service.ShowRejected,
        ("GET", google.DISABLED_PATH): service.ShowDisabled,
        ("GET", google.CHANGE_PATH): service.ShowChangePassword,
        ("GET", google.CAPTCHA_PATH): service.ShowCaptcha,
    }
    return {
        **{at: Operation("google", answer.__name__, answer, google.refusal) for at, answer in pages.items()},
        **{("GET", path): show for path in paths},
        **{("POST", path): verify for path in paths},
    }


def _own(service: idp.Idp) -> dict[tuple[str, str], Operation | Fork]:
    return {
        ("GET", idp.SIGN_IN_PATH): Operation("idp", "ShowSignIn", service.ShowSignIn, idp.refusal),
        ("POST", idp.SIGN_IN_PATH): Operation("idp", "SignIn", service.SignIn, idp.refusal),
        ("POST", idp.FACTOR_PATH): Operation("idp", "VerifyFactor", service.VerifyFactor, idp.refusal),
        ("GET", idp.METADATA_PATH): Operation("idp", "ReadMetadata", service.ReadMetadata, idp.refusal),
    }
