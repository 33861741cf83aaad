import os
from pathlib import Path

import pytest

from atmos_auth.domain.errors import LockTimeout, StoreError
from atmos_auth.host.shared_files import locked_shared, read_shared, stamp, write_shared
from atmos_auth.testing import FakeClock


def test_reading_leaves_the_mode_alone(tmp_path: Path):
    path = tmp_path / "config"
    path.write_text("x")
    path.chmod(0o644)
    assert read_shared(str(path)) == "x"
    assert path.stat().st_mode & 0o777 == 0o644
    assert read_shared(str(tmp_path / "none")) is None


def test_what_is_no_text_is_said(tmp_path: Path):
    (tmp_path / "config").write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match="not UTF-8"):
        read_shared(str(tmp_path / "config"))
    with pytest.raises(StoreError, match="cannot read"):
        read_shared(str(tmp_path))


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
def test_writing_sets_the_mode(tmp_path: Path, mode: int):
    path = tmp_path / "new" / "config"
    write_shared(str(path), "x", mode=mode)
    write_shared(str(path), "y", mode=mode)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("y", mode)


def test_a_stamp_tells_that_a_file_was_written(tmp_path: Path):
    path = tmp_path / "config"
    assert stamp(str(path)) == ""
    write_shared(str(path), "x")
    before = stamp(str(path))
    assert stamp(str(path)) == before
    write_shared(str(path), "x")
    assert stamp(str(path)) != before


def test_two_names_of_one_file_share_its_lock(tmp_path: Path):
    (tmp_path / "config").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "config")
    clock, locks = FakeClock(), str(tmp_path / "locks")
    with (
        locked_shared(str(tmp_path / "config"), locks=locks, clock=clock),
        pytest.raises(LockTimeout),
        locked_shared(str(tmp_path / "link"), locks=locks, clock=clock),
    ):
        pass
    assert [name for name in os.listdir(tmp_path) if name.endswith(".lock")] == []
