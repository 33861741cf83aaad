import os
import threading
from pathlib import Path

import pytest

from atmos_auth.domain.errors import LockTimeout, StoreError
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.locks import locked
from atmos_auth.host.sweeping import files_below, sweep

CLOCK = SystemClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    (folder / "deep" / "deeper").mkdir(parents=True)
    for name in ("credentials", "credentials.lock", "deep/deeper/refresh.json"):
        (folder / name).write_text("x")
    return folder


def test_everything_goes_and_the_folder_with_it(folder):
    assert len(files_below(str(folder))) == 3
    assert sweep(str(folder), clock=CLOCK) is True
    assert not folder.exists()
    assert sweep(str(folder), clock=CLOCK) is False
    assert files_below(str(folder)) == []


def test_what_is_empty_above_it_goes_up_to_the_base(tmp_path):
    deep = tmp_path / "base" / "realm" / "aws"
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    (tmp_path / "base" / "other").mkdir()
    sweep(str(deep), clock=CLOCK, base=str(tmp_path / "base"))
    assert [path.name for path in (tmp_path / "base").iterdir()] == ["other"]
    (tmp_path / "base" / "other" / "aws").mkdir()
    (tmp_path / "base" / "other" / "kept").write_text("x")
    sweep(str(tmp_path / "base" / "other" / "aws"), clock=CLOCK, base=str(tmp_path / "base"))
    assert [path.name for path in (tmp_path / "base" / "other").iterdir()] == ["kept"]


def test_empty_folders_go_but_count_for_nothing(tmp_path):
    (tmp_path / "ours" / "empty").mkdir(parents=True)
    assert sweep(str(tmp_path / "ours"), clock=CLOCK) is False
    assert not (tmp_path / "ours").exists()


def test_links_are_removed_and_not_followed(folder, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("stays")
    (folder / "to-a-folder").symlink_to(precious)
    (folder / "to-a-file").symlink_to(precious / "file")
    (folder / "to-nowhere").symlink_to(tmp_path / "nowhere")
    sweep(str(folder), clock=CLOCK)
    assert (precious / "file").read_text() == "stays"
    assert not folder.exists()


def test_a_lock_that_is_held_stays_and_all_else_goes(folder):
    lock = folder / "credentials.lock"
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(str(lock), clock=CLOCK, deadline=CLOCK.now() + 10):
            holding.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(30)
    try:
        with pytest.raises(LockTimeout, match="another process holds"):
            sweep(str(folder), clock=CLOCK)
    finally:
        done.set()
        thread.join()
    assert files_below(str(folder)) == [str(lock)]
    assert sweep(str(folder), clock=CLOCK) is True


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may remove anything")
def test_what_cannot_be_removed_is_told_of_and_all_else_goes(folder):
    (folder / "deep" / "deeper").chmod(0o500)
    with pytest.raises(StoreError, match=r"refresh\.json"):
        sweep(str(folder), clock=CLOCK)
    (folder / "deep" / "deeper").chmod(0o700)
    assert files_below(str(folder)) == [str(folder / "deep" / "deeper" / "refresh.json")]
