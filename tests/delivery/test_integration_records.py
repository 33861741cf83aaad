from pathlib import Path

import pytest

from atmos_auth.delivery.integration_records import IntegrationRecords, Record
from atmos_auth.host.shared_files import stamp

RECORD = Record(
    integration="images",
    kind="aws/ecr",
    settings={"spec": {"registry": {"region": "us-east-1"}}},
    identity="dev",
    what="Docker login",
    file="/c.json",
    stamp="",
    mark="abc",
    variables={"DOCKER_CONFIG": "/d"},
    issued_at=1000.0,
    expires_at=1000.0 + 43200,
)


def test_a_record_comes_back_as_it_was(tmp_path: Path):
    records = IntegrationRecords(str(tmp_path / "integrations"))
    assert (records.read("one"), records.all()) == (None, {})
    records.write("one", RECORD)
    assert records.read("one") == RECORD
    assert records.all() == {"one": RECORD}
    assert (tmp_path / "integrations" / "one.json").stat().st_mode & 0o777 == 0o600
    records.remove("one")
    assert records.all() == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "aws/ecr"}', '{"unknown": 1}'])
def test_what_cannot_be_understood_is_not_there(tmp_path: Path, text: str):
    (tmp_path / "one.json").write_text(text)
    assert IntegrationRecords(str(tmp_path)).read("one") is None
    assert IntegrationRecords(str(tmp_path)).all() == {}


@pytest.mark.parametrize(
    ("life", "left", "fresh"), [(43200, 901, True), (43200, 899, False), (60, 16, True), (60, 14, False)]
)
def test_it_is_renewed_a_while_before_its_end(life, left, fresh):
    assert RECORD._replace(expires_at=RECORD.issued_at + life).is_fresh(RECORD.issued_at + life - left) is fresh


def test_what_does_not_end_stays_fresh():
    assert RECORD._replace(expires_at=None).is_fresh(10**12)


def test_a_file_that_was_written_is_noticed(tmp_path: Path):
    path = tmp_path / "config"
    assert not RECORD.is_untouched
    path.write_text("x")
    record = RECORD._replace(file=str(path), stamp=stamp(str(path)))
    assert record.is_untouched
    path.write_text("xy")
    assert not record.is_untouched
