import io
from collections.abc import Callable
from pathlib import Path

import pytest

from atmos_auth.config.tree import planted
from atmos_auth.domain.errors import ConfigError, InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.host.no_browser import NoBrowser
from atmos_auth.testing import FakeClock
from atmos_auth.wiring import Options, Project, Streams


@pytest.fixture
def project_of(tmp_path: Path, environ: dict[str, str]) -> Callable[..., Project]:
    """Return a project with this atmos.yaml, these variables and these options."""

    def make(text: str = "", *, env: dict[str, str] | None = None, **options) -> Project:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        (folder / "atmos.yaml").write_text(text, encoding="utf-8")
        return Project(
            Options(**options),
            environ=environ | (env or {}),
            directory=str(folder),
            streams=Streams(io.StringIO(), io.StringIO(), io.StringIO()),
            clock=FakeClock(),
        )

    return make


def test_everything_is_built_once(project_of):
    project = project_of()
    for name in ("config", "paths", "log", "prompter", "sessions", "tools", "authenticator", "catalog", "operations"):
        assert getattr(project, name) is getattr(project, name)


# --- realms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "env", "expected"),
    [
        ("", {}, ("", "auto")),
        ("auth: { realm: acme }", {}, ("acme", "config")),
        ("auth: { realm: acme }", {"ATMOS_AUTH_REALM": "other"}, ("other", "env")),
        ("auth: { realm: acme }", {"ATMOS_AUTH_REALM": ""}, ("acme", "config")),
        ("auth: { realm: a-b_c9 }", {}, ("a-b_c9", "config")),
    ],
)
def test_the_realm_and_where_it_was_set(project_of, text, env, expected):
    project = project_of(text, env=env)
    assert project.realm == expected
    assert project.paths.realm == expected[0]


@pytest.mark.parametrize("realm", ["Acme", "a b", "../up", "a--b", "-a", "a-", "ü", "a/b", "x" * 65, "."])
def test_a_realm_that_is_no_name_is_refused_with_its_source(project_of, realm):
    with pytest.raises(InvalidSetting, match="config") as caught:
        _ = project_of(f'auth: {{ realm: "{realm}" }}').realm
    assert caught.value.place.line == 1
    with pytest.raises(InvalidSetting, match=r"env"):
        _ = project_of(env={"ATMOS_AUTH_REALM": realm}).realm


# --- logs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "env", "options", "is_debug"),
    [
        ("", {}, {}, False),
        ("logs: { level: Debug }", {}, {}, True),
        ("logs: { level: Info }\nauth: { logs: { level: Debug } }", {}, {}, True),
        ("logs: { level: Debug }", {"ATMOS_LOG_LEVEL": "Info"}, {}, False),
        ("", {"ATMOS_LOG_LEVEL": "Info", "ATMOS_LOGS_LEVEL": "Trace"}, {}, True),
        ("", {"ATMOS_LOGS_LEVEL": "Off"}, {"logs_level": "DEBUG"}, True),
    ],
)
def test_the_level_of_the_log(project_of, text, env, options, is_debug):
    assert project_of(text, env=env, **options).log.is_debug is is_debug


def test_a_level_of_nobodys_is_an_error_with_the_known_ones(project_of):
    with pytest.raises(ConfigError, match='"Loud" is not a log level') as caught:
        _ = project_of(env={"ATMOS_LOGS_LEVEL": "Loud"}).log
    assert "Debug" in caught.value.hints[0]


@pytest.mark.parametrize("path", ["/dev/stderr", "/dev/stdout", None])
def test_standard_streams_are_no_files_and_stdout_stays_clean(project_of, path):
    project = project_of(logs_file=path)
    project.log.warn("something to mend")
    assert "something to mend" in project.streams.stderr.getvalue()
    assert project.streams.stdout.getvalue() == ""


def test_every_secret_the_log_is_told_of_is_masked_in_messages_too(project_of):
    project = project_of()
    project.log.hide(["a-secret-value"])
    assert "a-secret-value" not in project.redaction("it is a-secret-value")


# --- the person ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "options", "shows"),
    [
        ({}, {}, False),
        ({}, {"force_tty": True}, True),
        ({"ATMOS_FORCE_TTY": "true"}, {}, True),
        ({"ATMOS_FORCE_TTY": "false"}, {}, False),
        ({"ATMOS_FORCE_TTY": ""}, {}, False),
    ],
)
def test_where_there_is_no_terminal_nothing_is_shown_unless_forced(project_of, env, options, shows):
    assert project_of(env=env, **options).prompter.can_show is shows


@pytest.mark.parametrize("variable", ["ATMOS_FORCE_TTY", "ATMOS_INTERACTIVE"])
def test_a_switch_that_is_neither_on_nor_off_is_an_error_by_name(project_of, variable):
    with pytest.raises(ConfigError, match=f'{variable} is "perhaps"'):
        _ = project_of(env={variable: "perhaps"}).prompter


def test_no_browser_means_none(project_of):
    assert isinstance(project_of(browser=False).tools.browser, NoBrowser)
    assert not isinstance(project_of().tools.browser, NoBrowser)


# --- environments ----------------------------------------------------------------------------------------------

ENV = "env:\n  ATMOS_AUTH_REALM: acme\n  TEAM: blue\n  ON: true\n  COUNT: 5\n  NOTHING:\n"


def test_what_the_configuration_sets_reaches_us_and_children(project_of):
    project = project_of(ENV, env={"TEAM": "red"})
    assert project.realm == ("acme", "env")
    child = project.child_base
    assert (child["TEAM"], child["ON"], child["COUNT"]) == ("blue", "true", "5")
    assert "NOTHING" not in child
    assert "ATMOS_AUTH_REALM" not in child


def test_a_real_variable_wins_over_a_promoted_one(project_of):
    assert project_of(ENV, env={"ATMOS_AUTH_REALM": "real"}).realm == ("real", "env")


def test_without_an_env_section_children_start_from_ours(project_of, environ):
    assert project_of(env={"A": "1"}).child_base == environ | {"A": "1"}


def test_an_env_section_that_is_no_mapping_is_refused(project_of):
    with pytest.raises(ConfigError):
        _ = project_of("env: [A]").child_base


# --- files -----------------------------------------------------------------------------------------------------


def test_folders_of_providers_own_are_searched_as_well(project_of, tmp_path):
    text = (
        "auth:\n  providers:\n"
        "    here: { kind: aws/iam-identity-center }\n"
        "    there: { kind: aws/iam-identity-center, spec: { files: { base_path: ./aws } } }\n"
    )
    folders = project_of(text).profiles.folders()
    assert str(tmp_path / "project" / "aws" / "there") in folders
    assert not [folder for folder in folders if folder.endswith("/here")]


def test_an_empty_project_has_nothing_and_breaks_nothing(project_of):
    operations = project_of().operations
    assert operations.entries() == []
    assert operations.validate() == ((), ())


@pytest.mark.parametrize(
    ("keyring", "realm", "same_folder", "same_keys"),
    [("memory", "", True, True), ("memory", "other", True, False), ("file", "", False, False)],
)
def test_what_ends_with_the_run_is_there_once_whatever_components_say(
    project_of, keyring: str, realm: str, same_folder: bool, same_keys: bool
):
    project = project_of(f"auth: {{ keyring: {{ type: {keyring} }} }}", env={"ATMOS_KEYRING_PASSWORD": "p" * 20})
    place = Place("dev.yaml", 1, 1)
    said = planted({"auth": {"realm": realm, "identities": {"a": {"kind": "ambient"}}}}, place)
    other = project.with_config(project.config.overlaid(said))
    folder = project.paths.cache.partition("/other")[0]
    assert other.paths.cache.startswith(folder)
    assert (folder != project_of("").paths.cache) == same_folder
    assert (other.keys is project.keys) == same_keys
