"""YAML functions in manifests that need only this machine."""

import pytest

STACK = """\
name: dev
env: {{ JSON: '[1]', OWN: own }}
components:
  terraform:
    c:
      vars:
        name: OWN
        x: {written}
"""


@pytest.fixture
def worked_out(stacks_of, tmp_path):
    """Work out one value of a component, in a repository of Git; `FOLDER` stands for it."""
    (tmp_path / ".git").mkdir()

    def value(written: str, **files: str):
        stacks = stacks_of({"deploy/dev.yaml": STACK.format(written=written), **files}, OUTSIDE="outer", OWN="outer")
        found = stacks.component("c", "dev").sections["vars"]["x"]
        return found.replace(str(tmp_path), "FOLDER") if isinstance(found, str) else found

    return value


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!env OWN", "own"),
        ("!env OUTSIDE", "outer"),
        ("!env JSON", "[1]"),
        ("!env '{{ .vars.name }}'", "own"),
        ("!env NOWHERE 'a b'", "a b"),
        ("!env 'NOWHERE \"{{ .stack }} c\"'", "dev c"),
        ("!env NOWHERE", ""),
        (r"!exec printf 'a\n\n'", "a"),
        ("!exec 'echo ''{\"a\": [1]}'''", {"a": [1]}),
        ("!exec 'echo $OUTSIDE $OWN'", "outer outer"),
        ("!repo-root", "FOLDER"),
        ("!git.root", "FOLDER"),
        ("!cwd", "FOLDER"),
        ("!random 7 7", 7),
        ("!template '{{ .vars.name }} {{ list 1 2 | toJson }}'", "OWN [1,2]"),
        ("!template '{{ list 1 2 | toJson }}'", [1, 2]),
        ("!literal '{{ .stack }} !env OWN'", "{{ .stack }} !env OWN"),
        ("[1, !append [2, 3]]", [1, [2, 3]]),
        ("!unknown a b", "!unknown a b"),
    ],
)
def test_functions_in_manifests(worked_out, written, expected):
    found = worked_out(written)
    assert (found if written[1:8] != "unknown" else repr(found)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!include ./data.json", {"a": [1, {"b": 2}]}),
        ("!include ./data.json .a[1].b", 2),
        ("!include stacks/deploy/data.yml", {"c": "x"}),
        ("!include ./vars.tfvars .sizes[1]", 2),
        ("!include ./text.txt", "x: 1\n"),
        ("!include.raw ./data.yml", "c: x\n"),
    ],
)
def test_functions_that_include_files(worked_out, written, expected):
    files = {"deploy/data.json": '{"a": [1, {"b": 2}]}', "deploy/data.yml": "c: x\n", "deploy/text.txt": "x: 1\n"}
    files["deploy/vars.tfvars"] = "sizes = [1, 2]"
    # Two files beside the manifest have endings of manifests, and are no stacks.
    assert worked_out(written, **files) == expected
