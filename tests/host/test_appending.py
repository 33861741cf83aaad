from pathlib import Path

import pytest

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.appending import append_lines


@pytest.mark.parametrize(
    ("before", "after"), [(None, "A=1\n"), ("", "A=1\n"), ("B=2\n", "B=2\nA=1\n"), ("B=2", "B=2\nA=1\n")]
)
def test_lines_stand_behind_what_others_wrote(tmp_path: Path, before: str | None, after: str):
    path = tmp_path / "job"
    if before is not None:
        path.write_text(before)
        path.chmod(0o644)
    append_lines(str(path), "A=1\n")
    assert path.read_text() == after
    assert path.stat().st_mode & 0o777 == (0o600 if before is None else 0o644), "what is there keeps its mode"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(StoreError, match="cannot write"):
        append_lines(str(tmp_path / "nowhere" / "job"), "A=1\n")
