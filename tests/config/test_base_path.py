import os

import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


@pytest.fixture
def repository(project):
    """A repository whose configuration stands in `conf`, seen from `conf/here`."""
    project.directory(".git")
    project.directory("infra")
    project.directory("conf/local")
    project.directory("conf/here/near")
    return project


def base(project, written=None, environ=None, **choices):
    project.write("conf/atmos.yaml", "" if written is None else f"base_path: {written}\n")
    return os.path.relpath(project.load(environ, cwd="conf/here", **choices).base_path, project.root)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", "."),
        ("''", "."),
        (".", "conf"),
        ("./", "conf"),
        ("./local", "conf/local"),
        ("..", "."),
        ("../infra", "infra"),
        ("infra", "infra"),
        ("local", "conf/local"),
        ("infra/../conf", "conf"),
        ("missing", "conf/missing"),
        ("!repo-root", "."),
        ("!env BASE infra", "infra"),
        ("!env BASE", "."),
    ],
)
def test_from_a_file(repository, written, expected):
    assert base(repository, written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [(".", "conf/here"), ("./near", "conf/here/near"), ("..", "conf"), ("infra", "infra"), ("near", "conf/here/near")],
)
def test_from_the_command_line_or_the_environment(repository, written, expected):
    assert base(repository, "./local", base_path=written) == expected
    assert base(repository, "./local", {"ATMOS_BASE_PATH": written}) == expected


def test_the_command_line_beats_the_environment(repository):
    assert base(repository, None, {"ATMOS_BASE_PATH": "./near"}, base_path="..") == "conf"


def test_absolute_and_home_paths(repository):
    assert base(repository, str(repository.root / "x")) == "x"
    assert base(repository, "~/x") == "../home/x"
    assert base(repository, "./", base_path=str(repository.root / "y")) == "y"


def test_without_a_repository(project):
    project.directory("conf/here")
    assert base(project) == "conf"
    assert base(project, "infra") == "conf/infra"


def test_with_the_repository_switched_off(repository):
    off = {"ATMOS_GIT_ROOT_BASEPATH": "false"}
    assert base(repository, None, off) == "conf"
    assert base(repository, "infra", off) == "conf/infra"


def test_without_any_file_it_is_the_working_directory(repository):
    assert repository.load(cwd="infra").base_path == str(repository.root / "infra")


def test_the_configuration_may_set_the_variable(repository):
    repository.write("conf/atmos.yaml", "env: {ATMOS_BASE_PATH: ./near}\nbase_path: ../infra\n")
    assert repository.load(cwd="conf/here").base_path == str(repository.root / "conf/here/near")


def test_it_is_relative_to_the_strongest_files_directory(repository):
    repository.write("chosen/atmos.yaml", "")
    repository.write("conf/here/atmos.yaml", "base_path: ./x\n")
    config = repository.load({"ATMOS_CLI_CONFIG_PATH": "../../chosen"}, cwd="conf/here")
    assert config.base_path == str(repository.root / "chosen/x")


def test_a_path_is_expected(repository):
    with pytest.raises(ConfigError, match="`base_path` takes the path") as caught:
        base(repository, "[a]")
    assert caught.value.place == Place(str(repository.root / "conf/atmos.yaml"), 1, 12)
