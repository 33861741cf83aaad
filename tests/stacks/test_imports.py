"""Imports of manifests: which file a path stands for, and in which order they count."""

import pytest

from atmos_auth.domain.errors import ConfigError

C = "components: { terraform: { c: {} } }"
FILES = {
    "cat/plain.yaml": "vars: { a: plain }",
    "cat/short.yml": "vars: { a: short }",
    "cat/twin.yaml": "vars: { a: plain }",
    "cat/twin.yaml.tmpl": "vars: { a: {{ `twin` }} }",
    "cat/only.yml.tmpl": "vars: { a: {{ `only` }} }",
    "cat/v1.2.yaml": "vars: { a: dotted }",
    "cat/z1.yaml": "vars: { a: z1, one: 1 }",
    "cat/z2.yaml": "vars: { a: z2 }",
    "cat/z2.txt": "not: [read",
    "cat/zz/z3.yaml": "vars: { a: deeper }",
    "deploy/beside.yml": "vars: { a: beside }",
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("cat/plain", "plain"),
        ("cat/plain.yaml", "plain"),
        ("cat/short", "short"),
        ("cat/short.yml", "short"),
        ("cat/twin", "twin"),
        ("cat/twin.yaml", "twin"),
        ("cat/twin.yaml.tmpl", "twin"),
        ("cat/only", "only"),
        ("cat/only.yml", "only"),
        ("cat/v1.2", "dotted"),
        ("cat/z*", "z2"),
        ("cat/z?.yaml", "z2"),
        ("cat/**/z*", "deeper"),
        ("cat/{z2,z1}", "z2"),
        ("./beside", "beside"),
        ("../cat/plain", "plain"),
    ],
)
def test_imports_find_what_a_path_stands_for(stacks_of, written, expected):
    files = {**FILES, "deploy/dev.yaml": f"name: dev\nimport: ['{written}']\n{C}"}
    stacks = stacks_of(files, stacks="excluded_paths: ['**/beside.yml']")
    assert stacks.component("c", "dev").sections["vars"]["a"] == expected


def test_imports_of_a_file_with_a_context_may_be_chosen_by_it(stacks_of):
    files = {
        "deploy/dev.yaml": f"name: dev\nimport: [{{ path: cat/mid, context: {{ which: plain }} }}]\n{C}",
        "cat/mid.yaml": "import: ['cat/{{ .which }}']",
    }
    assert stacks_of({**FILES, **files}).component("c", "dev").sections["vars"]["a"] == "plain"


def test_imports_of_a_pattern_leave_the_importing_file_out(stacks_of):
    files = {"deploy/dev.yaml": f"name: dev\nimport: ['./*']\n{C}", "deploy/b.yaml": "vars: { b: 1 }"}
    assert stacks_of(files).component("c", "dev").sections["vars"] == {"b": 1}


@pytest.mark.parametrize("written", ["deploy/dev", "./dev.yaml"])
def test_imports_of_itself_are_refused(stacks_of, written):
    with pytest.raises(ConfigError, match=f"the import '{written}' is the manifest itself") as refused:
        stacks_of({"deploy/dev.yaml": f"name: dev\nimport: [{written}]\n{C}"}).repository.stacks()
    assert str(refused.value.place).endswith("deploy/dev.yaml:2:10")


def test_imports_that_find_nothing_say_who_wanted_them(stacks_of):
    files = {"deploy/dev.yaml": f"name: dev\nimport: [cat/mid]\n{C}", "cat/mid.yaml": "import: [cat/nobody]"}
    with pytest.raises(
        ConfigError, match=r"failed to find a match for the import 'cat/nobody' \('/.*/cat/nobody'\)"
    ) as gone:
        stacks_of(files).repository.stacks()
    assert str(gone.value.place).endswith("cat/mid.yaml:1:10")
    assert gone.value.details[0].endswith("stacks/cat/mid.yaml")
