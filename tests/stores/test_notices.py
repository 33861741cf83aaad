from pathlib import Path

from atmos_auth.stores.notices import Notices


def test_a_notice_is_new_once_for_every_process(tmp_path: Path):
    folder = str(tmp_path / "notices")
    assert [Notices(folder).is_new("one"), Notices(folder).is_new("one"), Notices(folder).is_new("two")] == [
        True,
        False,
        True,
    ]
    assert {path.stat().st_mode & 0o777 for path in Path(folder).iterdir()} == {0o600}


def test_where_nothing_can_be_noted_it_is_said_each_time(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    notices = Notices(str(tmp_path / "file" / "notices"))
    assert [notices.is_new("one"), notices.is_new("one")] == [True, True]
