"""Which source comes first, and that no session ever takes the place of a long-lived key."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from atmos_auth.domain import errors
from atmos_auth.testing import FakeListen

PAIR = {"access_key_id": "AKIASAMPLE", "secret_access_key": "sample/secret"}
STORED = {"access_key_id": "AKIASTORED", "secret_access_key": "stored/secret"}


def used(world) -> str:
    """Which keys were used first."""
    return world.aws.calls[0].credentials.access_key_id


def test_the_configuration_comes_first(world, signed_in):
    world.keys.put("me", STORED)
    world.sessions.write("me", signed_in())
    world.aws.sessions(1)
    world.user(credentials=PAIR).authenticate(None)
    assert used(world) == "AKIASAMPLE"


def test_then_the_keyring(world, signed_in):
    world.keys.put("me", STORED)
    world.sessions.write("me", signed_in())
    world.aws.sessions(1)
    world.user(credentials={"access_key_id": "", "secret_access_key": ""}).authenticate(None)
    assert used(world) == "AKIASTORED"


def test_then_the_browser(world, scripted):
    world.aws.answer(scripted.TOKEN, scripted.token())
    assert world.user().authenticate(None).access_key_id == "ASIABROWSER1"


@pytest.mark.parametrize(
    "half",
    [{"access_key_id": "AKIA"}, {"secret_access_key": "s"}, {"access_key_id": "AKIA", "secret_access_key": ""}],
)
def test_half_a_key_in_the_configuration_stops_before_all_else(world, signed_in, half):
    world.keys.put("me", STORED)
    world.sessions.write("me", signed_in())
    for attempt in (lambda user: user.authenticate(None), lambda user: user.refresh(None)):
        with pytest.raises(errors.InvalidSetting, match="both must be provided"):
            attempt(world.user(credentials=half))
    assert (world.aws.calls, world.browser.opened) == ([], [])


@pytest.mark.parametrize(
    "failure",
    [
        errors.EntryUnreadable("the entry is damaged"),
        errors.WrongPassword("wrong keyring password"),
        errors.PasswordMissing("keyring password required"),
        errors.StoreTimedOut("the keyring does not answer"),
        errors.StoreLocked("the keyring is locked"),
        errors.StoreError("no keyring here"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_keyring_that_cannot_be_read_stops_and_opens_no_browser(world, signed_in, failure):
    class Broken(type(world.keys)):
        def get(self, name):
            raise failure

    world.keys = Broken()
    world.sessions.write("me", signed_in())
    for attempt in (lambda user: user.authenticate(None), lambda user: user.refresh(None)):
        with pytest.raises(errors.StoreError) as met:
            attempt(world.user())
        assert met.value is failure
    assert (world.aws.calls, world.browser.opened, world.prompter.questions) == ([], [], [])


def test_what_comes_from_one_user_is_marked_alike_whatever_the_source(world, scripted):
    world.aws.sessions(1)
    world.aws.answer(scripted.TOKEN, scripted.token())
    by_keys = world.user(credentials=PAIR).authenticate(None)
    by_browser = world.user(name="ME").authenticate(None)
    other = world.user(name="you", credentials=PAIR)
    assert by_keys.session == by_browser.session == world.user().sign_in
    assert other.sign_in != by_keys.session


def test_a_keyring_in_another_case_is_the_same_identitys(world):
    world.keys.put("Me", STORED)
    world.aws.sessions(1)
    world.user(name="mE").authenticate(None)
    assert used(world) == "AKIASTORED"


class Months(RuleBasedStateMachine):
    """Whatever a person and AWS do in whatever order, the keyring holds a long-lived key or none."""

    number = 0

    @initialize()
    def begin(self) -> None:
        self.world = self.make_world()  # type: ignore[attr-defined]
        self.entries: set[str] = set()

    def typed(self) -> dict[str, str]:
        self.number += 1
        self.entries.add(f"AKIA{self.number}")
        return {"access_key_id": f"AKIA{self.number}", "secret_access_key": f"typed-{self.number}"}

    def attempt(self, action: str, **options: object) -> None:
        user = self.world.user(**options)
        try:
            if action == "refresh":
                user.refresh(None)
            elif action == "browser":
                user.through_browser().authenticate(None)
            else:
                user.authenticate(None)
        except (errors.AtmosAuthError, AssertionError, IndexError):
            return  # nothing scripted, or refused

    @rule(action=st.sampled_from(["authenticate", "refresh", "browser"]), webflow=st.booleans())
    def log_in(self, action: str, webflow: bool) -> None:
        self.number += 1
        self.world.aws._scripts.clear()
        self.world.aws.sessions(self.number)
        self.world.aws.answer("signin:CreateOAuth2Token", self.answers.token(self.number))  # type: ignore[attr-defined]
        self.attempt(action, credentials={"webflow_enabled": webflow})

    @rule(
        outcome=st.sampled_from(["ok", "InvalidClientTokenId", "AccessDenied", "ExpiredToken", "ServiceUnavailable"]),
        cancels=st.booleans(),
        can_ask=st.booleans(),
    )
    def meet_dead_keys(self, outcome: str, cancels: bool, can_ask: bool) -> None:
        self.world.aws._scripts.clear()
        self.world.aws.fail("sts:GetSessionToken", "InvalidClientTokenId", status=403)
        self.number += 1
        if outcome == "ok":
            self.world.aws.sessions(self.number)
        else:
            self.world.aws.fail("sts:GetSessionToken", outcome, status=403)
        self.world.answers(None if cancels else self.typed(), can_ask=can_ask)
        self.attempt("authenticate", credentials={"webflow_enabled": False})
        self.world.answers()

    @rule(temporary=st.booleans())
    def configure(self, temporary: bool) -> None:
        answers = self.typed()
        if temporary:
            answers |= {"access_key_id": "ASIASTOLEN", "session_token": "t"}
        user = self.world.user()
        try:
            self.world.keys.put("me", user.key_entry(answers))
        except errors.AtmosAuthError:
            assert temporary

    @rule()
    def be_denied_in_the_browser(self) -> None:
        self.world.listen = FakeListen(errors.AccessDenied("no"))
        self.attempt("browser")
        self.world.listen = FakeListen()

    @rule()
    def sign_out(self) -> None:
        self.world.user().sign_out_of_browser()

    @rule()
    def wait(self) -> None:
        self.world.clock.advance(3600)

    @invariant()
    def only_typed_keys_are_kept(self) -> None:
        if not hasattr(self, "world"):
            return
        entry = self.world.keys.get("me")
        assert entry is None or entry["access_key_id"] in self.entries
        assert entry is None or entry["secret_access_key"].startswith("typed-")
        assert entry is None or set(entry) <= {"access_key_id", "secret_access_key", "mfa_arn", "session_duration"}


def test_no_session_ever_replaces_a_key(make_world, scripted):
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("MonthsHere", (Months,), {"make_world": staticmethod(make_world), "answers": scripted})
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))
