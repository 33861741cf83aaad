import pytest

from atmos_auth.domain.errors import ConfigError, InvalidSetting, UnknownWorkflow

FOLDER = "workflows: { base_path: flows }\n"
ONE = "workflows:\n  {name}:\n    description: what it does\n    steps: [{{ command: version }}]\n"


def names(found) -> list[tuple[str, str]]:
    return [(one.name, one.source.word) for one in found]


def test_those_of_the_configuration_come_first_and_then_files_from_the_top(repository):
    repository.write("atmos.yaml", "workflows:\n  base_path: flows\n  list: {}\n  deploy: { steps: [] }\n")
    repository.write("flows/network.yaml", ONE.format(name="vpc"))
    repository.write("flows/teams/blue.yml", ONE.format(name="blue"))
    repository.write("flows/notes.yaml", "just: notes\n")
    repository.write("flows/empty.yaml", "")
    repository.write("flows/none.yaml", "workflows:\n")
    found = repository.workflows().everywhere()
    assert names(found) == [("deploy", "atmos.yaml"), ("vpc", "network"), ("blue", "teams/blue")]
    assert [str(one.place).rpartition("/")[2] for one in found] == [
        "atmos.yaml:4:3",
        "network.yaml:2:3",
        "blue.yml:2:3",
    ]
    assert repository.warnings == []


def test_the_configuration_itself_is_no_workflow_file(repository):
    repository.write("atmos.yaml", "workflows:\n  base_path: .\n  deploy: { steps: [] }\n")
    assert names(repository.workflows().everywhere()) == [("deploy", "atmos.yaml")]


def test_without_a_folder_no_file_is_looked_for(repository):
    repository.write("atmos.yaml", "workflows: { deploy: { steps: [] } }\n")
    repository.write("other.yaml", ONE.format(name="other"))
    workflows = repository.workflows()
    assert workflows.folder is None
    assert names(workflows.everywhere()) == [("deploy", "atmos.yaml")]
    assert names(workflows.in_file("other")) == [("other", "other")]


def test_without_any_configuration_the_usual_folder_is_looked_in(repository):
    repository.write("stacks/workflows/a.yaml", ONE.format(name="a"))
    assert names(repository.workflows().everywhere()) == [("a", "a")]


def test_the_folder_may_come_from_the_environment(repository):
    repository.write("atmos.yaml", FOLDER)
    repository.write("elsewhere/a.yaml", ONE.format(name="a"))
    repository.environ["ATMOS_WORKFLOWS_BASE_PATH"] = "elsewhere"
    assert names(repository.workflows().everywhere()) == [("a", "a")]


@pytest.mark.parametrize("word", ["network", "network.yaml", "teams/blue", "teams/blue.yml", "flows/network.yaml"])
def test_a_file_is_named_with_or_without_folder_and_ending(repository, word):
    repository.write("atmos.yaml", FOLDER)
    repository.write("flows/network.yaml", ONE.format(name="x"))
    repository.write("flows/teams/blue.yml", ONE.format(name="x"))
    assert [one.name for one in repository.workflows().in_file(word)] == ["x"]


def test_a_file_is_named_by_its_whole_path(repository, tmp_path):
    repository.write("atmos.yaml", FOLDER)
    path = tmp_path / "far.yaml"
    path.write_text(ONE.format(name="x"))
    (found,) = repository.workflows().in_file(str(path))
    assert found.source.word == str(path)
    assert names(repository.workflows().in_file(found.source.word)) == [("x", found.source.word)]


def test_a_file_that_is_not_there(repository):
    repository.write("atmos.yaml", FOLDER)
    repository.write("flows/network.yaml", ONE.format(name="x"))
    with pytest.raises(ConfigError, match=r"workflow file not found: flows/netwrok\.yaml does not exist") as caught:
        repository.workflows().in_file("netwrok")
    assert caught.value.hints == ("did you mean --file network?",)
    assert caught.value.details == ("workflow files: network",)


def test_a_file_without_workflows_is_named_as_such(repository):
    repository.write("atmos.yaml", FOLDER)
    path = repository.write("flows/notes.yaml", "just: notes\n")
    with pytest.raises(
        ConfigError, match=r"invalid workflow manifest: flows/notes\.yaml has no .*workflows:"
    ) as caught:
        repository.workflows().in_file("notes")
    assert caught.value.place.file == str(path)


def test_a_broken_file_is_warned_of_and_hides_no_other(repository):
    repository.write("atmos.yaml", FOLDER)
    repository.write("flows/a.yaml", "workflows: [\n")
    repository.write("flows/b.yaml", ONE.format(name="b"))
    repository.write("flows/c.yaml", "workflows: [list]\n")
    assert names(repository.workflows().find("b", None)) == [("b", "b")]
    assert [warning.rpartition("/")[2].partition(":")[0] for warning in repository.warnings] == ["a.yaml", "c.yaml"]
    with pytest.raises(ConfigError):
        repository.workflows().find("b", "a")


def test_case_does_not_matter_unless_it_tells_two_apart(repository):
    repository.write("atmos.yaml", FOLDER)
    repository.write("flows/a.yaml", ONE.format(name="Deploy"))
    repository.write("flows/b.yaml", ONE.format(name="deploy"))
    assert names(repository.workflows().find("deploy", None)) == [("deploy", "b")]
    assert names(repository.workflows().find("DEPLOY", None)) == [("Deploy", "a"), ("deploy", "b")]
    assert names(repository.workflows().find("DEPLOY", "a")) == [("Deploy", "a")]


def test_a_name_that_is_not_there(repository):
    repository.write("atmos.yaml", "workflows: { deploy: { steps: [] }, destroy: { steps: [] } }\n")
    with pytest.raises(UnknownWorkflow, match='no workflow exists with name "deplyo"') as caught:
        repository.workflows().find("deplyo", None)
    assert caught.value.hints == ('did you mean "deploy"?',)
    assert caught.value.details == ("available workflows: deploy, destroy",)
    with pytest.raises(UnknownWorkflow) as caught:
        repository.workflows().find("zzz", "atmos.yaml")
    assert caught.value.hints == ()


def test_nothing_is_written_at_all(repository):
    repository.write("atmos.yaml", "auth: {}\n")
    with pytest.raises(UnknownWorkflow) as caught:
        repository.workflows().find("deploy", None)
    assert caught.value.details == ("no workflows are written",)
    assert "atmos.yaml" in caught.value.hints[0]


def test_a_folder_that_is_not_there_is_said_when_something_is_missed(repository):
    repository.write("atmos.yaml", "workflows: { base_path: flwos, deploy: { steps: [] } }\n")
    assert names(repository.workflows().everywhere()) == [("deploy", "atmos.yaml")]
    with pytest.raises(UnknownWorkflow) as caught:
        repository.workflows().find("other", None)
    assert caught.value.details == (
        "available workflows: deploy",
        "the folder of workflow files does not exist: flwos",
    )


@pytest.mark.parametrize(
    ("text", "where"), [("workflows: [deploy]\n", "1:1"), ("workflows: { base_path: [a] }\n", "1:14")]
)
def test_a_section_of_another_shape(repository, text, where):
    path = repository.write("atmos.yaml", text)
    with pytest.raises(InvalidSetting) as caught:
        repository.workflows().everywhere()
    assert str(caught.value.place) == f"{path}:{where}"


def test_listing_runs_no_function(repository):
    repository.write("atmos.yaml", "workflows:\n  deploy:\n    steps: !exec touch ran\n")
    repository.write("flows/a.yaml", "workflows:\n  a:\n    steps: !exec touch ran\n")
    assert names(repository.workflows().everywhere()) == [("deploy", "atmos.yaml")]
    assert names(repository.workflows().in_file("flows/a")) == [("a", "flows/a")]
    assert not (repository.folder / "ran").exists()
