"""The kind itself: the chosen driver brings a SAML response, and what it offers goes on to the role that wants it."""

from typing import ClassVar

from atmos_auth.config.durations import seconds
from atmos_auth.domain.credentials import SamlAssertion
from atmos_auth.domain.errors import AuthenticationFailed, NeedsPerson, StoreError
from atmos_auth.domain.ports import BrowserChoice, Tools
from atmos_auth.host.paths import expanded, home_directory
from atmos_auth.providers.aws.saml import assertion
from atmos_auth.providers.aws.saml.choice import chosen_driver, may_download
from atmos_auth.providers.aws.saml.drivers import adfs, google_apps
from atmos_auth.providers.aws.saml.drivers.browser import browser_profile, in_own_browser, in_window
from atmos_auth.providers.aws.saml.drivers.form_walk import FormWalk
from atmos_auth.providers.aws.saml.drivers.okta import Okta
from atmos_auth.providers.aws.saml.person import Person, keyring_entry
from atmos_auth.providers.aws.saml.settings import ADFS, BROWSER, GOOGLE_APPS, SamlSettings

REQUEST_SECONDS = 30
_SCRIPTS = {ADFS: adfs.SCRIPT, GOOGLE_APPS: google_apps.SCRIPT}


class Saml:
    """One sign-in at an identity provider; the assertion lives in memory, for the minutes that AWS gives it."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = SamlAssertion
    settings_type: ClassVar[type] = SamlSettings
    signs_in_anew: ClassVar[bool] = True

    def __init__(self, name: str, settings: SamlSettings, tools: Tools) -> None:
        self.password_entry = keyring_entry(name) if settings.remember_password else None
        self._name = name
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: None) -> SamlAssertion:
        """Sign a person in; raises `NeedsPerson` where nobody may be disturbed, `AuthenticationFailed` and its like."""
        if self._tools.prompter.is_silent:
            # Not even with a stored password: a wrong one, sent by every prompt of a shell, locks accounts.
            raise NeedsPerson(f"signing in to {self._settings.url.partition('?')[0]} is not done silently")
        response = "".join(self._response().split())
        self._tools.log.hide([response])
        now = self._tools.clock.now()
        offer = assertion.read(response, now)
        roles = tuple(r for r in offer.roles if self._settings.idp_arn in ("", r.provider_arn))
        if not roles:
            offered = sorted({role.provider_arn for role in offer.roles})
            raise AuthenticationFailed(
                f"the identity provider offers no role of {self._settings.idp_arn}",
                details=["its roles belong to:", *(f"  {arn}" for arn in offered)],
                hints=["mend the provider's `idp_arn`, or leave it out"],
            )
        duration = self._settings.session.duration
        return SamlAssertion(
            response=response,
            roles=roles,
            expires_at=now + offer.life_seconds,
            issued_at=now,
            region=self._settings.region,
            subject=offer.subject,
            session_seconds=offer.session_seconds,
            duration_seconds=_within_limits(seconds(duration)) if duration else None,
            endpoint_url=self._settings.spec.endpoint_url or None,
        )

    def is_signed_in_to_browser(self) -> bool:
        """Tell whether the browser that we drive keeps anything of this sign-in page; asks nobody."""
        return self._tools.driven_browser.has_profile(browser_profile(self._settings.url))

    def sign_out_of_browser(self) -> bool:
        """Forget what the browser that we drive keeps of this sign-in page; tell whether there was anything."""
        return self._tools.driven_browser.forget(browser_profile(self._settings.url))

    def _response(self) -> str:
        settings, tools = self._settings, self._tools
        executable = expanded(settings.browser_executable_path, home_directory(tools.environ))
        choice = BrowserChoice(settings.browser_type, executable, may_download(settings))
        driver = chosen_driver(settings, tools.driven_browser, choice)
        tools.log.debug(f"signing in with the driver {driver}")
        if driver == BROWSER and settings.callback_port:
            return in_own_browser(tools, settings.url, port=settings.callback_port)
        if driver == BROWSER:
            return in_window(tools, settings.url, choice=choice)
        person = Person(self._name, settings, tools)
        with tools.web.session(seconds=REQUEST_SECONDS) as web:
            script = _SCRIPTS.get(driver)
            walk = FormWalk(script, web, tools.clock) if script else Okta(web, tools.clock)
            response = walk.sign_in(settings.url, person)
        try:
            person.remember()
        except StoreError as failure:
            # The sign-in itself went well.
            tools.prompter.warn(f"the password is not remembered: {failure.message}")
        return response


def _within_limits(wanted: int) -> int:
    return min(max(wanted, assertion.LEAST_SESSION_SECONDS), assertion.MOST_SESSION_SECONDS)
