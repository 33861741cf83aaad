"""Every account and every role, whatever the portal says in between."""

import itertools
import threading
import time

import pytest

from atmos_auth.domain.errors import CredentialRejected, ServiceError
from atmos_auth.testing import FakeClock, sso_token
from atmos_auth.usecases.portal_walk import ATTEMPTS, FAILURES_IN_A_ROW, WORKERS, Looked, PortalWalk, Reached
from portal_double import DEAD, DOWN, GONE, TOO_MANY, PortalDouble, refusal


def walk_over(portal: PortalDouble, known=(), clock=None) -> PortalWalk:
    return PortalWalk(
        portal, sso_token(), known=frozenset(known), clock=clock or FakeClock(), fraction=itertools.repeat(0.5).__next__
    )


def found_by(walk: PortalWalk) -> dict[str, tuple[str, ...]]:
    return {e.account.id: e.roles for e in walk.events() if isinstance(e, Looked) and e.failure is None}


class HastyClock:
    """Real time, a hundred times as fast: threads must not outrun the one that listens to them."""

    def now(self) -> float:
        return time.monotonic() * 100

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 100)


def events(walk: PortalWalk, kind):
    return [event for event in walk.events() if isinstance(event, kind)]


def test_every_account_and_every_role_is_found():
    portal = PortalDouble(250)
    portal.roles_of["000000000007"] = tuple(f"Role{n:03}" for n in range(230))
    found = found_by(walk_over(portal))
    assert found.keys() == portal.accounts.keys()
    assert found["000000000007"] == portal.roles_of["000000000007"], "page after page"
    assert found["000000000001"] == ("Admin", "ReadOnly")


def test_the_accounts_are_told_at_their_end():
    portal = PortalDouble(250)
    reached = events(walk_over(portal), Reached)
    assert [len(event.accounts) for event in reached] == [100, 200, 250]
    assert [event.is_all for event in reached] == [False, False, True]


def test_a_portal_without_accounts_is_walked_over_too():
    assert events(walk_over(PortalDouble(0)), Reached) == [Reached((), is_all=True)]


def test_what_is_known_is_not_asked_for():
    portal = PortalDouble(30)
    known = list(portal.accounts)[:20]
    found = found_by(walk_over(portal, known))
    assert sorted(found) == sorted(portal.looked_at()) == list(portal.accounts)[20:]


def test_at_least_eight_run_at_a_time():
    portal = PortalDouble(30)
    together, arrivals = threading.Barrier(8, timeout=10), itertools.count()
    roles = portal.list_account_roles

    def waiting(**parameters):
        if next(arrivals) < 8:
            together.wait()
        return roles(**parameters)

    portal.list_account_roles = waiting
    assert len(found_by(walk_over(portal))) == 30
    assert WORKERS >= 8


def test_botocore_does_not_repeat_by_itself():
    portal = PortalDouble(1)
    found_by(walk_over(portal))
    assert portal.attempts == [1]


def test_being_too_quick_is_never_a_failure():
    portal = PortalDouble(60)
    number = itertools.count()
    portal.meddle = lambda *_: TOO_MANY if next(number) % 3 == 0 else None
    walk = walk_over(portal)
    assert found_by(walk).keys() == portal.accounts.keys()
    assert walk.refusals >= 20


def test_a_page_that_is_refused_is_asked_for_again_and_not_the_whole_list():
    portal = PortalDouble(450)
    refused = iter([None, None, None, TOO_MANY, TOO_MANY, refusal("InternalServerException", 500)])
    portal.meddle = lambda operation, _: next(refused, None) if operation == "ListAccounts" else None
    assert found_by(walk_over(portal)).keys() == portal.accounts.keys()
    pages = [parameters.get("nextToken", "0") for operation, parameters in portal.calls if operation == "ListAccounts"]
    assert pages == ["0", "100", "200", "300", "300", "300", "300", "400"]


def test_a_portal_that_only_refuses_is_left_alone_in_the_end():
    portal = PortalDouble(5)
    portal.meddle = lambda *_: TOO_MANY
    clock = FakeClock()
    started = clock.now()
    with pytest.raises(ServiceError, match="TooManyRequests"):
        found_by(walk_over(portal, clock=clock))
    assert 600 <= clock.now() - started < 700


def test_a_connection_that_breaks_is_tried_again():
    portal = PortalDouble(40)
    broken: set[str] = set()

    def break_once(operation, parameters):
        number = parameters.get("accountId", "")
        if not number or number in broken:
            return None
        broken.add(number)
        return DOWN

    portal.meddle = break_once
    assert found_by(walk_over(portal)).keys() == portal.accounts.keys()


def test_an_account_that_fails_is_left_out_alone():
    portal = PortalDouble(40)
    portal.meddle = lambda _, parameters: GONE if parameters.get("accountId") == "000000000009" else None
    looked = events(walk_over(portal), Looked)
    (failed,) = (event for event in looked if event.failure is not None)
    assert failed.account.id == "000000000009"
    assert failed.account.name == "account 0009"
    assert len(looked) == 40
    assert portal.looked_at().count("000000000009") == 1, "what is gone is not asked for again"


def test_an_account_whose_connection_stays_broken_is_tried_so_often():
    portal = PortalDouble(12)
    portal.meddle = lambda _, parameters: DOWN if parameters.get("accountId") == "000000000009" else None
    events(walk_over(portal), Looked)
    assert portal.looked_at().count("000000000009") == ATTEMPTS


def test_a_portal_that_fails_as_a_whole_is_not_asked_a_thousand_times():
    portal = PortalDouble(1000)
    portal.meddle = lambda operation, _: DOWN if operation == "ListAccountRoles" else None
    with pytest.raises(ServiceError, match="could not be reached"):
        found_by(walk_over(portal, clock=HastyClock()))
    assert len(portal.looked_at()) <= (FAILURES_IN_A_ROW + 2 * WORKERS) * ATTEMPTS


def test_without_a_list_of_accounts_there_is_nothing():
    portal = PortalDouble(10)
    portal.meddle = lambda operation, _: DOWN if operation == "ListAccounts" else None
    with pytest.raises(ServiceError):
        found_by(walk_over(portal))


def test_a_token_that_dies_ends_it():
    portal = PortalDouble(500)
    number = itertools.count()
    portal.meddle = lambda *_: DEAD if next(number) > 50 else None
    looked = []
    with pytest.raises(CredentialRejected):
        looked.extend(event for event in walk_over(portal).events() if isinstance(event, Looked))
    assert len(portal.calls) < 51 + 3 * WORKERS


def test_a_fault_of_ours_is_not_swallowed():
    portal = PortalDouble(3)
    portal.meddle = lambda operation, _: ZeroDivisionError("ours") if operation == "ListAccountRoles" else None
    with pytest.raises(ZeroDivisionError):
        found_by(walk_over(portal))


def test_whoever_stops_listening_stops_the_walk():
    portal = PortalDouble(1000)
    stream = walk_over(portal, clock=HastyClock()).events()
    while not isinstance(next(stream), Looked):
        pass
    before = set(threading.enumerate())
    stream.close()
    deadline = time.monotonic() + 10
    while any(thread.is_alive() and thread.daemon for thread in before) and time.monotonic() < deadline:
        time.sleep(0.01)
    done = len(portal.calls)
    time.sleep(0.1)
    assert len(portal.calls) == done < 1000


def test_an_answer_that_does_not_come_leaves_time_to_look_around():
    portal = PortalDouble(1)
    answer = threading.Event()
    roles = portal.list_account_roles
    portal.list_account_roles = lambda **parameters: answer.wait(10) and roles(**parameters)
    stream = walk_over(portal).events()
    seen = [next(stream) for _ in range(3)]
    assert None in seen
    answer.set()
    assert any(isinstance(event, Looked) for event in stream)
