import os

import pytest

from atmos_auth.config.globs import is_pattern, matching_files
from atmos_auth.config.observer import Observer
from atmos_auth.config.record import Record


@pytest.fixture
def tree(tmp_path):
    for path in ("a.yaml", "b.yml", "sub/c.yaml", "sub/deep/d.yaml", "sub/.hidden/e.yaml", ".f.yaml", "sub/deep/g.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.yaml", ["a.yaml"]),
        (".*.yaml", [".f.yaml"]),
        ("*", ["a.yaml", "b.yml"]),
        ("**/*.yaml", ["a.yaml", "sub/c.yaml", "sub/deep/d.yaml"]),
        ("**", ["a.yaml", "b.yml", "sub/c.yaml", "sub/deep/d.yaml", "sub/deep/g.txt"]),
        ("sub/**/*", ["sub/c.yaml", "sub/deep/d.yaml", "sub/deep/g.txt"]),
        ("sub/**/d.yaml", ["sub/deep/d.yaml"]),
        ("**/deep/**/d.yaml", ["sub/deep/d.yaml"]),
        ("sub/.*/*.yaml", ["sub/.hidden/e.yaml"]),
        ("*/c.yaml", ["sub/c.yaml"]),
        ("?.yml", ["b.yml"]),
        ("[ab].*", ["a.yaml", "b.yml"]),
        ("[!a].*", ["b.yml"]),
        ("{a,b}.{yaml,yml}", ["a.yaml", "b.yml"]),
        ("sub/{c,deep/d}.yaml", ["sub/c.yaml", "sub/deep/d.yaml"]),
        ("A.yaml*", []),
        ("nope/**/*.yaml", []),
        ("a.yaml/*", []),
    ],
)
def test_patterns(tree, pattern, found):
    files = matching_files(str(tree / pattern), Observer({}, Record()))
    assert [os.path.relpath(file, tree) for file in files] == found


def test_every_directory_that_could_hold_a_match_is_noted(tree):
    record = Record()
    matching_files(str(tree / "sub/**/*.yaml"), Observer({}, record))
    assert set(record.directories) == {str(tree / "sub"), str(tree / "sub/deep")}
    matching_files(str(tree / "gone/*.yaml"), Observer({}, record))
    assert str(tree / "gone") in record.absent


def test_a_circle_of_links_ends(tree):
    (tree / "sub/up").symlink_to(tree)
    (tree / "sub/deep/again").symlink_to(tree / "sub")
    files = matching_files(str(tree / "**/*.yaml"), Observer({}, Record()))
    assert [os.path.relpath(file, tree) for file in files] == ["a.yaml", "sub/c.yaml", "sub/deep/d.yaml"]


@pytest.mark.parametrize(("path", "pattern"), [("a/b.yaml", False), ("a/*.yaml", True), ("{a,b}", True), ("a?", True)])
def test_is_pattern(path, pattern):
    assert is_pattern(path) is pattern
