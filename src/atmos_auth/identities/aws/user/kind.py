"""The order of things for an IAM user: keys from the configuration, then from the keyring, then the browser."""

from collections.abc import Callable, Mapping
from hashlib import sha1
from typing import ClassVar

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AuthenticationFailed, Cancelled, KeysRejected, NeedsPerson, UsageError
from atmos_auth.domain.fields import Field
from atmos_auth.domain.ports import Tools
from atmos_auth.identities.aws.user.browser_session import BrowserSignIn
from atmos_auth.identities.aws.user.key_session import KeySession
from atmos_auth.identities.aws.user.keys import (
    UserKeys,
    configure_command,
    configured_keys,
    key_fields,
    keys_from_answers,
    stored_keys,
)
from atmos_auth.identities.aws.user.settings import AwsUserSettings


class AwsUser:
    """Sessions of an IAM user; long-lived keys never leave it."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = AwsUserSettings

    def __init__(self, name: str, settings: AwsUserSettings, tools: Tools) -> None:
        self.sign_in = user_session(name)
        self._name = name
        self._settings = settings
        self._tools = tools
        self._keys = KeySession(name, settings, tools)
        self._browser = BrowserSignIn(name, settings, tools)

    def refresh(self, stale: AwsCredentials) -> AwsCredentials | None:
        """Renew a sign-in through the browser; None where keys are used, or where the twelve hours are over."""
        if not self._settings.credentials.webflow_enabled or self._find_keys() is not None:
            return None
        renewed = self._browser.renew()
        return self._of_this_user(renewed) if renewed is not None else None

    def authenticate(self, previous: None) -> AwsCredentials:
        """Begin a session; may ask for an MFA code, for new keys if the stored ones are dead, or open the browser.

        Raises `InvalidSetting`, `StoreError`, `KeysRejected`, `AccessDenied`, `NeedsPerson`, `Cancelled`.
        """
        keys = self._find_keys()
        if keys is not None:
            return self._of_this_user(self._with_keys(keys))
        if self._settings.credentials.webflow_enabled:
            renewed = self._browser.renew()
            return self._of_this_user(renewed if renewed is not None else self._browser.sign_in())
        return self._of_this_user(self._with_keys_of_person())

    def federate(self, duration_seconds: int) -> AwsCredentials:
        """Return credentials that may sign in to the web console; uses the network, may ask a keyring's password.

        Raises `AuthenticationFailed` where there are no keys: AWS lets no other session of a user sign in.
        """
        keys = self._find_keys()
        if keys is None:
            raise AuthenticationFailed(
                f'"{self._name}" has no keys, and without them AWS lets no user sign in to the web console from here',
                hints=[
                    "open the console in the browser that you signed in with: there you are this user already",
                    "or open it as a role: atmos auth console --identity ROLE",
                    f"or store the user's keys: {configure_command(self._name)}",
                ],
            )
        return self._keys.federate(keys, duration_seconds=duration_seconds)

    def through_browser(self) -> "BrowserOnlyUser":
        """Return the kind that ignores every stored credential; raises `AuthenticationFailed` where that is off."""
        if not self._settings.credentials.webflow_enabled:
            raise AuthenticationFailed(
                f'browser authentication is disabled for "{self._name}"',
                hints=["set `credentials.webflow_enabled: true`, or leave --webflow out"],
            )
        return BrowserOnlyUser(self._browser, self._once)

    def key_fields(self) -> list[Field] | None:
        """Return what to ask a person for; None when the configuration holds the keys; raises `InvalidSetting`."""
        if configured_keys(self._name, self._settings.credentials) is not None:
            return None
        return key_fields(
            mfa_arn=self._settings.credentials.mfa_arn, duration=str(self._settings.session.duration or "")
        )

    def key_entry(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Turn answers, however they were given, into a keyring entry; raises `UsageError` for what does not fit."""
        fields = self.key_fields()
        if fields is None:
            raise UsageError(
                f'the keys of "{self._name}" are in the configuration: nothing is stored beside them',
                hints=["delete access_key_id and secret_access_key there, to keep them in the keyring"],
            )
        for field in fields:
            complaint = field.complaint(field.answer(answers.get(field.name, "")))
            if complaint:
                raise UsageError(complaint, hints=[configure_command(self._name)])
        # What the configuration says stays there: a copy in the keyring would outlive it.
        own = {f.name for f in fields if not f.read_only}
        return keys_from_answers({name: value for name, value in answers.items() if name in own}).entry

    def is_signed_in_to_browser(self) -> bool:
        """Tell whether there is a sign-in through the browser, over or not."""
        return self._tools.browser_sessions.read(self._name) is not None

    def sign_out_of_browser(self) -> bool:
        """Forget the sign-in through the browser, refresh token and key; tell whether there was one."""
        if not self.is_signed_in_to_browser():
            return False
        # A renewal that is under way would write its token after we are gone.
        with self._tools.browser_sessions.exclusive(self._name):
            return self._tools.browser_sessions.remove(self._name)

    def _find_keys(self) -> UserKeys | None:
        configured = configured_keys(self._name, self._settings.credentials)
        return configured if configured is not None else stored_keys(self._name, self._tools.keys)

    def _with_keys(self, keys: UserKeys) -> AwsCredentials:
        try:
            return self._keys.begin(keys)
        except KeysRejected as rejection:
            # Only a person can bring keys back, so only in front of one are they thrown away.
            if keys.in_configuration or not self._tools.prompter.can_ask:
                raise
            self._tools.prompter.warn(" ".join((f"{rejection.message}; they are removed.", *rejection.details[:1])))
        # Stale keys would be met again by every command after this one, and an old sign-in may be another user's.
        self._tools.keys.remove(self._name)
        self.sign_out_of_browser()
        try:
            return self._with_keys_of_person()
        except Cancelled as cancelled:
            raise Cancelled(
                f'no new keys were stored for "{self._name}"; the stale ones were removed from the keyring',
                hints=[configure_command(self._name)],
            ) from cancelled

    def _with_keys_of_person(self) -> AwsCredentials:
        """Ask for keys, use them, and keep them once AWS has accepted them."""
        if not self._tools.prompter.can_ask:
            raise NeedsPerson(f'aws user not configured: "{self._name}"', hints=[configure_command(self._name)])
        header = f"⚠ AWS credentials are required for identity: {self._name}"
        fields = [f._replace(title="MFA ARN") if f.name == "mfa_arn" else f for f in self.key_fields() or []]
        entry = self.key_entry(self._tools.prompter.form(header, fields))
        session = self._keys.begin(keys_from_answers(entry))
        self._tools.keys.put(self._name, entry)
        self._tools.prompter.say(f"✓ Credentials saved to keyring: {self._name}")
        return session

    def _once(self, session: AwsCredentials) -> AwsCredentials:
        """Take a sign-in that was asked for by name: where there are keys, they speak for the identity after it."""
        if self._find_keys() is not None:
            self.sign_out_of_browser()
            self._tools.prompter.say(f'This sign-in is for once: after it the keys of "{self._name}" are used again.')
        return self._of_this_user(session)

    def _of_this_user(self, session: AwsCredentials) -> AwsCredentials:
        """Mark what comes from this user, so that it can be dropped when the user changes."""
        return session._replace(session=user_session(self._name))


class BrowserOnlyUser:
    """The same user when asked for by `--webflow`: nothing stored is heeded."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = AwsUserSettings

    def __init__(self, browser: BrowserSignIn, accept: Callable[[AwsCredentials], AwsCredentials]) -> None:
        self._browser = browser
        self._accept = accept

    def authenticate(self, previous: None) -> AwsCredentials:
        """Sign in through the browser, whatever is stored."""
        return self._accept(self._browser.sign_in())


def user_session(name: str) -> str:
    """Name the sign-in that everything derived from this identity's user depends on."""
    return sha1(f"aws/user|{name.lower()}".encode(), usedforsecurity=False).hexdigest()
