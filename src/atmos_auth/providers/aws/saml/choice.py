"""Which driver a provider uses: the configured one, or the best that this machine and the address allow."""

from urllib.parse import urlsplit

from atmos_auth.domain.ports import BrowserChoice, DrivenBrowser
from atmos_auth.providers.aws.saml.settings import ADFS, BROWSER, GOOGLE_APPS, OKTA, SamlSettings


def chosen_driver(settings: SamlSettings, browser: DrivenBrowser, choice: BrowserChoice) -> str:
    """Return the name of the driver; looks at this machine, and uses no network.

    A browser comes first, if one can be driven here: it knows every second factor. Then the address tells.
    """
    if settings.driver or settings.provider_type:
        return settings.driver or settings.provider_type
    if settings.download_browser_driver or settings.callback_port or browser.can_open(choice):
        return BROWSER
    return _driver_for(settings.url) or BROWSER


def may_download(settings: SamlSettings) -> bool:
    """Tell whether a browser may be fetched: if it says so, or if nothing else was chosen or would fit."""
    if settings.driver or settings.provider_type or settings.browser_type or settings.browser_executable_path:
        return settings.download_browser_driver
    return settings.download_browser_driver or _driver_for(settings.url) is None


def _driver_for(url: str) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "accounts.google.com":
        return GOOGLE_APPS
    if host.endswith((".okta.com", ".okta-emea.com", ".oktapreview.com", ".okta-gov.com")):
        return OKTA
    if "adfs" in host or parts.path.lower().startswith("/adfs/"):
        return ADFS
    return None
