import os
import sys

import pytest

from atmos_auth.config.fragments import fragments_beside, yaml_files
from atmos_auth.config.observer import Observer
from atmos_auth.config.record import Record
from atmos_auth.domain.errors import ConfigError


@pytest.fixture
def observer():
    return Observer({}, Record())


def fill(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")


def test_shallow_first_then_by_path(observer, tmp_path):
    fill(tmp_path, "z.yaml", "b.yml", "a/x.yaml", "a/b/c.yaml", "c/a.yml", "notes.txt", "a/README.md")
    found = [os.path.relpath(path, tmp_path) for path in yaml_files(str(tmp_path), observer)]
    assert found == ["b.yml", "z.yaml", "a/x.yaml", "c/a.yml", "a/b/c.yaml"]


def test_yaml_hides_yml_of_the_same_name_in_the_same_directory(observer, tmp_path):
    fill(tmp_path, "a.yaml", "a.yml", "b.yml", "sub/a.yml")
    found = [os.path.relpath(path, tmp_path) for path in yaml_files(str(tmp_path), observer)]
    assert found == ["a.yaml", "b.yml", "sub/a.yml"]


def test_the_hidden_directory_is_the_weaker_one(observer, tmp_path):
    fill(tmp_path, "atmos.d/a.yaml", ".atmos.d/z.yaml")
    found = [os.path.relpath(path, tmp_path) for path in fragments_beside(str(tmp_path), observer)]
    assert found == [".atmos.d/z.yaml", "atmos.d/a.yaml"]


def test_no_directory_no_fragments_but_a_note(observer, tmp_path):
    assert fragments_beside(str(tmp_path), observer) == []
    assert observer.record.absent == {str(tmp_path / ".atmos.d"), str(tmp_path / "atmos.d")}


def test_a_circle_of_links_ends(observer, tmp_path):
    fill(tmp_path, "a/x.yaml", "b/y.yaml")
    (tmp_path / "a/b").symlink_to(tmp_path / "b")
    (tmp_path / "b/a").symlink_to(tmp_path / "a")
    (tmp_path / "a/self").symlink_to(tmp_path)
    found = [os.path.relpath(path, tmp_path) for path in yaml_files(str(tmp_path), observer)]
    assert found == ["a/x.yaml", "b/y.yaml", "a/b/y.yaml", "b/a/x.yaml"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may list everything")
def test_a_directory_without_permission(observer, tmp_path):
    closed = tmp_path / "atmos.d"
    closed.mkdir(mode=0)
    try:
        with pytest.raises(ConfigError, match="cannot be listed"):
            fragments_beside(str(tmp_path), observer)
    finally:
        closed.chmod(0o700)
