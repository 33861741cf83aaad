"""Driver `Okta`: signs in through Okta's authentication API, without a browser.

https://developer.okta.com/docs/reference/api/authn/
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed, ServiceError, SignInExpired
from atmos_auth.domain.ports import Clock, WebAnswer, WebSession
from atmos_auth.host.plain_text import plain_text
from atmos_auth.providers.aws.saml.drivers.html_pages import Page, unknown_page
from atmos_auth.providers.aws.saml.person import MOST_CODES, Person

NAME = "Okta"
APPROVAL_SECONDS = 180
POLL_SECONDS = 3
# Nobody has more to show; an answer that asks for another one each time would go on for ever.
MOST_FACTORS = 3
_BROWSER = "sign in in a browser instead: `driver: Browser`"
# By what they are asked with: nothing, a code that a device shows, or a code that is sent.
_PUSH = ("push",)
_SHOWN = ("token:software:totp", "token:hotp", "token:hardware", "token")
_SENT = ("sms", "call", "email")
_WRONG_PASSWORD, _WRONG_CODE, _TOKEN_OVER, _TOO_MANY = "E0000004", "E0000068", "E0000011", "E0000047"
_LABELS = {"push": "Okta Verify push", "sms": "SMS", "call": "Call", "email": "E-mail"}


class Okta:
    """One sign-in; raises `AuthenticationFailed`, `ServiceError`, `NeedsPerson` and their like."""

    def __init__(self, web: WebSession, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._factors = 0

    def sign_in(self, url: str, person: Person) -> str:
        """Return the SAML response of the application at `url`; may ask, and uses the network."""
        parts = urlsplit(url)
        self._organization = f"{parts.scheme}://{parts.netloc}"
        session_token = self._session_token(person)
        person.hide(session_token)
        parameters = {"checkAccountSetupComplete": "true", "token": session_token, "redirectUrl": url}
        query = urlencode(parameters, errors="replace")
        page = Page(self._web.get(f"{self._organization}/login/sessionCookieRedirect?{query}"))
        response = page.saml_response()
        if response is None:
            raise unknown_page(NAME, "opening the AWS application", page)
        return response

    def _session_token(self, person: Person) -> str:
        while True:
            options = {"multiOptionalFactorEnroll": False, "warnBeforePasswordExpired": False}
            # The password first: where neither is known, one form asks for both.
            password = person.password
            answer = self._post(
                "/api/v1/authn", {"username": person.username, "password": password, "options": options}
            )
            if _error_code(answer) != _WRONG_PASSWORD:
                break
            person.refuse_password("Okta does not know this user with this password.")
        return self._next(answer, person)

    def _next(self, answer: Mapping[str, Any], person: Person) -> str:
        """Go on from what the API says: to the session token, or through a second factor."""
        status = answer.get("status")
        if status == "SUCCESS" and isinstance(answer.get("sessionToken"), str):
            return str(answer["sessionToken"])
        if status == "MFA_REQUIRED" and self._factors < MOST_FACTORS:
            self._factors += 1
            return self._second_factor(answer, person)
        raise _OBSTACLES.get(str(status), _unknown_status)(answer)

    def _second_factor(self, answer: Mapping[str, Any], person: Person) -> str:
        known = _labelled(
            factor
            for factor in _factors(answer)
            if factor.get("factorType") in (*_PUSH, *_SHOWN, *_SENT) and _is_ours(factor, self._organization)
        )
        if not known:
            offered = ", ".join(sorted({str(f.get("factorType")) for f in _factors(answer)})) or "none"
            raise AuthenticationFailed(
                f"Okta asks for a second factor that this driver cannot serve: {plain_text(offered, limit=100)}",
                hints=[_BROWSER],
            )
        label = person.choose_factor(list(known))
        factor, state = known[label], str(answer.get("stateToken", ""))
        if factor["factorType"] in _PUSH:
            return self._approved(factor, state, person)
        if factor["factorType"] in _SENT:
            self._verify(factor, {"stateToken": state})
        for attempt in range(MOST_CODES):
            code = person.code(label)
            verified = self._verify(factor, {"stateToken": state, "passCode": code})
            if _error_code(verified) != _WRONG_CODE:
                return self._next(verified, person)
            if attempt < MOST_CODES - 1:
                person.warn("Okta did not accept that code.")
        raise AccessDenied(f"Okta did not accept {MOST_CODES} codes of {label}", hints=[person.try_again])

    def _approved(self, factor: Mapping[str, Any], state: str, person: Person) -> str:
        deadline = self._clock.now() + APPROVAL_SECONDS
        answer = self._verify(factor, {"stateToken": state})
        number = _number(answer)
        if not number and _is_waiting(answer):
            # With number matching, the number may come with the first poll only.
            answer = self._verify(factor, {"stateToken": state})
            number = _number(answer)
        with person.approving(_device(factor), deadline, number=number):
            while _is_waiting(answer):
                if self._clock.now() >= deadline:
                    raise SignInExpired("nobody approved the sign-in on the device in time", hints=[person.try_again])
                self._clock.sleep(POLL_SECONDS)
                answer = self._verify(factor, {"stateToken": state})
        result = answer.get("factorResult")
        if result == "REJECTED":
            raise AccessDenied("the sign-in was refused on the device", hints=[person.try_again])
        if result == "TIMEOUT":
            raise SignInExpired("nobody approved the sign-in on the device in time", hints=[person.try_again])
        return self._next(answer, person)

    def _verify(self, factor: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
        return self._post(urlsplit(factor["_links"]["verify"]["href"]).path, body)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._web.post(f"{self._organization}{path}", json=body, headers={"Accept": "application/json"})
        try:
            content = json.loads(answer.text)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise unknown_page(NAME, f"asking {path}", Page(answer))
        if answer.status != 200 and _error_code(content) not in (_WRONG_PASSWORD, _WRONG_CODE):
            _refused(answer, content)
        return content


def _refused(answer: WebAnswer, content: Mapping[str, Any]) -> NoReturn:
    code, said = _error_code(content), plain_text(str(content.get("errorSummary", "")), limit=200)
    if code == _TOKEN_OVER:
        raise SignInExpired("the sign-in at Okta took too long", hints=["run the command again"])
    if code == _TOO_MANY or answer.status >= 500:
        parts = urlsplit(answer.url)
        raise ServiceError(
            f"Okta cannot answer now: {said or f'HTTP {answer.status}'}",
            operation="okta:Authenticate",
            endpoint=f"{parts.scheme}://{parts.netloc}",
            code=code or f"HTTP{answer.status}",
            retryable=True,
            hints=["try again in a minute"],
        )
    raise AccessDenied(
        f"Okta refused the sign-in: {said or f'HTTP {answer.status}'}{f' ({code})' if code else ''}",
        hints=["check that `url` is the address of the AWS application", _BROWSER],
    )


def _error_code(content: Mapping[str, Any]) -> str:
    return plain_text(str(content.get("errorCode") or ""), limit=20)


def _factors(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    embedded = answer.get("_embedded")
    factors = embedded.get("factors") if isinstance(embedded, Mapping) else None
    return [f for f in factors if isinstance(f, Mapping)] if isinstance(factors, list) else []


def _labelled(factors: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the factors by what a person reads, two that read the same by number."""
    found: dict[str, Mapping[str, Any]] = {}
    for factor in factors:
        label = _label(factor)
        alike = sum(other == label or other.startswith(f"{label} #") for other in found)
        found[f"{label} #{alike + 1}" if alike else label] = factor
    return found


def _is_ours(factor: Mapping[str, Any], organization: str) -> bool:
    """Tell whether the factor is verified where we sign in: nobody else gets our state token."""
    try:
        href = factor["_links"]["verify"]["href"]
    except (KeyError, TypeError):
        return False
    return isinstance(href, str) and href.startswith(f"{organization}/")


def _device(factor: Mapping[str, Any]) -> str:
    profile = factor.get("profile")
    name = profile.get("name") if isinstance(profile, Mapping) else None
    return f'on "{plain_text(str(name), limit=40)}"' if name else "on your phone"


def _label(factor: Mapping[str, Any]) -> str:
    kind = str(factor.get("factorType"))
    profile = factor.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    what = (
        _LABELS.get(kind)
        or f"Code of {'Google Authenticator' if factor.get('provider') == 'GOOGLE' else 'Okta Verify'}"
    )
    which = next((profile[n] for n in ("name", "phoneNumber", "email", "credentialId") if profile.get(n)), "")
    return plain_text(f"{what} ({which})" if which else what, limit=80)


def _is_waiting(answer: Mapping[str, Any]) -> bool:
    return answer.get("status") == "MFA_CHALLENGE" and answer.get("factorResult") == "WAITING"


def _number(answer: Mapping[str, Any]) -> str:
    try:
        return plain_text(str(answer["_embedded"]["factor"]["_embedded"]["challenge"]["correctAnswer"]), limit=10)
    except (KeyError, TypeError):
        return ""


def _locked(_: Mapping[str, Any]) -> AuthenticationFailed:
    return AccessDenied("your Okta account is locked", hints=["unlock it at Okta, or ask its administrator"])


def _expired(_: Mapping[str, Any]) -> AuthenticationFailed:
    return AccessDenied("your Okta password has expired", hints=["sign in to Okta in a browser, and choose a new one"])


def _not_enrolled(_: Mapping[str, Any]) -> AuthenticationFailed:
    return AccessDenied(
        "Okta wants you to set up a second factor first", hints=["sign in to Okta in a browser, and set one up"]
    )


def _unknown_status(answer: Mapping[str, Any]) -> AuthenticationFailed:
    status = plain_text(str(answer.get("status")), limit=40)
    return AuthenticationFailed(f"Okta asks for something that this driver does not know: {status}", hints=[_BROWSER])


_OBSTACLES = {
    "LOCKED_OUT": _locked,
    "PASSWORD_EXPIRED": _expired,
    "MFA_ENROLL": _not_enrolled,
    "MFA_ENROLL_ACTIVATE": _not_enrolled,
}
