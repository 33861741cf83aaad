"""The person behind a scripted sign-in: a name, a password, a second factor, each asked for once, when it is needed."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from atmos_auth.domain.errors import AccessDenied, NeedsPerson
from atmos_auth.domain.fields import Field
from atmos_auth.domain.ports import Tools
from atmos_auth.providers.aws.saml.settings import SamlSettings

# Most directories lock an account after five wrong passwords, some after three.
MOST_PASSWORDS = 2
MOST_CODES = 3
_BROWSER = "or sign in in a browser: `driver: Browser`"


def keyring_entry(provider: str) -> str:
    """Name the keyring entry of a provider's password; identities of that name would be odd ones."""
    return f"saml:{provider}"


class Person:
    """Answers for one sign-in: from the configuration, from the keyring, or from whoever sits at the terminal.

    What is asked raises `NeedsPerson` where nobody can answer and `Cancelled` when they do not want to. `provider` is
    the configured name; the password of a provider that remembers is kept in the keyring under it.
    """

    def __init__(self, provider: str, settings: SamlSettings, tools: Tools) -> None:
        self._provider = provider
        self._settings = settings
        self._tools = tools
        self._entry = keyring_entry(provider)
        self._username = settings.username
        self._password = settings.password
        self._is_typed = self._is_stored = False
        self._refusals = 0

    @property
    def username(self) -> str:
        """The name to sign in with."""
        if not self._username:
            self._recall()
        if not self._username:
            self._username = self._ask([Field("username", "Username")])["username"]
        return self._username

    @property
    def password(self) -> str:
        """The password that belongs to the name."""
        if not self._password:
            self._recall()
        if not self._password:
            # One form for both, where neither is known.
            fields = [Field("password", "Password", secret=True)]
            if not self._username:
                fields.insert(0, Field("username", "Username"))
            answers = self._ask(fields)
            self._username = answers.get("username", self._username)
            self._password, self._is_typed = answers["password"], True
        self._tools.log.hide([self._password])
        return self._password

    def refuse_password(self, said: str) -> None:
        """Take the password back, so that it is asked for once more.

        Raises `AccessDenied` with what the identity provider `said` when nobody can be asked, or after two.
        """
        self._refusals += 1
        if self._is_stored:
            self._tools.keys.remove(self._entry)
        where = "" if self._is_typed else " from the keyring" if self._is_stored else " from the configuration"
        if self._refusals >= MOST_PASSWORDS or not self._tools.prompter.can_ask or where.endswith("configuration"):
            raise AccessDenied(
                f"the identity provider did not accept the password{where} of {self._username}",
                details=[said] if said else [],
                hints=[self.try_again, _BROWSER],
            )
        self._tools.prompter.warn(said or "That password was not accepted.")
        self._password, self._is_stored = "", False

    def remember(self) -> None:
        """Keep a password that was typed and accepted, if the configuration says so; raises `StoreError`."""
        if self._settings.remember_password and self._is_typed:
            self._tools.keys.put(self._entry, {"username": self._username, "password": self._password})

    def choose_factor(self, factors: Sequence[str]) -> str:
        """Return one of the second factors, in words; the only one is not asked about."""
        if len(factors) == 1:
            return factors[0]
        with self._helpful():
            return self._tools.prompter.choose("Choose a second factor:", factors)

    def code(self, description: str, *, digits: int | None = 6) -> str:
        """Return a code of a second factor; of any form, where `digits` is None."""
        prompter = self._tools.prompter
        with self._helpful():
            if digits is not None:
                return prompter.code("Enter MFA Token", description, digits=digits)
            return prompter.form(description, [Field("code", "Verification code", secret=True)])["code"]

    def approving(self, where: str, until: float, *, number: str = "") -> AbstractContextManager[None]:
        """Show, while the block runs, what is to be approved on another device, and the number to choose there."""
        prompter = self._tools.prompter
        if not prompter.can_show:
            raise NeedsPerson(f"the sign-in must be approved {where}", hints=[self.try_again])
        what = f"and choose {number} there" if number else "there"
        message = f"Approve the sign-in {where}, {what}" if number else f"Approve the sign-in {where}"
        return prompter.waiting(message, until)

    def hide(self, secret: str) -> None:
        """Keep a secret of this sign-in out of every log and message."""
        self._tools.log.hide([secret])

    def warn(self, message: str) -> None:
        """Say that something was wrong."""
        self._tools.prompter.warn(message)

    @property
    def try_again(self) -> str:
        """The command that begins this sign-in again."""
        return "run the command again"

    def _ask(self, fields: Sequence[Field]) -> dict[str, str]:
        variables = "without a person, give the provider `username` and `password: !env NAME`, and set the variables"
        with self._helpful(variables):
            return self._tools.prompter.form(f"Sign in to {self._settings.url.partition('?')[0]}", fields)

    @contextmanager
    def _helpful(self, *more: str) -> Iterator[None]:
        """Say what helps where nobody can be asked."""
        try:
            yield
        except NeedsPerson as nobody:
            nobody.hints = (*nobody.hints, "run it in a terminal", *more)
            raise

    def _recall(self) -> None:
        """Fill in what the keyring keeps, if this provider uses it; another name's password is of no use."""
        if not self._settings.remember_password or self._is_stored or self._refusals:
            return
        stored = self._tools.keys.get(self._entry) or {}
        name = stored.get("username", "")
        if not name or self._username not in ("", name):
            return
        self._username = name
        if not self._password:
            self._password, self._is_stored = stored["password"], True
