"""Whatever changes between two calls, a warm answer is the full one, byte for byte: thousands of random walks."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from warm_world import DIRECTORIES, FILES, SOUND, VARIABLES, World

# In a sound world these are given again.
ANSWERED = (
    ["auth", "env", "-i", "dev"],
    ["auth", "env", "PROD"],
    ["auth", "env", "--identity=prod", "--format", "json"],
    ["auth", "env", "--mode", "files"],
    ["auth", "credential-process", "prod"],
    ["auth", "whoami", "--offline"],
    ["auth", "whoami", "prod", "--offline", "--output", "json"],
    ["completion", "zsh", "--", "atmos", "auth", "login", ""],
    ["completion", "fish", "--", "atmos", "auth", "env", "-i", "P"],
    ["completion", "bash", "--", "atmos", "auth", "env", "--f"],
    ["completion", "zsh", "--", "atmos", "b"],
)
WORDS = (
    *ANSWERED,
    ["auth", "env"],
    ["auth", "env", "--mode", "process"],
    ["auth", "env", "--unset"],
    ["auth", "env", "--offline"],
    ["auth", "env", "-f", "github"],
    ["auth", "env", "--profile", "office"],
    ["auth", "env", "--config", "sub/atmos.yaml"],
    ["auth", "env", "nobody"],
    ["auth", "env", "-i"],
    ["auth", "credential-process"],
    ["auth", "whoami"],
    ["auth", "whoami", "--offline", "--check", "-i", "dev"],
    ["completion", "bash", "--", "atmos", "auth", "env", "--identity", "=", ""],
    ["completion", "zsh", "--", "atmos", ""],
    ["completion", "zsh", "--", "atmos", "-i", "dev", "auth", "exec", "--", ""],
    ["completion", "zsh", "--profile", "office", "--", "atmos", "--profile", ""],
    ["completion", "zsh", "--", "atmos"],
    ["completion", "zsh", "--"],
    ["completion", "zsh"],
)


class Walk(RuleBasedStateMachine):
    """A world that anything may happen to; after each event every question has one answer."""

    asked = answered = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Path(tempfile.mkdtemp()))

    def teardown(self) -> None:
        Walk.asked += self.world.asked
        Walk.answered += self.world.answered
        shutil.rmtree(self.world.root)

    @rule(name=st.sampled_from(sorted(FILES)), choice=st.integers(0, 20))
    def write(self, name: str, choice: int) -> None:
        self.world.write(name, FILES[name][choice % len(FILES[name])])

    @rule(choice=st.integers(0, SOUND - 1))
    def mend(self, choice: int) -> None:
        self.world.mend(choice)

    @rule(name=st.sampled_from(sorted(FILES)))
    def remove(self, name: str) -> None:
        self.world.remove(name)

    @rule(name=st.sampled_from(sorted({str(Path(name).parent) for name in FILES} - {"project", "."})))
    def remove_folder(self, name: str) -> None:
        self.world.remove_folder(name)

    @rule()
    def open_to_anybody(self) -> None:
        self.world.root.chmod(self.world.root.stat().st_mode ^ 0o002)

    @rule(name=st.sampled_from(sorted(VARIABLES)), choice=st.integers(0, 5))
    def export(self, name: str, choice: int) -> None:
        self.world.export(name, choice)

    @rule(name=st.sampled_from(sorted(VARIABLES)))
    def unset(self, name: str) -> None:
        self.world.environ.pop(name, None)

    @rule()
    def forget_all_variables(self) -> None:
        self.world.forget_all_variables()

    @rule(directory=st.sampled_from(DIRECTORIES))
    def go(self, directory: str) -> None:
        self.world.directory = directory

    @rule(seconds=st.sampled_from([1, 60, 1800, 3000, 3599, 7200, -1800, -60]))
    def let_pass(self, seconds: float) -> None:
        self.world.let_pass(seconds)

    @rule(identity=st.sampled_from(["dev", "prod"]), seconds=st.sampled_from([3600, 900, 60]))
    def deliver(self, identity: str, seconds: float) -> None:
        self.world.deliver(identity, seconds)

    @rule(identity=st.sampled_from(["dev", "prod"]))
    def log_out(self, identity: str) -> None:
        self.world.log_out(identity)

    @rule(offset=st.integers(0, 4000), byte=st.integers(0, 255), cut=st.booleans())
    def damage_records(self, offset: int, byte: int, cut: bool) -> None:
        for path in self.world.records():
            content = bytearray(path.read_bytes() or b"-")
            at = offset % len(content)
            content[at] = byte
            path.write_bytes(content[:at] if cut else content)

    @rule(words=st.sampled_from(WORDS))
    def ask(self, words: Sequence[str]) -> None:
        self.world.ask(words)

    @rule(words=st.sampled_from(ANSWERED))
    def ask_what_has_an_answer(self, words: Sequence[str]) -> None:
        self.world.ask(words)

    @rule(words=st.sampled_from(ANSWERED), name=st.sampled_from(sorted(FILES)), choice=st.integers(0, 20))
    def ask_before_and_after_an_edit(self, words: Sequence[str], name: str, choice: int) -> None:
        self.world.ask(words)
        self.world.write(name, FILES[name][choice % len(FILES[name])])
        self.world.ask(words)

    @rule(words=st.sampled_from(ANSWERED), name=st.sampled_from(sorted(VARIABLES)), choice=st.integers(0, 5))
    def ask_before_and_after_an_export(self, words: Sequence[str], name: str, choice: int) -> None:
        self.world.ask(words)
        self.world.export(name, choice)
        self.world.ask(words)

    @rule(words=st.sampled_from(ANSWERED), seconds=st.sampled_from([60, 2000, 2800, 3599, -60]))
    def ask_before_and_after_a_while(self, words: Sequence[str], seconds: float) -> None:
        self.world.ask(words)
        self.world.let_pass(seconds)
        self.world.ask(words)

    @invariant()
    def no_record_holds_a_secret(self) -> None:
        for path in self.world.records():
            content = path.read_bytes()
            assert not [secret for secret in (*self.world.secrets, "ASIA") if secret.encode() in content]
            assert path.stat().st_mode & 0o777 == 0o600


CASES = 2000
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_a_warm_answer_is_the_full_one(part: int):
    Walk.asked = Walk.answered = 0
    Walk.TestCase.settings = settings(
        max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )
    while Walk.asked < CASES / PARTS:
        Walk.TestCase("runTest").runTest()
    # Else the walks would only show that nothing is ever given again.
    assert Walk.answered > Walk.asked / 100
