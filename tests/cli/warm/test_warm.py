"""When a kept answer is given again, and each thing that makes it doubtful."""

import os
from pathlib import Path

import pytest
from warm_world import SEEN_IN_A_REGION, World

from atmos_auth.cli import warm
from atmos_auth.host.paths import Paths

ENV = ["auth", "env", "-i", "dev"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world in which ENV has been asked, and has a warm answer."""
    world = World(tmp_path)
    world.full(ENV)
    assert world.warm(ENV) == world.full(ENV)[1] != ""
    return world


def folder(world: World) -> Path:
    return world.home / ".cache/atmos/auth/answers"


def record(world: World) -> Path:
    (path,) = world.records()
    return path


def test_the_folder_is_the_one_that_paths_has(world):
    environments = [
        {"HOME": "/home/jo"},
        {"HOME": "/home/jo", "XDG_CACHE_HOME": "/cache"},
        {"HOME": "/home/jo", "XDG_CACHE_HOME": "/cache", "ATMOS_XDG_CACHE_HOME": "/other/"},
        {"HOME": "/home/jo", "XDG_CACHE_HOME": ""},
    ]
    assert [warm.folder_of(environ) for environ in environments] == [Paths(environ).answers for environ in environments]


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "jo"}, {"HOME": "/home/jo", "XDG_CACHE_HOME": "cache"}])
def test_without_a_sure_place_there_is_no_folder(environ):
    assert warm.folder_of(environ) is None


@pytest.mark.parametrize(
    "words",
    [
        ["auth", "env", "-i", "prod"],
        ["auth", "env", "dev"],
        ["auth", "env", "-i", "dev", "--format", "json"],
        ["auth", "env"],
        ["auth"],
        [],
        ["version"],
    ],
)
def test_another_command_line_has_no_answer_yet(world, words):
    assert world.warm(words) is None


def test_elsewhere_there_is_no_answer_yet(world):
    world.directory = "project/sub"
    assert world.warm(ENV) is None


@pytest.mark.parametrize("name", ["ATMOS_ANYTHING", "AWS_ANYTHING", "XDG_DATA_HOME", "LC_ALL", "GITHUB_ACTIONS"])
@pytest.mark.parametrize("value", ["", "/x"])
def test_a_variable_that_may_decide_is_new(world, name, value):
    world.environ[name] = value
    assert world.warm(ENV) is None


def test_other_variables_decide_nothing(world):
    world.environ |= {"SHLVL": "2", "TERM": "dumb", "OLDPWD": "/"}
    assert world.warm(ENV) is not None


def test_a_variable_of_the_configuration_decides(tmp_path):
    world = World(tmp_path)
    world.environ["SEEN"] = "eu-one-1"
    world.write("project/atmos.yaml", SEEN_IN_A_REGION)
    world.deliver("dev", 3600)
    world.ask(ENV)
    assert "eu-one-1" in str(world.warm(ENV))
    world.environ["SEEN"] = "eu-two-1"
    assert world.warm(ENV) is None
    del world.environ["SEEN"]
    assert world.warm(ENV) is None
    world.environ["SEEN"] = "eu-one-1"
    assert world.warm(ENV) is not None


def test_it_is_good_for_no_longer_than_the_keys_need_no_renewal(tmp_path):
    world = World(tmp_path)
    world.ask(ENV)
    fresh = [seconds for seconds in range(0, 3600, 60) if _later(world, seconds) is not None]
    full = [seconds for seconds in range(0, 3600, 60) if _later(world, seconds, full=True)]
    # From the margin on, the full way would renew, and gives the old keys only because nobody answers.
    assert fresh == full[: len(fresh)]
    assert 0 < len(fresh) < len(full) < 60


def _later(world: World, seconds: float, *, full: bool = False) -> object:
    """Ask `seconds` from now on; the full way, without keeping anything."""
    world.let_pass(seconds)
    try:
        if not full:
            return world.warm(ENV)
        (path,) = world.records()
        before = path.read_bytes()
        status = world.full(ENV)[0]
        path.write_bytes(before)
        return status == 0
    finally:
        world.let_pass(-seconds)


@pytest.mark.parametrize("name", ["project/atmos.yml", "home/.atmos/atmos.yaml", "project/atmos.d/a.yaml"])
def test_a_file_that_was_looked_for_and_is_there_now(world, name):
    world.write(name, "{}\n")
    assert world.warm(ENV) is None


def test_the_configuration_is_the_same_size_but_another(world):
    path = world.root / "project/atmos.yaml"
    text = path.read_text()
    path.write_text(text.replace("Admin", "Other"))
    assert world.warm(ENV) is None


def test_an_old_time_stamp_fools_nobody(world):
    path = world.root / "project/atmos.yaml"
    status = path.stat()
    path.write_text(path.read_text().replace("Admin", "Other"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert world.warm(ENV) is None


def test_who_has_signed_out_gets_nothing(world):
    world.log_out("dev")
    assert world.warm(ENV) is None


def test_renewed_keys_are_the_ones_that_are_given(world):
    before = world.warm(ENV)
    world.deliver("dev", 3600)
    assert world.warm(ENV) is None
    world.full(ENV)
    assert world.warm(ENV) not in (None, before)


def test_what_has_just_changed_is_not_trusted_yet(tmp_path):
    world = World(tmp_path)
    world.let_pass(-60)
    world.full(ENV)
    assert world.warm(ENV) is None
    assert world.records() == []


def test_a_record_is_for_nobody_else_and_holds_no_secret(world):
    for words in (ENV, ["auth", "env", "--format", "json"], ["auth", "credential-process", "prod"]):
        world.ask(words)
    assert len(world.records()) == 3
    assert folder(world).stat().st_mode & 0o777 == 0o700
    for path in (*world.records(), folder(world) / warm.KEY):
        assert path.stat().st_mode & 0o777 == 0o600
        assert not [secret for secret in world.secrets if secret.encode() in path.read_bytes()]


WHOAMI = ["auth", "whoami", "dev", "--offline"]


@pytest.mark.parametrize(("words", "says"), [(WHOAMI, "(58m 20s)"), ([*WHOAMI, "-o", "json"], '"expires_in": 3500,')])
def test_who_one_is_says_how_long_it_is_still_good_for(world, words, says):
    world.ask(words)
    left = 3600 - 3500
    world.let_pass(left - (world.clock.now() - int(world.clock.now())))
    assert says in str(world.warm(words))
    world.ask(words)


def test_who_one_is_may_have_colours_where_a_person_looks(world, monkeypatch):
    world.ask(WHOAMI)
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(world.root / world.directory)
    terminal, pipe = os.openpty(), os.pipe()
    before = os.dup(warm.STDERR)
    statuses = []
    try:
        for stream in (terminal[1], pipe[1]):
            os.dup2(stream, warm.STDERR)
            statuses.append(warm.serve(WHOAMI, world.clock.now()))
    finally:
        os.dup2(before, warm.STDERR)
        for descriptor in (before, *terminal, *pipe):
            os.close(descriptor)
    assert statuses == [None, 0]


@pytest.mark.parametrize(
    ("begun", "offered"),
    [("", ["dev", "prod"]), ("p", ["prod"]), ("P", ["prod"]), ("prod", ["prod"])],
)
def test_what_a_word_could_become_is_cut_out_of_what_was_asked_before(world, begun, offered):
    tab = ["completion", "zsh", "--", "atmos", "auth", "login"]
    world.full([*tab, "d"])
    assert str(world.warm([*tab, begun])).split() == offered
    world.ask([*tab, begun])


@pytest.mark.parametrize("begun", ["x", "-", "--id", "dev,", "a=b", "dev:"])
def test_what_was_not_asked_before_is_looked_up(world, begun):
    world.full(["completion", "bash", "--", "atmos", "auth", "login", ""])
    assert world.warm(["completion", "bash", "--", "atmos", "auth", "login", begun]) is None


@pytest.mark.parametrize(
    "typed",
    [
        ["terraform", "plan", "vpc", "-s", ""],
        ["terraform", "plan", ""],
        ["workflow", ""],
        ["--profile", ""],
        ["--config", "other.yaml", "auth", "login", ""],
        ["auth", "exec", "--", ""],
    ],
    ids=" ".join,
)
def test_what_is_looked_up_elsewhere_is_not_offered_again(world, typed):
    words = ["completion", "zsh", "--", "atmos", *typed]
    world.full(words)
    assert world.warm(words) is None


def test_a_command_of_the_project_is_offered_again(world):
    words = ["completion", "zsh", "--", "atmos", "b"]
    world.write("project/atmos.d/more.yaml", "commands: [{ name: build, description: Build it, steps: [make] }]\n")
    world.ask(words)
    assert world.warm(words) == "build\tBuild it\n"
    world.remove("project/atmos.d/more.yaml")
    assert world.warm(words) is None


# What somebody else could have done to the records, and what a fault of the disk could.


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_record_or_key_that_others_may_touch_is_not_read(world, mode):
    for path in (record(world), folder(world) / warm.KEY):
        path.chmod(mode)
        assert world.warm(ENV) is None
        path.chmod(0o600)
    assert world.warm(ENV) is not None


@POSIX
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_touch_is_not_read(world, mode):
    folder(world).chmod(mode)
    assert world.warm(ENV) is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("whose", ["record", "key", "folder"])
def test_what_belongs_to_somebody_else_is_not_read(world, whose):
    path = {"record": record(world), "key": folder(world) / warm.KEY, "folder": folder(world)}[whose]
    os.chown(path, 12345, 12345)
    assert world.warm(ENV) is None


@POSIX
def test_a_link_is_not_followed(world):
    path = record(world)
    elsewhere = world.root / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert world.warm(ENV) is None


@POSIX
def test_a_pipe_holds_nobody_up(world):
    path = record(world)
    path.unlink()
    os.mkfifo(path, 0o600)
    assert world.warm(ENV) is None


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\n\n", b"\0" * 100, b"until 9e99\n\nexport A=b", b"x" * (warm.LONGEST + 1)]
)
def test_rubbish_is_no_record(world, content):
    record(world).write_bytes(content)
    assert world.warm(ENV) is None
    assert world.full(ENV)[0] == 0


def test_a_record_of_another_key_is_no_record(world):
    (folder(world) / warm.KEY).write_bytes(b"k" * 32)
    assert world.warm(ENV) is None


def test_every_bit_counts(world):
    path = record(world)
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert world.warm(ENV) is None
        if at % 7 == 0:
            path.write_bytes(content[:at])
            assert world.warm(ENV) is None
    path.write_bytes(content)
    assert world.warm(ENV) is not None


@pytest.mark.parametrize(
    "lines",
    [
        "until 9e99",
        "until 9e99\nlooks 1 2 3 4\t/nowhere",
        "until 9e99\npart 1 0 4",
        "until 9e99\npart 0 0 400000",
        "until 9e99\npart -1 0 4",
        "until never\npart 0 0 4",
        "unheard of\nuntil 9e99\npart 0 0 4",
        "part 0 0 4",
        "until 9e99\nruns soon dev\npart 0 0 4",
    ],
)
def test_a_sealed_record_of_nonsense_costs_nothing_but_time(world, lines):
    """Nobody else can seal one, but we could have written nonsense ourselves."""
    key = warm.key_in(str(folder(world)))
    assert key is not None
    content = lines.encode() + b"\n\nA=b\n"
    record(world).write_bytes(warm.digest(content, key).encode() + b"\n" + content)
    # Without a part there is nothing to say; all else is no record.
    assert world.warm(ENV) in (None, "")
    assert world.full(ENV)[0] == 0


def test_room_is_made(world):
    for number in range(600):
        (folder(world) / f"{number:040x}").write_bytes(b"")
    world.full([*ENV, "--format", "json"])
    assert len(world.records()) < 600
    assert world.warm([*ENV, "--format", "json"]) is not None
