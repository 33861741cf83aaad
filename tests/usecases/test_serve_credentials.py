import threading
import time

import pytest

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AtmosAuthError, CredentialsMissing, StoreError
from atmos_auth.testing import NOW, FakeClock, RecordingLog, aws_credentials
from atmos_auth.usecases.serve_credentials import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, ServedCredentials

HOUR = 3600
MISSING = CredentialsMissing("have expired", hints=["atmos auth login --identity prod"])


def keys(name: str, left: float = HOUR) -> AwsCredentials:
    return aws_credentials(access_key_id=name, issued_at=NOW + left - HOUR, expires_at=NOW + left)


class Disk:
    """What is delivered, and how a renewal changes it: by `outcome`, keys or an error; None changes nothing."""

    def __init__(self, delivered: AwsCredentials | None) -> None:
        self.delivered = delivered
        self.version = 0
        self.outcome: AwsCredentials | Exception | None = None
        self.read, self.renewed = 0, 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.has_begun = threading.Event()

    def deliver(self, credentials: AwsCredentials | None) -> None:
        self.delivered, self.version = credentials, self.version + 1

    def stamp(self) -> int:
        return self.version

    def look(self) -> AwsCredentials | None:
        self.read += 1
        return self.delivered

    def renew(self) -> None:
        self.renewed += 1
        self.has_begun.set()
        assert self.may_go_on.wait(10)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        if self.outcome is not None:
            self.deliver(self.outcome)


class Service:
    def __init__(self, delivered: AwsCredentials | None) -> None:
        self.disk = Disk(delivered)
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.served = ServedCredentials(
            "prod",
            stamp=self.disk.stamp,
            read=self.disk.look,
            renew=self.disk.renew,
            clock=self.clock,
            log=self.log,
        )

    def answered(self) -> str | None:
        answer = self.served.answer()
        return answer.access_key_id if answer is not None else None


@pytest.fixture
def service():
    """A service whose thread runs, and ends with the test."""
    made: list[tuple[Service, threading.Thread]] = []

    def start(delivered: AwsCredentials | None, outcome: object = None, *, held: bool = False) -> Service:
        service = Service(delivered)
        service.disk.outcome = outcome
        if held:
            service.disk.may_go_on.clear()
        thread = threading.Thread(target=service.served.keep_fresh)
        thread.start()
        made.append((service, thread))
        return service

    yield start
    for service, thread in made:
        service.disk.may_go_on.set()
        service.served.stop()
        thread.join(10)
        assert not thread.is_alive()


def eventually(holds) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_fresh_keys_are_given_from_memory():
    service = Service(keys("A"))
    assert [service.answered() for _ in range(100)] == ["A"] * 100
    assert (service.disk.read, service.disk.renewed) == (1, 0)
    assert service.log.hidden == [*keys("A").secrets]


def test_what_another_process_delivers_counts_at_once():
    service = Service(keys("A"))
    assert service.answered() == "A"
    service.disk.deliver(keys("B"))
    assert service.answered() == "B"
    assert (service.disk.read, service.disk.renewed) == (2, 0)


def test_what_was_signed_out_of_is_given_to_nobody(service):
    running = service(keys("A"), MISSING)
    assert running.answered() == "A"
    running.disk.deliver(None)
    assert running.answered() is None
    eventually(lambda: running.disk.renewed == 1 and running.log.lines)
    with pytest.raises(CredentialsMissing):
        running.served.answer()


def test_stale_keys_are_given_while_they_are_renewed(service):
    running = service(keys("A", 10 * 60), keys("B"), held=True)
    assert running.disk.has_begun.wait(10), "a renewal begins without anybody asking"
    assert [running.answered() for _ in range(10)] == ["A"] * 10
    running.disk.may_go_on.set()
    eventually(lambda: running.answered() == "B")
    assert running.disk.renewed == 1


def test_keys_are_renewed_as_soon_as_they_are_stale(service):
    running = service(keys("A"), keys("B", 2 * HOUR))
    assert running.answered() == "A"
    running.clock.advance(HOUR - 15 * 60)
    running.answered()
    eventually(lambda: running.answered() == "B")


def test_all_who_wait_share_one_renewal(service):
    running = service(keys("A", -1), keys("B"), held=True)
    answers: list[str | None] = []

    def ask() -> None:
        answer = running.answered()
        while answer is None:
            time.sleep(0.005)
            answer = running.answered()
        answers.append(answer)

    crowd = [threading.Thread(target=ask) for _ in range(20)]
    for each in crowd:
        each.start()
    assert running.disk.has_begun.wait(10)
    running.disk.may_go_on.set()
    for each in crowd:
        each.join(10)
    assert (answers, running.disk.renewed) == (["B"] * 20, 1)


def test_keys_that_are_over_are_renewed_for_somebody_only(service):
    running = service(keys("A", -1), keys("B"))
    time.sleep(0.1)
    assert running.disk.renewed == 0
    running.answered()
    eventually(lambda: running.answered() == "B")


def test_a_failure_is_told_at_once_and_the_next_attempt_waits(service):
    running = service(keys("A", -1), MISSING)
    assert running.answered() is None
    eventually(lambda: running.log.lines)
    for _ in range(50):
        with pytest.raises(CredentialsMissing) as raised:
            running.served.answer()
        assert raised.value.hints == MISSING.hints
    assert running.disk.renewed == 1
    running.clock.advance(FIRST_PAUSE_SECONDS + 0.1)
    assert running.answered() is None
    eventually(lambda: running.disk.renewed == 2)


def test_pauses_double_up_to_a_minute():
    service = Service(keys("A", -1))
    service.disk.outcome = MISSING
    pauses = []
    for _ in range(8):
        service.served.renew_once()
        before = service.clock.now()
        while True:
            try:
                assert service.served.answer() is None
                break
            except CredentialsMissing:
                service.clock.advance(1)
        pauses.append(service.clock.now() - before)
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert [level for level, _ in service.log.lines] == ["warn", *["debug"] * 7], "who owns the terminal is told once"
    assert "atmos auth login --identity prod" in service.log.text


def test_somebody_who_signs_in_ends_the_pause():
    service = Service(keys("A", -1))
    service.disk.outcome = MISSING
    service.served.renew_once()
    with pytest.raises(CredentialsMissing):
        service.served.answer()
    service.disk.deliver(keys("B"))
    assert service.answered() == "B"
    # And so does what is over, too, if it is another than before.
    service.disk.deliver(keys("C", -1))
    assert service.answered() is None


def test_an_advisable_renewal_that_brings_nothing_is_not_repeated_at_once(service):
    running = service(keys("A", 10 * 60))
    eventually(lambda: running.log.lines)
    assert [running.answered() for _ in range(20)] == ["A"] * 20
    time.sleep(0.1)
    assert running.disk.renewed == 1
    assert running.log.lines[0][0] == "warn"


def test_what_was_only_advisable_puts_off_nothing_that_somebody_waits_for():
    service = Service(keys("A", 10 * 60))
    service.served.renew_once()
    assert service.answered() == "A"
    service.clock.advance(10 * 60 - 300)
    assert service.answered() is None, "it is tried again at once"
    service.disk.outcome = MISSING
    service.served.renew_once()
    with pytest.raises(CredentialsMissing):
        service.served.answer()


def test_a_renewal_that_brings_nothing_usable_is_no_reason_to_try_without_end(service):
    running = service(keys("A", -1), keys("B", -HOUR))
    assert running.answered() is None
    eventually(lambda: running.log.lines)
    with pytest.raises(AtmosAuthError, match="is over already"):
        running.served.answer()
    assert running.disk.renewed == 1


def test_it_is_said_once_until_all_is_well_again():
    service = Service(keys("A", 10 * 60))
    for _ in range(3):
        service.served.renew_once()
        # A sibling's profile in the same file is no news of ours.
        service.disk.deliver(service.disk.delivered)
    assert [level for level, _ in service.log.lines] == ["warn", "debug", "debug"]
    assert "atmos auth login --identity prod" in service.log.text
    service.disk.deliver(keys("B"))
    assert service.answered() == "B"
    service.disk.deliver(keys("C", 10 * 60))
    service.served.renew_once()
    assert service.log.lines[-1][0] == "warn"


def test_a_clock_that_is_set_back_puts_nothing_off():
    service = Service(None)
    service.disk.outcome = MISSING
    service.served.renew_once()
    with pytest.raises(CredentialsMissing):
        service.served.answer()
    service.clock._now -= LONGEST_PAUSE_SECONDS * 10
    assert service.answered() is None


def test_a_fault_of_ours_keeps_nobody_waiting():
    service = Service(keys("A", -1))
    service.disk.outcome = ZeroDivisionError("secret words")
    service.served.renew_once()
    with pytest.raises(AtmosAuthError, match="internal error: ZeroDivisionError") as raised:
        service.served.answer()
    assert "secret" not in f"{raised.value}{service.log.text}"


def test_a_file_that_cannot_be_read_counts_as_none():
    service = Service(None)

    def unreadable() -> None:
        raise StoreError("cannot read it")

    service.disk.look = unreadable
    broken = ServedCredentials(
        "prod", stamp=lambda: 1, read=unreadable, renew=service.disk.renew, clock=service.clock, log=service.log
    )
    assert broken.answer() is None
    assert "cannot read it" in service.log.text
