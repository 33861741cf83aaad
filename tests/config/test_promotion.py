import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("text", "text"),
        ("true", "true"),
        ("false", "false"),
        ("7", "7"),
        ("1.5", "1.5"),
        ("", ""),
        ("012345678901", "012345678901"),
        ("!env OTHER", "other"),
        ("!cwd", None),
        ("!exec echo hi", "hi"),
    ],
)
def test_variables_of_ours_are_promoted_as_text(project, written, value):
    project.write("atmos.yaml", f"env:\n  ATMOS_X: {written}\n  OTHER: no\n")
    promoted = project.load({"OTHER": "other"}).promoted
    assert promoted == {"ATMOS_X": str(project.root) if value is None else value}


def test_the_real_environment_wins_even_when_empty(project):
    project.write("atmos.yaml", "env: {ATMOS_A: file, ATMOS_B: file, ATMOS_C: !exec touch ran }\n")
    config = project.load({"ATMOS_A": "real", "ATMOS_B": "", "ATMOS_C": "real"})
    assert config.promoted == {}
    assert not (project.root / "ran").exists()
    assert config.record.variables["ATMOS_B"] == ""


def test_other_variables_are_not_worked_out(project):
    project.write("atmos.yaml", "env: {TOKEN: !exec touch ran, atmos_x: 1}\n")
    assert project.load().promoted == {}
    assert not (project.root / "ran").exists()


def test_a_profile_may_set_variables_too(project):
    project.write("atmos.yaml", "env: {ATMOS_A: base, ATMOS_B: base}\n")
    project.write("profiles/p/a.yaml", "env: {ATMOS_B: profile}\n")
    assert project.load(profiles=("p",)).promoted == {"ATMOS_A": "base", "ATMOS_B": "profile"}


@pytest.mark.parametrize(
    ("text", "says", "line", "column"),
    [
        ("env: [A=1]\n", "`env` takes a mapping", 1, 6),
        ("env:\n  ATMOS_X: [1]\n", "ATMOS_X takes a single value", 2, 12),
        ("env:\n  ATMOS_X: {a: 1}\n", "ATMOS_X takes a single value", 2, 12),
    ],
)
def test_refusals(project, text, says, line, column):
    main = project.write("atmos.yaml", text)
    with pytest.raises(ConfigError, match=says) as caught:
        project.load()
    assert caught.value.place == Place(main, line, column)


def test_an_empty_section_is_fine(project):
    project.write("atmos.yaml", "env:\n")
    assert project.load().promoted == {}


def test_an_included_section(project):
    project.write("env.yaml", "ATMOS_X: 1\n")
    project.write("atmos.yaml", "env: !include env.yaml\n")
    assert project.load().promoted == {"ATMOS_X": "1"}
