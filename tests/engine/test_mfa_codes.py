"""Codes of MFA devices: none twice, whoever asks; only hashes on disk; commands that misbehave."""

import json
import stat
import sys
from itertools import pairwise
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.errors import AtmosAuthError, AuthenticationFailed, Cancelled, LockTimeout, NeedsPerson
from atmos_auth.engine.mfa_codes import PATIENCE_SECONDS, WINDOW_SECONDS, DeviceCodes
from atmos_auth.host.command_output import command_output
from atmos_auth.host.silent_prompter import SilentPrompter
from atmos_auth.testing import NOW, FakeClock, FakePrompter

DEVICE = "arn:aws:iam::111111111111:mfa/me"
OTHER = "arn:aws:iam::111111111111:mfa/other"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def codes_of(tmp_path, clock):
    """Return the devices as a new process with this person would see them."""

    def make(*typed: str | None, **options: object) -> DeviceCodes:
        prompter = options.pop("prompter", None) or FakePrompter(typed)
        return DeviceCodes(str(tmp_path / "mfa"), clock=clock, prompter=prompter)

    return make


# --- a person --------------------------------------------------------------------------------------------------


def test_the_person_is_asked_for_the_device_by_name(tmp_path, clock):
    person = FakePrompter(["123456"])
    assert DeviceCodes(str(tmp_path), clock=clock, prompter=person).code(DEVICE) == "123456"
    assert person.questions == [("Enter MFA Token", (f"MFA Device: {DEVICE}",))]
    assert clock.slept == []


def test_the_same_code_again_waits_until_the_next_window_and_asks_again(tmp_path, clock, codes_of):
    codes_of("123456").code(DEVICE)
    person = FakePrompter(["123456", "654321"])
    assert codes_of(prompter=person).code(DEVICE) == "654321"
    assert person.waits == ["That code was used already: waiting for the next one"]
    assert clock.now() % WINDOW_SECONDS == 0
    assert clock.slept == [WINDOW_SECONDS - NOW % WINDOW_SECONDS]


@pytest.mark.parametrize("offset", [0, 0.25, 1, 29, 29.9])
def test_the_wait_ends_exactly_with_the_window(clock, codes_of, offset):
    clock.advance(WINDOW_SECONDS - NOW % WINDOW_SECONDS + offset)
    codes_of("123456").code(DEVICE)
    codes_of("123456", "654321").code(DEVICE)
    (slept,) = clock.slept
    assert slept == pytest.approx(WINDOW_SECONDS - offset)


def test_a_person_may_be_slow_to_see_the_next_code(clock, codes_of):
    codes_of("123456").code(DEVICE)
    assert codes_of("123456", "123456", "654321").code(DEVICE) == "654321"
    assert len(clock.slept) == 2


def test_another_code_does_not_wait(clock, codes_of):
    codes_of("123456").code(DEVICE)
    assert codes_of("654321").code(DEVICE) == "654321"
    assert clock.slept == []


def test_two_devices_do_not_know_each_others_codes(clock, codes_of):
    assert [codes_of("123456").code(device) for device in (DEVICE, OTHER)] == ["123456", "123456"]
    assert clock.slept == []


def test_a_cancelled_question_uses_no_code(clock, codes_of):
    with pytest.raises(Cancelled):
        codes_of(None).code(DEVICE)
    assert codes_of("123456").code(DEVICE) == "123456"
    assert clock.slept == []


def test_where_nobody_can_be_asked_that_is_said(codes_of):
    with pytest.raises(NeedsPerson, match=DEVICE):
        codes_of(prompter=SilentPrompter()).code(DEVICE)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.sampled_from(["000000", "111111", "222222"]), min_size=1, max_size=12))
def test_no_code_is_handed_out_twice_in_a_row(tmp_path_factory, typed):
    folder = str(tmp_path_factory.mktemp("mfa"))
    clock, handed = FakeClock(), []
    person = FakePrompter(typed)
    try:
        while True:
            handed.append(DeviceCodes(folder, clock=clock, prompter=person).code(DEVICE))
    except AssertionError:  # the person has nothing more to type
        pass
    assert all(one != next_one for one, next_one in pairwise(handed))


# --- what is kept ----------------------------------------------------------------------------------------------


def test_only_a_hash_is_on_disk_and_the_device_is_not_named(tmp_path, codes_of):
    codes_of("123456").code(DEVICE)
    files = [path for path in (tmp_path / "mfa").rglob("*") if path.is_file()]
    everything = "".join(str(path) + path.read_text() for path in files)
    assert "123456" not in everything
    assert "mfa/me" not in everything
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    (record,) = (path for path in files if path.suffix == ".json")
    assert list(json.loads(record.read_text())) == ["code"]


@pytest.mark.parametrize("content", [b"", b"garbage", b"[]", b"null", b'{"code": 7}', b"\xff", b"[" * 3000])
def test_a_damaged_record_counts_as_none(tmp_path, clock, codes_of, content):
    codes_of("123456").code(DEVICE)
    (record,) = (tmp_path / "mfa").glob("*.json")
    record.write_bytes(content)
    assert codes_of("123456").code(DEVICE) == "123456"
    assert clock.slept == []


# --- several at once -------------------------------------------------------------------------------------------


def test_whoever_comes_second_waits_for_the_first(tmp_path, clock, codes_of):
    """In the prompt of the first, the second runs out of patience."""
    said = []

    class Slow(FakePrompter):
        def code(self, *_: object, **__: object) -> str:
            with pytest.raises(LockTimeout, match="another MFA prompt") as impatient:
                codes_of("654321").code(DEVICE)
            said.append(impatient.value)
            return "123456"

    assert codes_of(prompter=Slow()).code(DEVICE) == "123456"
    assert len(said) == 1
    assert sum(clock.slept) == pytest.approx(PATIENCE_SECONDS, abs=1)


def test_threads_are_never_given_one_code_twice(tmp_path):
    """The command shows the code of the window, as a device does, by a clock that all of them move."""
    counter = tmp_path / "window"
    counter.write_text("100000")

    class Window(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if seconds >= 1:
                counter.write_text(str(int(counter.read_text()) + 1))

    # A real pause keeps those who wait for the lock from spinning.
    import time

    clock = Window(on_sleep=lambda _: time.sleep(0.002))
    handed: list[str] = []

    def take() -> None:
        devices = DeviceCodes(str(tmp_path / "mfa"), clock=clock, prompter=SilentPrompter())
        try:
            handed.append(devices.code(DEVICE, f"cat '{counter}'"))
        except LockTimeout:
            handed.append("")

    threads = [Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given_out = [code for code in handed if code]
    assert len(given_out) == len(set(given_out)) >= 1


PROCESS = """
import sys
from atmos_auth.engine.mfa_codes import DeviceCodes
from atmos_auth.host.silent_prompter import SilentPrompter
class Clock:
    sleeps = 0
    def now(self): return 1767323045.0
    def sleep(self, seconds):
        import time
        if seconds >= 1:
            n = int(open(sys.argv[2]).read()) + 1
            open(sys.argv[2], "w").write(str(n))
        else:
            time.sleep(seconds)
print(DeviceCodes(sys.argv[1], clock=Clock(), prompter=SilentPrompter()).code("serial", f"cat {sys.argv[2]}"))
"""


def test_processes_are_never_given_one_code_twice(tmp_path):
    window = tmp_path / "window"
    window.write_text("100000")
    argv = [sys.executable, "-c", PROCESS, str(tmp_path / "mfa"), str(window)]
    crowd = [Popen(argv, stdout=PIPE, text=True) for _ in range(6)]
    handed = [process.communicate(timeout=60)[0].strip() for process in crowd]
    assert sorted(handed) == [str(100000 + n) for n in range(6)]


def test_a_killed_holder_frees_the_device(tmp_path, clock, codes_of):
    holder = f"""
import time
from atmos_auth.engine.mfa_codes import DeviceCodes
from atmos_auth.host.clock import SystemClock
class Person:
    def code(self, *_, **__):
        print("asked", flush=True)
        time.sleep(60)
DeviceCodes({str(tmp_path / "mfa")!r}, clock=SystemClock(), prompter=Person()).code({DEVICE!r})
"""
    with Popen([sys.executable, "-c", holder], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        process.kill()
    assert codes_of("123456").code(DEVICE) == "123456"
    assert clock.slept == []


# --- commands --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["echo 123456", "printf 123456", "printf ' 123456\\r\\n'", "echo 123456; exit 0"])
def test_a_command_that_prints_the_code_is_asked_instead(codes_of, command):
    assert codes_of().code(DEVICE, command) == "123456"


def test_a_command_is_one_of_the_shells(codes_of, tmp_path):
    (tmp_path / "secret").write_text("12 34")
    assert codes_of().code(DEVICE, f"tr -d ' ' <'{tmp_path}/secret' | sed 's/$/56/'") == "123456"


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "canary",
        "12345",
        "1234567",
        "123 456",
        "١٢٣٤٥٦",
        "123456\\n123457",
        "-12345",
        "²²²²²²",
        "\\0377\\0377",
        "+12345",
    ],
)
def test_what_is_no_code_is_refused_without_being_repeated(codes_of, clock, printed):
    with pytest.raises(
        AuthenticationFailed, match=r"credentials\.mfa_command must print a code of 6 digits"
    ) as refused:
        codes_of().code(DEVICE, f"printf %b '{printed}'")
    assert printed not in refused.value.message + "".join(refused.value.details) or not printed
    assert refused.value.hints


@pytest.mark.parametrize(
    ("command", "status"),
    [("echo canary-4711; exit 3", "3"), ("no-such-program-here 2>/dev/null", "127"), ("kill -9 $$", "-9"), ("(", "2")],
)
def test_a_command_that_fails_is_named_and_what_it_printed_is_not(codes_of, command, status, capfd):
    with pytest.raises(AuthenticationFailed) as refused:
        codes_of().code(DEVICE, command)
    assert refused.value.message == f"credentials.mfa_command failed with status {status}"
    assert refused.value.hints == (f"try it in a shell: {command}",)
    assert "canary-4711" not in capfd.readouterr().err


def test_a_failed_command_uses_no_code(codes_of, clock):
    with pytest.raises(AtmosAuthError):
        codes_of().code(DEVICE, "echo 123456; exit 1")
    assert codes_of().code(DEVICE, "echo 123456") == "123456"
    assert clock.slept == []


def test_a_command_that_always_prints_one_code_is_told_off_in_the_end(codes_of, clock):
    """It would be run for ever otherwise, with everybody else waiting."""
    codes_of().code(DEVICE, "echo 123456")
    with pytest.raises(AuthenticationFailed, match="same code") as refused:
        codes_of().code(DEVICE, "echo 123456")
    assert "123456" not in refused.value.message
    assert 1 <= len(clock.slept) <= 5


@pytest.mark.parametrize(
    "command", ["sleep 30; touch {}", "echo 123456; sleep 30; touch {}", "(sleep 30; touch {}) | cat"]
)
def test_a_command_that_hangs_meets_the_deadline_whatever_it_started(tmp_path, command):
    """What the shell has started may hold the pipe open: its end is not waited for."""
    end = tmp_path / "end"
    with pytest.raises(AuthenticationFailed, match="the command was not done after 1 seconds") as refused:
        command_output(command.format(end), seconds=1, what="the command")
    assert not end.exists()
    assert "123456" not in refused.value.message


def test_a_commands_stderr_is_the_persons_and_its_stdout_is_ours(capfd):
    assert command_output("echo out; echo err >&2", seconds=20, what="it") == "out\n"
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "err\n")


def test_a_great_deal_of_output_is_no_trouble():
    assert len(command_output("head -c 300000 /dev/zero | tr '\\0' x", seconds=20, what="it")) == 300000


def test_the_commands_environment_is_ours(monkeypatch):
    monkeypatch.setenv("VAULT", "yes")
    assert command_output("echo $VAULT", seconds=20, what="it") == "yes\n"


def test_folders_are_made_private(tmp_path, codes_of):
    codes_of("123456").code(DEVICE)
    assert stat.S_IMODE((tmp_path / "mfa").stat().st_mode) == 0o700
    assert Path(tmp_path / "mfa").is_dir()
