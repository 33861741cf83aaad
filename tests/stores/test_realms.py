from pathlib import Path

import pytest

from atmos_auth.host.paths import Paths
from atmos_auth.stores.realms import realms_on_disk


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths({"HOME": str(tmp_path)}, realm="current")


def test_where_nothing_is_there_are_none(paths):
    assert realms_on_disk(paths) == []


@pytest.mark.parametrize("place", ["aws_folders", "sso_sessions", "locks", "browser_profiles"])
@pytest.mark.parametrize("realm", ["", "acme", "aws", "auth"])
def test_each_folder_of_a_realm_tells_of_it(paths, place, realm):
    Path(getattr(paths.in_realm(realm), place)).mkdir(parents=True)
    assert realm in realms_on_disk(paths)
    assert "current" not in realms_on_disk(paths)


def test_what_is_no_realm_is_passed_over(paths):
    Path(paths.config, "kube").mkdir(parents=True)
    Path(paths.config, "aws").write_text("no folder")
    Path(paths.cache).mkdir(parents=True)
    Path(paths.cache, "aws-sso").write_text("no folder")
    assert realms_on_disk(paths) == []
