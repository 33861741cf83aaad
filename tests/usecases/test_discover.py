"""What a person has at a portal: found once, kept, gone on with, shared."""

import itertools
import threading
import time
from pathlib import Path

import pytest

from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import CredentialRejected, InvalidSetting, LockTimeout, NeedsPerson, ServiceError
from atmos_auth.domain.provisioned import FRESH_SECONDS
from atmos_auth.engine.single_flight import PATIENCE_SECONDS, SingleFlight
from atmos_auth.host.locks import locked
from atmos_auth.host.paths import Paths
from atmos_auth.stores.provisioned_files import UNFINISHED_SECONDS, ProvisionedFiles
from atmos_auth.testing import FakeClock, FakePrompter, aws_credentials, sso_token
from atmos_auth.usecases.discover import Discovery, portal_of
from portal_double import DEAD, DOWN, GONE, TOO_MANY, PortalDouble

PORTAL = "providers: { corp: { kind: aws/iam-identity-center, region: us-east-1, start_url: https://x/start } }"
ACCOUNTS = 12


class SignIns:
    """An authenticator whose portal sessions are numbered; `silently` tells whether it renews without a person."""

    def __init__(self, *, silently: bool = True, gives: object = None) -> None:
        self.silently = silently
        self.gives = gives
        self.asked: list[str] = []
        self.is_silent = False
        self.number = 1

    def silent(self) -> "SignIns":
        quiet = SignIns(silently=self.silently)
        quiet.is_silent, quiet.asked, quiet.number = True, self.asked, self.number
        return quiet

    def credential(self, chain, *, rejected: SsoToken | None = None) -> SsoToken:
        if self.gives is not None:
            return self.gives
        if rejected is not None:
            self.asked.append("silently" if self.is_silent else "with a person")
            if self.is_silent and not self.silently:
                raise NeedsPerson("nobody may be asked")
            self.number = int(rejected.access_token) + 1
        return sso_token(access_token=str(self.number))


class Desk:
    """Runs over one home; each run is a new process, as it were."""

    def __init__(self, folder: Path, chain) -> None:
        self.folder = folder
        self.chain = chain
        self.clock = FakeClock()
        self.prompter = FakePrompter()
        self.portal = PortalDouble(ACCOUNTS)
        self.sign_ins = SignIns()
        self.files = ProvisionedFiles(Paths({"HOME": str(folder)}), warn=self.prompter.warn)

    def run(self) -> Discovery:
        return Discovery(
            files=self.files,
            flights=SingleFlight(str(self.folder / "locks"), clock=self.clock, asked_at=self.clock.now()),
            authenticator=lambda: self.sign_ins,
            aws=lambda: self.portal,
            clock=self.clock,
            prompter=self.prompter,
            random_bytes=bytes,
        )

    def fails(self, failure: Exception, after: int) -> None:
        """Let every request for roles fail after so many."""
        number = itertools.count()
        self.portal.meddle = lambda operation, _: (
            failure if operation == "ListAccountRoles" and next(number) >= after else None
        )

    def fails_at(self, account: str, failure: Exception) -> None:
        self.portal.meddle = lambda _, parameters: failure if parameters.get("accountId") == account else None

    def recovers(self) -> None:
        self.portal.meddle = lambda *_: None
        self.portal.calls.clear()
        self.clock.advance(1)


@pytest.fixture
def desk(tmp_path, catalog_of, resolver_of) -> Desk:
    return Desk(tmp_path, resolver_of(catalog_of(PORTAL)).provider("corp"))


def test_everything_is_found_and_written(desk):
    found = desk.run().look(desk.chain)
    assert (found.accounts, len(found.identities), found.missed) == (ACCOUNTS, 2 * ACCOUNTS, 0)
    assert found.identities["account 0003/Admin"].account_id == "000000000003"
    assert desk.files.read("corp", portal_of(desk.chain)).identities == found.identities
    assert desk.files.unfinished("corp", portal_of(desk.chain), desk.clock.now()) is None


def test_progress_is_told_with_counts_and_time_left(desk):
    desk.portal = PortalDouble(300)
    desk.run().look(desk.chain)
    last = desk.prompter.progress[-1]
    assert (last.what, last.done, last.total, last.unit, last.found) == ("corp", 300, 300, "accounts", "600 roles")
    assert last.seconds_left == 0
    assert any(p.total == 300 and p.seconds_left > 0 for p in desk.prompter.progress)
    assert all(p.total is None or p.done <= p.total for p in desk.prompter.progress)


def test_what_is_at_hand_is_recent_and_complete(desk):
    run = desk.run()
    assert run.at_hand(desk.chain) is None
    assert run.is_due(desk.chain)
    found = run.look(desk.chain)
    assert run.at_hand(desk.chain).identities == found.identities
    assert not run.is_due(desk.chain)
    desk.clock.advance(FRESH_SECONDS)
    assert run.at_hand(desk.chain) is None
    assert run.is_due(desk.chain)


def test_another_portals_list_is_not_at_hand(desk, catalog_of, resolver_of):
    desk.run().look(desk.chain)
    other = resolver_of(catalog_of(PORTAL.replace("us-east-1", "eu-west-1"))).provider("corp")
    assert desk.run().at_hand(other) is None
    assert desk.run().is_due(other)


def test_nothing_is_written_where_there_is_nothing(desk):
    desk.portal = PortalDouble(0)
    assert desk.run().look(desk.chain).identities == {}
    assert not desk.files.exists("corp")


def test_a_look_that_failed_is_gone_on_with(desk):
    desk.portal = PortalDouble(60)
    desk.fails(DOWN, after=5)
    with pytest.raises(ServiceError):
        desk.run().look(desk.chain)
    known = set(desk.files.unfinished("corp", portal_of(desk.chain), desk.clock.now()).roles)
    assert known
    desk.recovers()
    found = desk.run().look(desk.chain)
    assert len(found.identities) == 120
    assert set(desk.portal.looked_at()) == set(desk.portal.accounts) - known


def test_after_an_hour_it_is_begun_anew(desk):
    desk.fails_at("000000000012", GONE)
    desk.run().look(desk.chain)
    desk.recovers()
    desk.clock.advance(UNFINISHED_SECONDS)
    desk.run().look(desk.chain)
    assert len(desk.portal.looked_at()) == ACCOUNTS


def test_an_account_that_fails_is_a_warning_and_keeps_what_it_had(desk):
    desk.run().look(desk.chain)
    desk.portal.roles = ("Admin", "Billing")
    desk.fails_at("000000000005", GONE)
    desk.clock.advance(60)
    found = desk.run().look(desk.chain, refresh=True)
    assert found.missed == 1
    assert "account 0005/ReadOnly" in found.identities
    assert "account 0006/ReadOnly" not in found.identities
    (warning,) = desk.prompter.warnings
    assert "1 account could not be looked at: account 0005 (000000000005)" in warning
    assert desk.run().at_hand(desk.chain) is None, "the next look tries again"
    assert not desk.run().is_due(desk.chain), "but a sign-in does not"


def test_an_account_that_failed_is_all_the_next_look_asks_for(desk):
    desk.fails_at("000000000005", GONE)
    assert "account 0005/Admin" not in desk.run().look(desk.chain).identities
    desk.recovers()
    desk.clock.advance(5)
    found = desk.run().look(desk.chain)
    assert desk.portal.looked_at() == ["000000000005"]
    assert len(found.identities) == 2 * ACCOUNTS
    assert desk.run().at_hand(desk.chain) is not None


def test_a_refresh_after_an_incomplete_look_asks_for_everything(desk):
    desk.fails_at("000000000005", GONE)
    desk.run().look(desk.chain)
    desk.recovers()
    desk.clock.advance(5)
    desk.run().look(desk.chain, refresh=True)
    assert len(desk.portal.looked_at()) == ACCOUNTS


def test_many_accounts_that_fail_are_named_in_part(desk):
    desk.portal.meddle = lambda operation, _: GONE if operation == "ListAccountRoles" else None
    assert desk.run().look(desk.chain).missed == ACCOUNTS
    assert "12 accounts could not be looked at: " in desk.prompter.warnings[0]
    assert "and 7 more" in desk.prompter.warnings[0]


def test_being_too_quick_is_seen_and_survived(desk):
    desk.portal = PortalDouble(40)
    refused = itertools.count()
    desk.portal.meddle = lambda *_: TOO_MANY if 10 <= next(refused) < 16 else None
    assert len(desk.run().look(desk.chain).identities) == 80


def test_a_session_that_ends_in_the_middle_is_renewed_silently(desk):
    desk.portal = PortalDouble(60)
    desk.portal.meddle = lambda _, parameters: (
        DEAD if parameters["accessToken"] == "1" and len(desk.portal.calls) > 20 else None
    )
    assert len(desk.run().look(desk.chain).identities) == 120
    assert desk.sign_ins.asked == ["silently"]


def test_a_session_that_ends_in_the_middle_for_good_says_how_to_go_on(desk):
    desk.sign_ins = SignIns(silently=False)
    desk.portal = PortalDouble(60)
    desk.portal.meddle = lambda *_: DEAD if len(desk.portal.calls) > 20 else None
    with pytest.raises(CredentialRejected) as caught:
        desk.run().look(desk.chain)
    assert caught.value.hints[0] == "atmos auth login --provider corp"
    known = desk.files.unfinished("corp", portal_of(desk.chain), desk.clock.now()).roles
    assert known
    desk.recovers()
    assert len(desk.run().look(desk.chain).identities) == 120
    assert not set(known) & set(desk.portal.looked_at())


def test_a_session_that_is_over_at_once_may_ask_a_person_once(desk):
    desk.portal.meddle = lambda _, parameters: DEAD if parameters["accessToken"] == "1" else None
    assert len(desk.run().look(desk.chain).identities) == 2 * ACCOUNTS
    assert desk.sign_ins.asked == ["with a person"]


def test_a_portal_that_takes_no_session_is_not_asked_for_ever(desk):
    desk.portal.meddle = lambda *_: DEAD
    with pytest.raises(CredentialRejected):
        desk.run().look(desk.chain)
    assert desk.sign_ins.asked == ["with a person"]


def test_what_is_no_portal_has_no_list(desk):
    desk.sign_ins = SignIns(gives=aws_credentials())
    with pytest.raises(InvalidSetting, match="no portal"):
        desk.run().look(desk.chain)


def test_ctrl_c_keeps_what_was_found(desk):
    desk.portal = PortalDouble(60)
    desk.portal.meddle = lambda *_: KeyboardInterrupt() if len(desk.portal.calls) > 30 else None
    with pytest.raises(KeyboardInterrupt):
        desk.run().look(desk.chain)
    known = desk.files.unfinished("corp", portal_of(desk.chain), desk.clock.now()).roles
    assert known
    desk.recovers()
    assert len(desk.run().look(desk.chain).identities) == 120
    assert not set(known) & set(desk.portal.looked_at())


@pytest.fixture
def patient(desk) -> Desk:
    """One whose time passes slowly enough for others to do something meanwhile, also on a busy machine."""
    desk.clock.on_sleep = lambda _: time.sleep(0.05)
    return desk


def test_two_looks_at_once_are_one(patient):
    desk = patient
    begun, go_on = threading.Event(), threading.Event()
    desk.portal.meddle = lambda *_: begun.set() or (go_on.wait(20) and None) or None
    found = []
    first = threading.Thread(target=lambda: found.append(desk.run().look(desk.chain)))
    first.start()
    assert begun.wait(20)

    class Waiting(FakePrompter):
        def waiting(self, message, until):
            go_on.set()
            return super().waiting(message, until)

    desk.prompter = Waiting()
    found.append(desk.run().look(desk.chain, refresh=True))
    first.join()
    assert desk.prompter.waits == [f"Waiting for process {_pid()}, which is looking at the accounts and roles of corp"]
    assert len(desk.portal.looked_at()) == ACCOUNTS
    assert found[0].identities == found[1].identities


def test_whoever_waits_has_the_same_patience_without_a_terminal(desk):
    """A look takes longer than anybody waits for a sign-in that nobody sees."""
    desk.prompter = FakePrompter(can_show=False)
    started = desk.clock.now()
    path = desk.folder / "locks" / f"discovery-{sso_token().session}.lock"
    with locked(str(path), clock=desk.clock, deadline=started), pytest.raises(LockTimeout):
        desk.run().look(desk.chain)
    assert desk.clock.now() - started >= PATIENCE_SECONDS


def _pid() -> int:
    import os

    return os.getpid()


def test_whoever_waits_for_one_that_is_stopped_goes_on_instead(patient):
    desk = patient
    begun, go_on = threading.Event(), threading.Event()

    def stop(*_):
        begun.set()
        go_on.wait(20)
        return KeyboardInterrupt()

    desk.portal.meddle = stop
    stopped = []

    def look() -> None:
        try:
            desk.run().look(desk.chain)
        except KeyboardInterrupt:
            stopped.append(True)

    first = threading.Thread(target=look)
    first.start()
    assert begun.wait(20)

    class Waiting(FakePrompter):
        def waiting(self, message, until):
            desk.portal.meddle = lambda *_: None
            go_on.set()
            return super().waiting(message, until)

    desk.prompter = Waiting()
    assert len(desk.run().look(desk.chain).identities) == 2 * ACCOUNTS
    first.join()
    assert stopped == [True]


def test_accounts_of_one_name_keep_apart(desk):
    desk.portal.accounts |= {"000000000002": "account 0001"}
    found = desk.run().look(desk.chain)
    assert found.identities["account 0001 (000000000002)/Admin"].account_id == "000000000002"
    assert len(found.identities) == 2 * ACCOUNTS
