"""Turns that threads share."""

from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.host.clock import SystemClock
from atmos_auth.host.pace import FIRST_REST_SECONDS, LONGEST_REST_SECONDS, Pace, PaceStopped
from atmos_auth.testing import FakeClock

MOST = 19


def pace(clock=None, *, chance: float = 0.0) -> Pace:
    return Pace(MOST, clock=clock or FakeClock(), fraction=lambda: chance)


def most_in_any_second(turns: list[float]) -> int:
    """Count the most turns in any closed second: one that begins with a turn has as many as any."""
    return max(sum(start <= turn <= start + 1 for turn in turns) for start in turns)


# What somebody does between two turns: nothing, a little, or a lot; now and then the service refuses.
deeds = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(0, 0.2), st.floats(0, 5)),
        st.sampled_from(["", "", "", "went well", "refused"]),
    ),
    min_size=30,
    max_size=120,
)


@given(deeds, st.floats(0, 1))
def test_no_second_ever_has_twenty_turns(done, chance):
    clock = FakeClock()
    shared = pace(clock, chance=chance)
    turns = []
    for pause, outcome in done:
        turns.append(shared.turn())
        clock.advance(pause)
        if outcome == "refused":
            shared.refused(turns[-1])
        elif outcome:
            shared.went_well(turns[-1])
    assert most_in_any_second(turns) < 20
    assert turns == sorted(turns)


@given(st.lists(st.floats(0, 0.01), min_size=200, max_size=200))
def test_whoever_is_late_by_a_little_loses_nothing(lateness):
    """The whole rate is used although sleeping threads wake up late."""
    clock = FakeClock()
    shared = pace(clock)
    started = clock.now()
    for late in lateness:
        shared.turn()
        clock.on_sleep = lambda _, late=late: clock.advance(late)
    assert clock.now() - started <= len(lateness) / MOST * 1.01


def test_no_second_has_twenty_turns_when_threads_take_them():
    shared = pace(SystemClock())
    turns: list[float] = []

    def take() -> None:
        while len(turns) < 30:
            turns.append(shared.turn())

    threads = [Thread(target=take) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(turns) >= 30
    assert most_in_any_second(sorted(turns)) < 20


def test_an_idle_hour_is_no_credit():
    clock = FakeClock()
    shared = pace(clock)
    clock.advance(3600)
    turns = [shared.turn() for _ in range(40)]
    assert most_in_any_second(turns) < 20


def test_a_refusal_is_a_rest_for_everybody():
    clock = FakeClock()
    shared = pace(clock, chance=1.0)
    turn = shared.turn()
    shared.refused(turn)
    assert shared.is_resting
    assert shared.turn() >= turn + FIRST_REST_SECONDS
    assert not shared.is_resting


def test_chance_shortens_a_rest_by_half_at_most():
    clock = FakeClock()
    shared = pace(clock, chance=0.0)
    turn = shared.turn()
    shared.refused(turn)
    assert FIRST_REST_SECONDS / 2 <= shared.turn() - turn <= FIRST_REST_SECONDS


def test_rests_grow_until_a_request_goes_well():
    clock = FakeClock()
    shared = pace(clock, chance=1.0)

    def rest() -> float:
        turn = shared.turn()
        shared.refused(turn)
        return shared.turn() - turn

    rests = [rest() for _ in range(9)]
    assert rests[:4] == pytest.approx([FIRST_REST_SECONDS * 2**n for n in range(4)], abs=0.2)
    assert rests[-1] == pytest.approx(LONGEST_REST_SECONDS, abs=0.2)
    shared.went_well(shared.turn())
    assert rest() == pytest.approx(FIRST_REST_SECONDS, abs=0.2)


def test_requests_that_were_on_their_way_are_no_reason_for_a_longer_rest():
    clock = FakeClock()
    shared = pace(clock, chance=1.0)
    turns = [shared.turn() for _ in range(8)]
    for turn in turns:
        shared.refused(turn)
    assert shared.turn() - turns[-1] == pytest.approx(FIRST_REST_SECONDS, abs=0.2)


def test_an_answer_to_an_older_request_does_not_shorten_the_next_rest():
    clock = FakeClock()
    shared = pace(clock, chance=1.0)
    early, turn = shared.turn(), shared.turn()
    shared.refused(turn)
    shared.went_well(early)
    turn = shared.turn()
    shared.refused(turn)
    assert shared.turn() - turn == pytest.approx(2 * FIRST_REST_SECONDS, abs=0.2)


def test_who_goes_ahead_does_not_stand_in_line():
    clock = FakeClock()
    shared = pace(clock)
    order: list[str] = []
    shared.turn()

    def somebody_comes(_: float) -> None:
        clock.on_sleep = None
        shared.turn(ahead=True)
        order.append("ahead")

    clock.on_sleep = somebody_comes
    shared.turn()
    order.append("in line")
    assert order == ["ahead", "in line"]


def test_when_it_is_over_nobody_waits():
    clock = FakeClock()
    shared = pace(clock)
    shared.refused(shared.turn())
    clock.on_sleep = lambda _: shared.stop()
    with pytest.raises(PaceStopped):
        shared.turn()
    with pytest.raises(PaceStopped):
        shared.nap(3600)
    assert sum(clock.slept) < 1


def test_a_nap_takes_its_time_and_no_turn():
    clock = FakeClock()
    shared = pace(clock)
    before = clock.now()
    shared.nap(2.5)
    assert clock.now() - before == pytest.approx(2.5)
    assert shared.turn() == clock.now()


class TurnableClock(FakeClock):
    def set_back(self, seconds: float) -> None:
        self._now -= seconds


@given(st.floats(1, 1e6))
def test_a_clock_that_is_put_back_holds_nobody(seconds):
    clock = TurnableClock()
    shared = pace(clock, chance=1.0)
    shared.refused(shared.turn())
    clock.set_back(seconds)
    shared.turn()
    assert sum(clock.slept) <= FIRST_REST_SECONDS + 1


def test_a_clock_that_is_put_back_ends_a_nap():
    clock = TurnableClock()
    clock.on_sleep = lambda _: clock.set_back(3600)
    pace(clock).nap(5)
    assert len(clock.slept) == 1
