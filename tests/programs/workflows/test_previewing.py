import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.programs.workflows.previewing import preview


def previewed(repository, text: str):
    repository.write("atmos.yaml", text)
    config = repository.config
    return preview(config.peek(("a",)), config.resolver.functions)


def test_what_would_start_a_program_stays_as_it_is_written(repository):
    repository.environ["NAME"] = "value"
    repository.write("other.yaml", "c: !exec touch ran\nd: 1\n")
    text = "a:\n  x: [!exec touch ran, !random 1 6, !env NAME]\n  y: !include other.yaml\n"
    assert previewed(repository, text) == {
        "x": ["!exec touch ran", "!random 1 6", "value"],
        "y": {"c": "!exec touch ran", "d": 1},
    }
    assert not (repository.folder / "ran").exists()


def test_places_are_kept(repository):
    found = previewed(repository, "a:\n  b: !exec x\n")
    assert (found.value_places["b"].line, found.value_places["b"].column) == (2, 6)


def test_a_file_that_includes_itself_is_no_endless_walk(repository):
    repository.write("other.yaml", "c: !include other.yaml\n")
    with pytest.raises(ConfigError, match="includes itself"):
        previewed(repository, "a: { b: !include other.yaml }\n")
