import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def test_imports_are_weaker_than_the_file_and_later_ones_win(project):
    project.write("a.yaml", "x: a\ny: a\nz: a\n")
    project.write("b.yaml", "x: b\ny: b\n")
    main = project.write("atmos.yaml", "x: main\nimport: [a.yaml, ./b.yaml]\n")
    config = project.load()
    assert config.tree == {"x": "main", "y": "b", "z": "a"}
    assert config.files == (str(project.root / "a.yaml"), str(project.root / "b.yaml"), main)
    assert config.warnings == ()


def test_imports_follow_imports_and_each_path_is_relative_to_its_file(project):
    project.write("sub/a.yaml", "import: [deeper/b.yaml]\nx: a\n")
    project.write("sub/deeper/b.yaml", "import: ../../c\nx: b\ny: b\n")
    project.write("c.yml", "y: c\nz: c\n")
    project.write("atmos.yaml", "import: [sub/a.yaml]\n")
    assert project.load().tree == {"y": "b", "z": "c", "x": "a"}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("conf/*.yaml", ["conf/a.yaml", "conf/b.yaml"]),
        ("conf/**/*.yaml", ["conf/a.yaml", "conf/b.yaml", "conf/sub/c.yaml"]),
        ("conf/**/*", ["conf/a.yaml", "conf/b.yaml", "conf/sub/c.yaml"]),
        ("conf/sub/**", ["conf/sub/c.yaml"]),
        ("conf/{b,a}.yaml", ["conf/a.yaml", "conf/b.yaml"]),
        ("conf/a", ["conf/a.yaml"]),
        ("conf/sub/c.yaml", ["conf/sub/c.yaml"]),
    ],
)
def test_patterns(project, written, found):
    for name in ("conf/a.yaml", "conf/b.yaml", "conf/sub/c.yaml"):
        project.write(name, "")
    project.write("conf/notes.txt", "not: [yaml")
    project.write("atmos.yaml", f"import: ['{written}']\n")
    config = project.load()
    assert list(config.files[:-1]) == [str(project.root / name) for name in found]


def test_absolute_and_home_paths(project):
    (project.home / "h.yaml").write_text("h: 1\n")
    absolute = project.write("elsewhere/a.yaml", "a: 1\n")
    project.write("atmos.yaml", f"import: ['{absolute}', ~/h.yaml]\n")
    assert project.load().tree == {"a": 1, "h": 1}


def test_the_base_path_is_searched_second(project):
    project.write("base/a.yaml", "a: base\n")
    project.write("base/b.yaml", "b: base\n")
    project.write("a.yaml", "a: beside\n")
    project.write("atmos.yaml", "base_path: ./base\nimport: [a.yaml, b.yaml]\n")
    tree = project.load().tree
    assert (tree["a"], tree["b"]) == ("beside", "base")
    project.write("atmos.yaml", "import: [b.yaml]\n")
    assert project.load({"ATMOS_BASE_PATH": "base"}).tree == {"b": "base"}


@pytest.mark.parametrize("written", ["missing.yaml", "missing/*.yaml", "missing"])
def test_a_missing_import_is_left_out_with_a_warning_that_names_it(project, written):
    main = project.write("atmos.yaml", f"x: 1\nimport:\n  - {written}\n")
    config = project.load()
    assert config.tree == {"x": 1}
    (warning,) = config.warnings
    assert warning.startswith(f"{main}:3:5: the import {written} ")
    assert "is left out" in warning


def test_an_import_that_cannot_be_read_is_left_out_with_a_warning(project):
    project.directory("conf.yaml")
    project.write("atmos.yaml", "x: 1\nimport: [conf.yaml]\n")
    config = project.load()
    assert config.tree == {"x": 1}
    assert "conf.yaml: this is a directory" in config.warnings[0]


@pytest.mark.parametrize(
    "written",
    [
        "https://example.org/atmos.yaml",
        "http://example.org/atmos.yaml",
        "git::https://example.org/repo.git//atmos.yaml?ref=v1",
        "git@example.org:repo.git",
        "s3::https://example.org/x.yaml",
        "github.com/owner/repo//atmos.yaml",
    ],
)
def test_remote_imports_are_left_out_with_a_warning(project, written):
    project.write("atmos.yaml", f"x: 1\nimport: ['{written}']\n")
    config = project.load()
    assert config.tree == {"x": 1}
    assert f"the import {written} is left out: remote imports are not supported yet" in config.warnings[0]
    assert config.record.uncacheable


def test_a_broken_import_is_an_error_with_its_own_place(project):
    broken = project.write("a.yaml", "x: [1\n")
    project.write("atmos.yaml", "import: [a.yaml]\n")
    with pytest.raises(ConfigError) as caught:
        project.load()
    assert caught.value.place == Place(broken, 1, 4)


@pytest.mark.parametrize(
    ("written", "column"), [("{a: b}", 9), ("[1]", 10), ("['']", 10), ("[[a]]", 10), ("7", 9), ("[{path: a}]", 10)]
)
def test_an_import_must_be_a_path(project, written, column):
    main = project.write("atmos.yaml", f"import: {written}\n")
    with pytest.raises(ConfigError, match="an import must be the path of a file") as caught:
        project.load()
    assert caught.value.place == Place(main, 1, column)


@pytest.mark.parametrize("text", ["import:\n", "import: []\n", "Import: [a.yaml]\n", "import: a.yaml\n"])
def test_other_ways_to_write_it(project, text):
    project.write("a.yaml", "a: 1\n")
    project.write("atmos.yaml", text)
    assert project.load().tree == ({"a": 1} if "a.yaml" in text else {})


def test_functions_in_paths(project):
    project.write("prod/a.yaml", "a: 1\n")
    project.write("atmos.yaml", "import: [!env FILE]\n")
    assert project.load({"FILE": "prod/a.yaml"}).tree == {"a": 1}


def test_a_circle_is_an_error_that_shows_the_way(project):
    project.write("a.yaml", "import: [b.yaml]\n")
    path = project.write("b.yaml", "import: [./a.yaml]\n")
    project.write("atmos.yaml", "import: [a.yaml]\n")
    with pytest.raises(ConfigError, match="import each other in a circle") as caught:
        project.load()
    assert caught.value.place == Place(path, 1, 10)
    assert len(caught.value.details) == 4


def test_a_pattern_does_not_import_the_file_it_stands_in(project):
    project.write("a.yaml", "a: 1\n")
    project.write("atmos.yaml", "import: ['*.yaml']\nb: 1\n")
    assert project.load().tree == {"a": 1, "b": 1}


def test_one_file_may_be_imported_from_two_places(project):
    project.write("common.yaml", "x: common\n")
    project.write("a.yaml", "import: [common.yaml]\nx: a\n")
    project.write("b.yaml", "import: [common.yaml]\n")
    project.write("atmos.yaml", "import: [a.yaml, b.yaml]\n")
    assert project.load().tree == {"x": "common"}


def chain(project, length):
    for number in range(1, length):
        project.write(f"f{number}.yaml", f"import: [f{number + 1}.yaml]\n")
    project.write(f"f{length}.yaml", "deep: true\n")
    project.write("atmos.yaml", "import: [f1.yaml]\n")


def test_ten_levels_are_followed(project):
    chain(project, 10)
    assert project.load().tree == {"deep": True}


def test_an_eleventh_level_is_an_error(project):
    chain(project, 11)
    with pytest.raises(ConfigError, match="nested deeper than 10 files"):
        project.load()


def test_append_and_unset_reach_through_imports(project):
    project.write("a.yaml", "l: [1]\nm: {x: 1, y: 1}\n")
    project.write("b.yaml", "l: !append [2]\nm: {y: !unset }\n")
    project.write("atmos.yaml", "import: [a.yaml, b.yaml]\nl: !append [3]\n")
    assert project.load().tree == {"l": [1, 2, 3], "m": {"x": 1}}


def test_commands_of_imports_are_made_one_with_their_variables(project):
    project.write("more.yaml", "commands: [{name: a, env: {X: imported, y_Z: kept}}, {name: b}]")
    project.write("atmos.yaml", "import: [more.yaml]\ncommands: [{name: a, env: {X: own}, steps: [s]}]")
    assert project.load().resolve(("commands",)) == [
        {"name": "a", "env": {"X": "own", "y_Z": "kept"}, "steps": ["s"]},
        {"name": "b"},
    ]
