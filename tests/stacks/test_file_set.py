"""The file set: which files below the stacks' folder stand for stacks, and what they are called."""

import pytest

C = "components: { terraform: { c: {} } }"
FILES = (
    *("orgs/a.yaml", "orgs/b.yml", "orgs/c.yaml.tmpl", "orgs/d.yml.tmpl", "orgs/_defaults.yaml", "orgs/x/y/deep.yaml"),
    *("orgs/notes.txt", "orgs/a.yaml.orig", "catalog/vpc.yaml"),
)
FLAT = ["orgs/a", "orgs/b", "orgs/c", "orgs/d"]


@pytest.mark.parametrize(
    ("included", "excluded", "expected"),
    [
        (["orgs/**/*"], ["**/_defaults.yaml"], [*FLAT, "orgs/x/y/deep"]),
        (["orgs/**"], ["**/_defaults"], [*FLAT, "orgs/x/y/deep"]),
        (["orgs/*"], ["**/_*"], FLAT),
        (["**/*"], ["**/_defaults*", "**/x/**", "catalog/*"], FLAT),
        (["orgs/*.yaml"], [], ["orgs/_defaults", "orgs/a"]),
        (["orgs/?.y*ml"], [], ["orgs/a", "orgs/b"]),
        (["orgs/{a,b}", "nothing/**/*"], [], ["orgs/a", "orgs/b"]),
        (["orgs/a", "orgs/a.yaml"], [], ["orgs/a"]),
    ],
)
def test_the_file_set_is_what_is_included_and_not_excluded(repository_of, included, excluded, expected):
    config = f"stacks: {{ base_path: stacks, included_paths: {included}, excluded_paths: {excluded} }}"
    repository = repository_of({"atmos.yaml": config, **{f"stacks/{name}": C for name in FILES}})
    assert repository.stacks() == expected


def test_files_of_the_file_set_without_components_are_harmless(repository_of):
    config = "stacks: { base_path: stacks, included_paths: ['**/*'] }"
    other = {
        "stacks/workflows/w.yaml": "workflows: { w: { steps: [] } }",
        "stacks/empty.yaml": "",
        "stacks/n.yaml": "~",
    }
    repository = repository_of({"atmos.yaml": config, "stacks/dev.yaml": C, **other})
    assert (repository.stacks(), repository.broken_manifests()) == (["dev"], [])
