"""Walking through the plain pages of an identity provider, form by form, as a script of it says."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed, SignInExpired
from atmos_auth.domain.ports import Clock, WebSession
from atmos_auth.providers.aws.saml.drivers.html_pages import BROWSER_HINT, Form, Page, server_of, unknown_page
from atmos_auth.providers.aws.saml.person import MOST_CODES, Person

APPROVAL_SECONDS = 180
POLL_SECONDS = 2
# Pages beyond those of an approval; a real sign-in takes about five.
MOST_PAGES = 25


class Obstacle(NamedTuple):
    """A page that ends the sign-in: how it is known, what it means, and what a person can do."""

    is_met: Callable[[Page], bool]
    message: str
    hints: tuple[str, ...]


class Script(NamedTuple):
    """How the pages of one identity provider look.

    `username`, `password` and `code` are the names of the fields that a person types into; `errors` the ids of the
    elements that say what was wrong; `waits` tells a form that only waits for a device, `number` the ids of what to
    choose there; `sent_code` are words for a code, by a piece of the page's address or the form's AuthMethod.
    """

    name: str
    username: tuple[str, ...]
    password: tuple[str, ...]
    code: tuple[str, ...]
    errors: tuple[str, ...]
    number: tuple[str, ...]
    waits: Callable[[Page, Form], bool]
    obstacles: tuple[Obstacle, ...]
    code_digits: int | None = None


class FormWalk:
    """One sign-in by a script; raises `AuthenticationFailed`, `ServiceError`, `NeedsPerson` and their like."""

    def __init__(self, script: Script, web: WebSession, clock: Clock) -> None:
        self._script = script
        self._web = web
        self._clock = clock
        self._codes = 0
        self._sent: set[str] = set()
        self._step = "opening the sign-in page"

    def sign_in(self, url: str, person: Person) -> str:
        """Return the SAML response of the application at `url`; may ask, and uses the network."""
        self._server = server_of(url)
        page = Page(self._web.get(url))
        for _ in range(MOST_PAGES):
            response = page.saml_response()
            if response is not None:
                return response
            self._stop_at_obstacle(page)
            page = self._next(page, person)
        raise unknown_page(self._script.name, "the same pages again and again", page)

    def _stop_at_obstacle(self, page: Page) -> None:
        for obstacle in self._script.obstacles:
            if obstacle.is_met(page):
                said = page.text_of(self._script.errors)
                raise AccessDenied(
                    obstacle.message,
                    details=[f"the page says: {said}"] if said else [f"the page at {page.place}"],
                    hints=obstacle.hints,
                )

    def _next(self, page: Page, person: Person) -> Page:
        script = self._script
        for form in page.forms:
            password, username = _first(form, script.password), _first(form, script.username)
            code = _first(form, script.code)
            if password:
                return self._give_password(page, form, username, password, person)
            if username:
                return self._give_username(page, form, username, person)
            if code:
                return self._give_code(page, form, code, person)
            if script.waits(page, form):
                return self._await_approval(page, form, person)
        if self._step == "opening the sign-in page" and page.status != 200:
            raise AuthenticationFailed(
                f"there is no sign-in page at {page.place}: HTTP {page.status}", hints=["check `url`"]
            )
        raise unknown_page(script.name, self._step, page)

    def _give_password(self, page: Page, form: Form, username: str, password: str, person: Person) -> Page:
        if "password" in self._sent:
            person.refuse_password(page.text_of(self._script.errors))
        # The password first: where neither is known, one form asks for both.
        answers = {password: person.password}
        if username:
            answers[username] = person.username
        return self._submit(form, answers, "password")

    def _give_username(self, page: Page, form: Form, username: str, person: Person) -> Page:
        said = page.text_of(self._script.errors)
        if "username" in self._sent:
            raise AccessDenied(
                f"the identity provider does not know {person.username}",
                details=[said] if said else [],
                hints=["check the provider's `username`, or type another one"],
            )
        return self._submit(form, {username: person.username}, "username")

    def _give_code(self, page: Page, form: Form, code: str, person: Person) -> Page:
        said = page.text_of(self._script.errors)
        if "code" in self._sent and said:
            self._codes += 1
            if self._codes >= MOST_CODES:
                raise AccessDenied(
                    f"the identity provider did not accept {MOST_CODES} codes",
                    details=[said],
                    hints=["check that the device's clock is right", person.try_again],
                )
            person.warn(said)
        about = f"Code for {page.place.split('/')[2]}"
        return self._submit(form, {code: person.code(about, digits=self._script.code_digits)}, "code")

    def _await_approval(self, page: Page, form: Form, person: Person) -> Page:
        deadline = self._clock.now() + APPROVAL_SECONDS
        number = page.text_of(self._script.number)
        with person.approving("on your phone", deadline, number=number):
            while True:
                self._clock.sleep(POLL_SECONDS)
                page = self._submit(form, {}, "approval")
                waiting = next((other for other in page.forms if self._script.waits(page, other)), None)
                said = page.text_of(self._script.errors)
                if said:
                    raise AccessDenied(
                        "the sign-in was not approved on the device", details=[said], hints=[person.try_again]
                    )
                if waiting is None:
                    return page
                if self._clock.now() >= deadline:
                    raise SignInExpired("nobody approved the sign-in on the device in time", hints=[person.try_again])
                form = waiting

    def _submit(self, form: Form, answers: Mapping[str, str], step: str) -> Page:
        if server_of(form.action) != self._server:
            raise AccessDenied(
                f"the sign-in page would send the {step} to {server_of(form.action)}, not to {self._server}: refused",
                hints=["check `url`: it must be the address where you sign in", BROWSER_HINT],
            )
        self._step = f"sending the {step}"
        self._sent.add(step)
        return Page(self._web.post(form.action, form=form.filled(answers)))


def _first(form: Form, names: tuple[str, ...]) -> str:
    """Return the first of these names that a person types into in this form, or the empty text."""
    return next((name for name in names if name in form.typed), "")
