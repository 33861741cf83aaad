import os

import pytest

from atmos_auth.config.observer import Observer
from atmos_auth.config.record import Record


@pytest.fixture
def record():
    return Record()


def stamp(path):
    status = os.stat(path)
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def test_what_is_read_is_noted_with_its_stamp(record, tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"abc")
    assert Observer({}, record).read(str(file)) == b"abc"
    assert record.files == {str(file): stamp(file)}
    assert not record.uncacheable


def test_what_is_not_there_is_noted(record, tmp_path):
    observer = Observer({}, record)
    missing = str(tmp_path / "missing")
    with pytest.raises(FileNotFoundError):
        observer.read(missing)
    assert not observer.exists(missing + "1")
    assert not observer.is_directory(missing + "2")
    assert observer.entries(missing + "3") == []
    assert record.absent == {missing, missing + "1", missing + "2", missing + "3"}
    assert not record.directories


def test_what_only_has_to_exist_is_noted_without_a_stamp(record, tmp_path):
    assert Observer({}, record).is_directory(str(tmp_path))
    assert record.present == {str(tmp_path)}
    assert not record.directories


def test_a_listed_directory_is_noted_with_its_stamp(record, tmp_path):
    directory = tmp_path / "listed"
    (directory / "b").mkdir(parents=True)
    (directory / "a").write_text("")
    assert Observer({}, record).entries(str(directory)) == [("a", False), ("b", True)]
    assert record.directories == {str(directory): stamp(directory)}


def test_a_link_to_itself_is_no_directory(record, tmp_path):
    directory = tmp_path / "listed"
    directory.mkdir()
    (directory / "loop").symlink_to("loop")
    assert Observer({}, record).entries(str(directory)) == [("loop", False)]


def test_a_file_is_no_directory_to_list(record, tmp_path):
    file = tmp_path / "f"
    file.write_text("")
    assert Observer({}, record).entries(str(file)) == []
    assert str(file) in record.absent


def test_every_variable_that_is_asked_for_is_noted(record):
    observer = Observer({"A": "1", "B": ""}, record)
    observer.promoted = {"A": "no", "C": "3"}
    assert [observer.variable(name) for name in "ABCD"] == ["1", "", "3", None]
    assert record.variables == {"A": "1", "B": "", "C": None, "D": None}


def test_a_record_never_shows_values(record):
    Observer({"KEY": "hunter2"}, record).variable("KEY")
    assert "hunter2" not in repr(record)
    assert "KEY" in repr(record)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_read_but_never_trusted_again(record):
    reading, writing = os.pipe()
    try:
        os.write(writing, b"a: 1")
        os.close(writing)
        assert Observer({}, record).read(f"/dev/fd/{reading}") == b"a: 1"
    finally:
        os.close(reading)
    assert record.uncacheable
