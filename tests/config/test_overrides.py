import pytest

from atmos_auth.config.observer import Observer
from atmos_auth.config.overrides import from_environment
from atmos_auth.config.record import Record
from atmos_auth.config.tree import place_of
from atmos_auth.domain.errors import ConfigError

TERRAFORM = ("components", "terraform")


@pytest.mark.parametrize(
    ("variable", "written", "path", "value"),
    [
        ("ATMOS_STACKS_BASE_PATH", "s", ("stacks", "base_path"), "s"),
        ("ATMOS_STACKS_INCLUDED_PATHS", "a/**, b", ("stacks", "included_paths"), ["a/**", "b"]),
        ("ATMOS_STACKS_EXCLUDED_PATHS", "a", ("stacks", "excluded_paths"), ["a"]),
        ("ATMOS_STACKS_NAME_PATTERN", "{stage}", ("stacks", "name_pattern"), "{stage}"),
        ("ATMOS_STACKS_NAME_TEMPLATE", "{{ .x }}", ("stacks", "name_template"), "{{ .x }}"),
        ("ATMOS_COMPONENTS_TERRAFORM_COMMAND", "tofu", (*TERRAFORM, "command"), "tofu"),
        ("ATMOS_COMPONENTS_TERRAFORM_BASE_PATH", "c", (*TERRAFORM, "base_path"), "c"),
        ("ATMOS_COMPONENTS_TERRAFORM_APPLY_AUTO_APPROVE", "T", (*TERRAFORM, "apply_auto_approve"), True),
        ("ATMOS_COMPONENTS_TERRAFORM_DEPLOY_RUN_INIT", "0", (*TERRAFORM, "deploy_run_init"), False),
        ("ATMOS_COMPONENTS_TERRAFORM_INIT_RUN_RECONFIGURE", "1", (*TERRAFORM, "init_run_reconfigure"), True),
        ("ATMOS_COMPONENTS_TERRAFORM_INIT_PASS_VARS", "true", (*TERRAFORM, "init", "pass_vars"), True),
        ("ATMOS_COMPONENTS_TERRAFORM_PLAN_SKIP_PLANFILE", "f", (*TERRAFORM, "plan", "skip_planfile"), False),
        (
            "ATMOS_COMPONENTS_TERRAFORM_AUTO_GENERATE_BACKEND_FILE",
            "t",
            (*TERRAFORM, "auto_generate_backend_file"),
            True,
        ),
        ("ATMOS_COMPONENTS_TERRAFORM_APPEND_USER_AGENT", "x", (*TERRAFORM, "append_user_agent"), "x"),
        ("ATMOS_COMPONENTS_TERRAFORM_PLUGIN_CACHE", "False", (*TERRAFORM, "plugin_cache"), False),
        ("ATMOS_COMPONENTS_TERRAFORM_PLUGIN_CACHE_DIR", "d", (*TERRAFORM, "plugin_cache_dir"), "d"),
        ("ATMOS_WORKFLOWS_BASE_PATH", "w", ("workflows", "base_path"), "w"),
        ("ATMOS_SETTINGS_LIST_MERGE_STRATEGY", "append", ("settings", "list_merge_strategy"), "append"),
        ("ATMOS_SCHEMAS_ATMOS_MANIFEST", "s.json", ("schemas", "atmos", "manifest"), "s.json"),
        ("ATMOS_LOGS_LEVEL", "Debug", ("logs", "level"), "Debug"),
        ("ATMOS_LOG_LEVEL", "Debug", ("logs", "level"), "Debug"),
        ("ATMOS_LOGS_FILE", "f", ("logs", "file"), "f"),
        ("ATMOS_DESCRIBE_COMPONENT_FILTER", "full", ("describe", "component", "filter"), "full"),
        ("ATMOS_DESCRIBE_PROVENANCE", "false", ("describe", "provenance"), False),
        ("ATMOS_EDITION", "2025-01", ("edition",), "2025-01"),
    ],
)
def test_variables_win_over_files(project, variable, written, path, value):
    text = "x"
    for key in reversed(path):
        text = f"{{{key.upper()}: {text}}}"
    project.write("atmos.yaml", text)
    config = project.load({variable: written})
    assert config.resolve(path) == value
    assert config.place(path).file == f"${variable}"
    assert project.load({variable: ""}).resolve(path) == "x"


def test_the_newer_name_of_the_log_level_wins(project):
    assert project.load({"ATMOS_LOG_LEVEL": "Info", "ATMOS_LOGS_LEVEL": "Trace"}).resolve(["logs", "level"]) == "Trace"


def test_a_promoted_variable_counts(project):
    project.write("atmos.yaml", "env: {ATMOS_STACKS_BASE_PATH: promoted}\nstacks: {base_path: file}\n")
    assert project.load().resolve(["stacks", "base_path"]) == "promoted"


def test_a_switch_that_says_neither_is_an_error(project):
    with pytest.raises(ConfigError, match=r"ATMOS_DESCRIBE_PROVENANCE.*'maybe' is not understood: expected one of"):
        project.load({"ATMOS_DESCRIBE_PROVENANCE": "maybe"})


def test_nothing_set_nothing_said():
    record = Record()
    assert from_environment(Observer({}, record)) == []
    assert "ATMOS_STACKS_BASE_PATH" in record.variables
    (document,) = from_environment(Observer({"ATMOS_EDITION": "x"}, record))
    assert place_of(document, ["edition"]).file == "$ATMOS_EDITION"
