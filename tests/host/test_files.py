import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.files import (
    create_private,
    make_private_folder,
    read_private,
    remove_file,
    set_aside,
    write_private,
)

NOBODY = 65534


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder in which this user may change nothing; the superuser becomes somebody else for it."""
    folder = Path(tempfile.mkdtemp())
    (folder / "file").write_bytes(b"content")
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
        (folder / "file").chmod(0o444)
        folder.chmod(0o500)
        os.seteuid(NOBODY)
    else:
        folder.chmod(0o500)
    yield folder
    if is_root:
        os.seteuid(0)
    folder.chmod(0o700)
    (folder / "file").unlink()
    folder.rmdir()


def modes(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in root.rglob("*")}


@pytest.mark.usefixtures("open_umask")
def test_folders_and_files_are_private_under_any_umask(tmp_path):
    write_private(str(tmp_path / "a" / "b" / "file"), b"x")
    create_private(str(tmp_path / "a" / "c" / "file"), b"x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert modes(tmp_path / "a") == {"b": 0o700, "b/file": 0o600, "c": 0o700, "c/file": 0o600}


def test_a_folder_that_is_there_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    make_private_folder(str(tmp_path))
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_writing_replaces_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "folder" / "file"
    for content in (b"first, and rather long", b"", b"\x00\xff"):
        write_private(str(path), content)
        assert read_private(str(path)) == content
    assert os.listdir(path.parent) == ["file"]


def test_a_link_is_replaced_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (tmp_path / "file").symlink_to(tmp_path / "elsewhere")
    write_private(str(tmp_path / "file"), b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"
    assert not (tmp_path / "file").is_symlink()


def test_reading_what_is_not_there_gives_none(tmp_path):
    assert read_private(str(tmp_path / "no" / "file")) is None


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604, 0o777])
def test_loose_permissions_are_tightened_on_sight(tmp_path, mode):
    path = tmp_path / "file"
    path.write_bytes(b"x")
    path.chmod(mode)
    assert read_private(str(path)) == b"x"
    assert path.stat().st_mode & 0o777 == 0o600


def test_permissions_that_cannot_be_tightened_do_not_stop_the_reading(read_only):
    (owner, mode) = (read_only / "file").stat().st_uid, (read_only / "file").stat().st_mode & 0o077
    assert read_private(str(read_only / "file")) == b"content"
    if owner != os.geteuid():
        assert (read_only / "file").stat().st_mode & 0o077 == mode


def test_of_many_creators_one_wins(tmp_path, environ):
    path = str(tmp_path / "folder" / "file")
    source = (
        "import os; from atmos_auth.host.files import create_private;"
        f"print(create_private({path!r}, str(os.getpid()).encode()), os.getpid())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", source], env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    answers = [process.communicate(timeout=60)[0].split() for process in processes]
    winners = [pid for created, pid in answers if created == "True"]
    assert winners == [Path(path).read_text()]
    assert os.listdir(tmp_path / "folder") == ["file"]


def test_removing_tells_whether_it_was_there(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    assert remove_file(str(tmp_path / "file")) is True
    assert remove_file(str(tmp_path / "file")) is False


def test_setting_aside_keeps_the_content(tmp_path):
    (tmp_path / "file").write_bytes(b"damaged")
    aside = set_aside(str(tmp_path / "file"))
    assert Path(aside).read_bytes() == b"damaged"
    assert not (tmp_path / "file").exists()
    assert set_aside(str(tmp_path / "file")) == aside  # another process was faster


# --- failures --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "verb"),
    [
        (lambda folder: write_private(str(folder / "new"), b"x"), "write"),
        (lambda folder: create_private(str(folder / "new"), b"x"), "write"),
        (lambda folder: write_private(str(folder / "sub" / "new"), b"x"), "create the folder"),
        (lambda folder: make_private_folder(str(folder / "sub")), "create the folder"),
        (lambda folder: remove_file(str(folder / "file")), "remove"),
        (lambda folder: set_aside(str(folder / "file")), "set aside"),
    ],
)
def test_a_read_only_folder_is_an_error_with_a_hint(read_only, act, verb):
    with pytest.raises(StoreError, match=f"cannot {verb} {read_only}") as caught:
        act(read_only)
    assert "Permission denied" in caught.value.message
    assert any("permissions" in hint for hint in caught.value.hints)
    assert os.listdir(read_only) == ["file"]


@pytest.mark.parametrize(
    "act",
    [
        lambda path: write_private(path, b"x"),
        lambda path: create_private(path, b"x"),
        make_private_folder,
    ],
)
def test_a_file_where_a_folder_should_be_is_an_error_with_a_hint(tmp_path, act):
    (tmp_path / "file").write_bytes(b"in the way")
    with pytest.raises(StoreError) as caught:
        act(str(tmp_path / "file" / "below" / "it"))
    assert caught.value.hints
    assert (tmp_path / "file").read_bytes() == b"in the way"


def test_a_folder_where_a_file_should_be_is_an_error_with_a_hint(tmp_path):
    for act in (read_private, remove_file, lambda path: write_private(path, b"x")):
        with pytest.raises(StoreError) as caught:
            act(str(tmp_path))
        assert caught.value.hints
    assert not [name for name in os.listdir(tmp_path.parent) if name.endswith(".tmp")]


NURSERY = """
    import os, sys
    from atmos_auth.host.files import write_private
    path = sys.argv[1]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            n = 0
            while True:
                n += 1
                write_private(path, (str(n % 10) * 20_000).encode())
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)
"""


def test_a_writer_that_is_killed_leaves_the_old_or_the_new(tmp_path, environ):
    path = tmp_path / "file"
    write_private(str(path), b"0" * 20_000)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(NURSERY), str(path)],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for attempt in range(60):
            nursery.stdin.write("next\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            time.sleep(attempt * 0.0003)
            os.kill(child, signal.SIGKILL)
            assert int(nursery.stdout.readline()) == signal.SIGKILL
            content = read_private(str(path))
            assert content is not None
            assert (len(content), len(set(content))) == (20_000, 1)
        nursery.stdin.close()
