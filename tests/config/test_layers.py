import os

import pytest

from atmos_auth.config.layers import Layers, may_use_repository, system_directory
from atmos_auth.config.load import Request, load
from atmos_auth.config.observer import Observer
from atmos_auth.config.record import Record
from atmos_auth.config.repository import repository_root
from atmos_auth.domain.errors import ConfigError


def mark(project, *directories, name="atmos.yaml"):
    """Put a file into each directory that says where it stands, both in a key of its own and in a shared one."""
    for directory in directories:
        project.write(f"{directory}/{name}", f"'{directory}': 1\nlast: '{directory}'\n")


def order(config):
    return [key for key in config.tree if key != "last"], config.tree.get("last")


def home(project, text):
    (project.home / ".atmos").mkdir(exist_ok=True)
    (project.home / ".atmos/atmos.yaml").write_text(text)


def test_nothing_at_all_is_an_empty_configuration(project):
    config = project.load()
    assert config.tree == {}
    assert config.files == ()
    assert config.directory == config.base_path == str(project.root)
    assert config.warnings == ()


@pytest.mark.parametrize("name", ["atmos.yaml", "atmos.yml", ".atmos.yaml", ".atmos.yml"])
def test_names_of_the_file(project, name):
    path = project.write(name, "a: 1\n")
    config = project.load()
    assert config.tree == {"a": 1}
    assert config.files == (path,)
    assert config.directory == str(project.root)


def test_two_files_in_one_directory_are_pointed_out(project):
    project.write("atmos.yaml", "a: 1\n")
    project.write(".atmos.yaml", "a: 2\n")
    config = project.load()
    assert config.tree == {"a": 1}
    assert config.warnings == (f"{project.root} holds atmos.yaml, so .atmos.yaml beside it is not read",)


def test_the_home_directory_is_weaker_than_the_project(project):
    home(project, "a: home\nb: home\n")
    project.write("atmos.yaml", "b: project\n")
    assert project.load().tree == {"a": "home", "b": "project"}


def test_the_nearest_directory_above_is_found(project):
    mark(project, ".", "one", "one/two")
    project.directory("one/two/three/four")
    config = project.load(cwd="one/two/three/four")
    assert order(config) == (["one/two"], "one/two")
    assert config.directory == str(project.root / "one/two")


def test_the_repositorys_root_is_read_too_and_the_nearer_file_wins(project):
    project.directory(".git")
    mark(project, ".", "one", "one/two")
    project.directory("one/two/three")
    assert order(project.load(cwd="one/two/three")) == ([".", "one/two"], "one/two")


def test_the_repositorys_root_can_be_switched_off(project):
    project.directory(".git")
    mark(project, ".", "one")
    project.directory("one/two")
    for word in ("false", "0", "F"):
        assert order(project.load({"ATMOS_GIT_ROOT_BASEPATH": word}, cwd="one/two")) == (["one"], "one")
    assert order(project.load({"ATMOS_GIT_ROOT_BASEPATH": "true"}, cwd="one/two"))[0] == [".", "one"]


@pytest.mark.parametrize("marker", ["atmos.yaml", "atmos.yml", ".atmos.yaml", ".atmos/", ".atmos.d/", "atmos.d/"])
def test_a_configured_directory_does_not_look_above(project, marker):
    project.directory(".git")
    mark(project, ".", "one")
    if marker.endswith("/"):
        project.directory(f"one/two/{marker}")
    else:
        project.write(f"one/two/{marker}", "two: 1\n")
    assert order(project.load(cwd="one/two"))[0] == ([] if marker.endswith("/") else ["two"])


def test_home_counts_for_a_configured_directory(project):
    home(project, "home: 1\n")
    mark(project, ".")
    assert order(project.load())[0] == ["home", "."]


def test_the_chosen_directory_is_the_strongest_and_stops_looking_above(project):
    home(project, "home: 1\n")
    project.directory(".git")
    mark(project, ".", "one", "one/two", "chosen")
    environ = {"ATMOS_CLI_CONFIG_PATH": str(project.root / "chosen")}
    config = project.load(environ, cwd="one/two")
    assert order(config) == (["home", "one/two", "chosen"], "chosen")
    assert config.directory == str(project.root / "chosen")
    project.directory("one/empty")
    assert order(project.load(environ, cwd="one/empty"))[0] == ["home", "chosen"]


@pytest.mark.parametrize("written", ["../chosen", "~/chosen"])
def test_the_chosen_directory_may_be_relative(project, written):
    (project.home / "chosen").mkdir()
    (project.home / "chosen/atmos.yaml").write_text("chosen: 1\n")
    mark(project, "chosen")
    project.directory("one")
    assert "chosen" in project.load({"ATMOS_CLI_CONFIG_PATH": written}, cwd="one").tree


def test_a_chosen_directory_that_is_already_a_layer_is_read_once(project):
    project.write("atmos.yaml", "l: !append [1]\n")
    config = project.load({"ATMOS_CLI_CONFIG_PATH": "."})
    assert config.tree == {"l": [1]}


@pytest.mark.parametrize("value", ["missing", "file"])
def test_a_chosen_directory_must_exist(project, value):
    project.write("file", "")
    with pytest.raises(ConfigError, match=r"ATMOS_CLI_CONFIG_PATH names .* which is no directory") as caught:
        project.load({"ATMOS_CLI_CONFIG_PATH": value})
    assert "ATMOS_CONFIG" in caught.value.hints[0]


def test_a_chosen_directory_without_configuration_is_pointed_out(project):
    project.directory("empty")
    project.write("atmos.yaml", "a: 1\n")
    config = project.load({"ATMOS_CLI_CONFIG_PATH": "empty"})
    assert config.tree == {"a": 1}
    assert "holds no atmos.yaml" in config.warnings[0]


def test_an_empty_variable_chooses_nothing(project):
    mark(project, ".")
    project.directory("one")
    environ = {"ATMOS_CLI_CONFIG_PATH": "", "ATMOS_CONFIG": "", "ATMOS_CONFIG_PATH": " , ", "ATMOS_BASE_PATH": ""}
    assert order(project.load(environ, cwd="one"))[0] == ["."]


class TestNamedFiles:
    def test_files_replace_every_layer_left_to_right(self, project):
        home(project, "home: 1\n")
        mark(project, ".")
        project.write("a.yaml", "a: 1\nx: a\n")
        project.write("other/b.yaml", "b: 1\nx: b\n")
        config = project.load(config_files=("a.yaml", "other/b.yaml"))
        assert config.tree == {"a": 1, "x": "b", "b": 1}
        assert config.directory == str(project.root / "other")
        assert project.load({"ATMOS_CONFIG": "a.yaml, other/b.yaml"}).tree == config.tree

    def test_directories_replace_every_layer_left_to_right(self, project):
        mark(project, ".", "one", "two")
        config = project.load(config_directories=("two", "one"))
        assert order(config) == (["two", "one"], "one")
        assert order(project.load({"ATMOS_CONFIG_PATH": "two,one"})) == order(config)

    def test_files_are_stronger_than_directories(self, project):
        mark(project, "one")
        project.write("a.yaml", "last: a\n")
        assert project.load(config_files=("a.yaml",), config_directories=("one",)).tree["last"] == "a"

    def test_the_command_line_silences_the_variables(self, project):
        mark(project, "one", "two")
        project.write("a.yaml", "a: 1\n")
        environ = {"ATMOS_CONFIG": "missing.yaml", "ATMOS_CONFIG_PATH": "two", "ATMOS_CLI_CONFIG_PATH": "missing"}
        assert project.load(environ, config_files=("a.yaml",)).tree == {"a": 1}
        assert order(project.load(environ, config_directories=("one",)))[0] == ["one"]

    def test_fragments_beside_a_named_file_are_read_once(self, project):
        project.write("conf/atmos.d/f.yaml", "l: !append [f]\n")
        project.write("conf/a.yaml", "l: !append [a]\n")
        project.write("conf/b.yaml", "l: !append [b]\n")
        config = project.load(config_files=("conf/a.yaml", "conf/b.yaml"))
        assert config.tree == {"l": ["f", "a", "b"]}

    def test_imports_are_followed(self, project):
        project.write("conf/i.yaml", "i: 1\n")
        project.write("conf/a.yaml", "import: [i.yaml]\n")
        assert project.load(config_files=("conf/a.yaml",)).tree == {"i": 1}

    def test_a_directory_with_fragments_only_is_fine(self, project):
        project.write("conf/atmos.d/f.yaml", "f: 1\n")
        assert project.load(config_directories=("conf",)).tree == {"f": 1}

    @pytest.mark.parametrize(
        ("choices", "says"),
        [
            ({"config_files": ("missing.yaml",)}, "missing.yaml does not exist"),
            ({"config_directories": ("missing",)}, "missing does not exist"),
            ({"config_directories": ("empty",)}, "empty holds no atmos.yaml"),
            ({"config_files": ("empty",)}, "this is a directory"),
        ],
    )
    def test_what_is_named_must_be_there(self, project, choices, says):
        project.directory("empty")
        with pytest.raises(ConfigError, match=says):
            project.load(**choices)


class TestFragments:
    def test_fragments_are_weaker_than_imports_and_both_weaker_than_the_file(self, project):
        project.write("atmos.d/f.yaml", "a: fragment\nb: fragment\nc: fragment\n")
        project.write("i.yaml", "a: import\nb: import\n")
        project.write("atmos.yaml", "import: [i.yaml]\na: main\n")
        assert project.load().tree == {"a": "main", "b": "import", "c": "fragment"}

    def test_fragments_without_a_main_file(self, project):
        project.write(".atmos.d/a.yaml", "x: 1\n")
        project.write("atmos.d/b/c.yml", "y: 1\n")
        config = project.load()
        assert config.tree == {"x": 1, "y": 1}
        assert config.directory == str(project.root)

    def test_fragments_of_the_repositorys_root_are_read_everywhere_below(self, project):
        project.directory(".git")
        project.write("atmos.d/root.yaml", "x: root\ny: root\n")
        project.write("one/atmos.yaml", "y: one\n")
        home(project, "x: home\n")
        assert project.load(cwd="one").tree == {"x": "root", "y": "one"}
        off = project.load({"ATMOS_GIT_ROOT_BASEPATH": "false"}, cwd="one")
        assert off.tree == {"x": "home", "y": "one"}

    def test_fragments_may_import(self, project):
        project.write("atmos.d/a.yaml", "import: [../extra.yaml]\n")
        project.write("extra.yaml", "x: 1\n")
        assert project.load().tree == {"x": 1}

    def test_a_broken_fragment_is_an_error(self, project):
        project.write("atmos.d/a.yaml", "x: [\n")
        with pytest.raises(ConfigError, match=r"a\.yaml:2:1"):
            project.load()


class TestSystemDirectory:
    @pytest.fixture
    def layers(self, project):
        def build(**choices):
            observer = Observer({}, Record())
            request = project.request(**choices)
            return Layers(request, observer, repository_root(request.cwd, observer))

        return build

    def test_it_is_the_weakest_and_may_not_import(self, project, layers):
        project.write("system/atmos.yaml", "")
        mark(project, ".")
        first, *_, last = layers().sources(str(project.root / "system"))
        assert first.file == str(project.root / "system/atmos.yaml")
        assert not first.may_import
        assert last.directory == str(project.root)
        assert last.may_import

    def test_named_files_leave_it_out(self, project, layers):
        project.write("system/atmos.yaml", "")
        project.write("a.yaml", "")
        sources = layers(config_files=("a.yaml",)).sources(str(project.root / "system"))
        assert [source.file for source in sources] == [str(project.root / "a.yaml")]

    def test_its_place(self):
        assert system_directory(Observer({}, Record())).endswith("atmos")


@pytest.mark.parametrize(("word", "value"), [(None, True), ("", True), ("1", True), ("false", False), ("F", False)])
def test_may_use_repository(word, value):
    environ = {} if word is None else {"ATMOS_GIT_ROOT_BASEPATH": word}
    assert may_use_repository(Observer(environ, Record())) is value


def test_an_unclear_switch_is_an_error(project):
    with pytest.raises(ConfigError, match="ATMOS_GIT_ROOT_BASEPATH is 'maybe': expected one of 1, t, true"):
        project.load({"ATMOS_GIT_ROOT_BASEPATH": "maybe"})


def test_a_directory_named_like_the_file_is_an_error(project):
    project.directory("atmos.yaml")
    with pytest.raises(ConfigError, match="this is a directory, and a file is expected"):
        project.load()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_a_strangers_file_in_a_directory_that_anybody_may_write_to_is_not_read(tmp_path):
    shared = tmp_path / "shared"
    below = shared / "mine"
    below.mkdir(parents=True)
    shared.chmod(0o1777)
    file = shared / "atmos.yaml"
    file.write_text("auth: {}\n")
    file.chmod(0o644)

    def read() -> tuple[tuple[str, ...], tuple[str, ...]]:
        config = load(Request(str(below), {}, str(tmp_path / "home")))
        return config.files, config.warnings

    assert read() == ((str(file),), ())
    os.chown(file, 12345, 12345)
    files, warnings = read()
    assert files == ()
    assert any(str(file) in warning and "not yours" in warning for warning in warnings)
