import os

import pytest

from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def failure(config, *path):
    with pytest.raises(ConfigError) as caught:
        config.resolve(path)
    return caught.value


@pytest.mark.parametrize(
    ("written", "environ", "value"),
    [
        ("!env NAME", {"NAME": "x"}, "x"),
        ("!env NAME", {}, ""),
        ("!env NAME default", {}, "default"),
        ("!env NAME default", {"NAME": ""}, ""),
        ("!env NAME default", {"NAME": "x"}, "x"),
        ('!env NAME "two words"', {}, "two words"),
        ("!env 'NAME \"two words\"'", {}, "two words"),
        ("!env NAME ''", {}, ""),
        ('!env "NAME"', {"NAME": "x"}, "x"),
        ("!env NAME", {"NAME": " x\n"}, "x"),
        ("!env NAME ' x '", {}, "x"),
        ("!env NAME", {"NAME": "012345678901"}, "012345678901"),
        ("!env NAME", {"NAME": "123456789012"}, "123456789012"),
        ("!env NAME", {"NAME": "true"}, "true"),
        ("!env NAME", {"NAME": '{"a": 1}'}, '{"a": 1}'),
        ("!env name", {"NAME": "x"}, ""),
        ("!env NAME 42", {}, "42"),
    ],
)
def test_env(project, written, environ, value):
    project.write("atmos.yaml", f"a: {written}\n")
    config = project.load(environ)
    assert config.resolve(["a"]) == value
    name = "name" if "name" in written else "NAME"
    assert config.record.variables[name] == environ.get(name)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("!env", "!env lacks an argument"),
        ("!env ''", "!env lacks an argument"),
        ("!env A b c", "!env takes at most 2 arguments, and here are 3"),
        ("!env A it's", "never closed"),
        ("!env [A]", "takes words"),
    ],
)
def test_env_refusals(project, written, says):
    path = project.write("atmos.yaml", f"a: {written}\n")
    error = failure(project.load(), "a")
    assert says in error.message
    assert error.place == Place(path, 1, 4)
    assert "`!env NAME default`" in error.hints[0]


def test_env_sees_what_the_configuration_itself_sets(project):
    project.write("atmos.yaml", "env: {ATMOS_X: one, OTHER: two}\na: !env ATMOS_X\nb: !env OTHER\n")
    config = project.load()
    assert config.resolve(["a"]) == "one"
    assert config.resolve(["b"]) == ""
    assert project.load({"ATMOS_X": "real"}).resolve(["a"]) == "real"


def test_functions_run_only_where_they_are_asked_for(project):
    project.write(
        "atmos.yaml",
        """
        auth:
          identities:
            prod: {kind: aws/user, key: !exec "touch prod-ran; echo k"}
            dev: {kind: aws/user, key: !exec "touch dev-ran; echo k"}
            name: !include missing.yaml
        """,
    )
    config = project.load()
    assert list(config.peek(["auth", "identities"])) == ["prod", "dev", "name"]
    assert config.resolve(["auth", "identities", "dev", "kind"]) == "aws/user"
    assert not (project.root / "dev-ran").exists()
    assert not config.record.uncacheable
    assert config.resolve(["auth", "identities", "DEV"]) == {"kind": "aws/user", "key": "k"}
    assert (project.root / "dev-ran").exists()
    assert not (project.root / "prod-ran").exists()
    assert config.record.reasons == [f"!exec at {project.root / 'atmos.yaml'}:5:32"]


def test_a_function_runs_once_however_often_it_is_asked_for(project):
    project.write("atmos.yaml", "a: {b: &x !exec 'echo >> log; echo 1'}\nc: *x\nr: {n: !random }\n")
    config = project.load()
    assert config.resolve(["a", "b"]) == config.resolve(["A"])["b"] == config.resolve(["c"]) == "1"
    assert config.resolve([])["a"] == {"b": "1"}
    assert (project.root / "log").read_text() == "\n"
    assert config.resolve(["r"])["n"] == config.resolve(["r", "n"])


def test_answers_are_kept(project):
    project.write("atmos.yaml", "a: {b: [1]}\n")
    config = project.load()
    assert config.resolve(["a"]) is config.resolve(["a"])
    assert config.resolve(("a", "b", 0)) == 1


@pytest.mark.parametrize("path", [["x"], ["a", "x"], ["a", "b", "c"], ["l", 5], ["l", "x"], ["a", 0]])
def test_absent_is_none(project, path):
    project.write("atmos.yaml", "a: {b: 1}\nl: [1]\n")
    assert project.load().resolve(path) is None
    assert project.load().peek(path) is None


def test_resolving_keeps_places(project):
    path = project.write("atmos.yaml", "a:\n  b: !env X y\n  c: [!env Z]\n")
    found = project.load().resolve(["a"])
    assert isinstance(found, Map)
    assert isinstance(found["c"], Seq)
    assert found.value_places["b"] == Place(path, 2, 6)
    assert found["c"].value_places == [Place(path, 3, 7)]
    assert found.place == Place(path, 2, 3)


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("echo hello", "hello"),
        ("printf '  x\\n\\n'", "x"),
        ("true", ""),
        ("echo 123456789012", "123456789012"),
        ("echo 012345678901", "012345678901"),
        ("echo 42", "42"),
        ("echo true", True),
        ("echo null", None),
        ("""echo '{"a": [1, {"b": null}]}'""", {"a": [1, {"b": None}]}),
        ("""echo '{"account": 123456789012}'""", {"account": "123456789012"}),
        ("""echo '["x"]'""", ["x"]),
        ("""echo '"quoted"'""", "quoted"),
        ("echo '{not json'", "{not json"),
        ("echo $NAME", "from the environment"),
        ("echo $ATMOS_PROMOTED", "promoted"),
        ("pwd", "<cwd>"),
        ("cat", ""),
    ],
)
def test_exec(project, command, value):
    project.write("atmos.yaml", f"env: {{ATMOS_PROMOTED: promoted}}\na: !exec |\n  {command}\n")
    config = project.load({"NAME": "from the environment", "PATH": os.environ["PATH"]})
    found = config.resolve(["a"])
    assert found == (str(project.root) if value == "<cwd>" else value)
    assert type(found) in (type(value), Map, Seq)
    assert config.record.uncacheable


def test_exec_output_can_be_asked_for_by_path(project):
    path = project.write("atmos.yaml", """a: !exec 'echo ''{"b": {"c": 1}}'''\n""")
    config = project.load()
    assert config.resolve(["a", "b", "c"]) == 1
    assert config.place(["a", "b", "c"]) == Place(path, 1, 4)


def test_a_failing_command_is_named_without_secrets(project):
    path = project.write("atmos.yaml", "a:\n  b: !exec echo $MY_TOKEN; echo bad $MY_TOKEN >&2; exit 3\n")
    error = failure(project.load({"MY_TOKEN": "hunter2hunter2"}), "a", "b")
    assert error.place == Place(path, 2, 6)
    assert "`echo $MY_TOKEN; echo bad $MY_TOKEN >&2; exit 3`" in error.message
    assert "gave exit code 3" in error.message
    assert error.details == ("bad ***",)
    assert "hunter2" not in str(error) + repr(error.details) + repr(error.hints)


def test_a_command_written_with_a_known_secret_does_not_show_it(project):
    project.write("atmos.yaml", "a: !exec curl -u hunter2hunter2 x; exit 1\n")
    error = failure(project.load({"API_KEY": "hunter2hunter2"}), "a")
    assert "hunter2" not in error.message
    assert "***" in error.message


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("!exec kill -9 $$", "was ended by signal 9"),
        ("!exec no-such-command-here", "gave exit code 127"),
        ("!exec printf '\\377'", "not text in UTF-8"),
        ("!exec", "takes the command as one text"),
        ("!exec [echo, x]", "takes the command as one text"),
    ],
)
def test_exec_refusals(project, written, says):
    path = project.write("atmos.yaml", f"a: {written}\n")
    error = failure(project.load({"PATH": os.environ["PATH"]}), "a")
    assert says in error.message
    assert error.place == Place(path, 1, 4)


def test_a_command_that_leads_back_to_itself_ends(project):
    project.write("atmos.yaml", "a: !exec echo level $ATMOS_SHLVL\n")
    assert project.load().resolve(["a"]) == "level 1"
    assert project.load({"ATMOS_SHLVL": "9"}).resolve(["a"]) == "level 10"
    error = failure(project.load({"ATMOS_SHLVL": "10"}), "a")
    assert "ATMOS_SHLVL exceeds maximum allowed depth: current=11, max=10" in error.message


def test_a_long_complaint_is_cut_to_its_end(project):
    project.write("atmos.yaml", "a: !exec for i in 1 2 3 4 5 6 7 8; do echo $i >&2; done; exit 1\n")
    assert failure(project.load(), "a").details == ("4", "5", "6", "7", "8")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!include data.yaml", {"b": {"c": [1, 2]}, "id": "012345678901"}),
        ("!include ./sub/../data.yaml", {"b": {"c": [1, 2]}, "id": "012345678901"}),
        ("!include data.yaml .b.c[1]", 2),
        ("!include data.yaml b", {"c": [1, 2]}),
        ("!include 'with blank.json' .x", "\U0001f642"),
        ("!include '\"with blank.json\"'", None),
        ("!include data.json", {"a": 1, "n": None, "f": 1.5, "id": "123456789012"}),
        ("!include tabbed.json", {"a": [1]}),
        ("!include escaped.json", {"smile": "\U0001f642"}),
        ("!include main.hcl", {"a": 1}),
        ("!include vars.TFVARS .b[1].c", "x"),
        ("!include notes.txt", "some: text\n"),
        ("!include noending", "x"),
        ("!include.raw data.json", '{"a": 1, "n": null, "f": 1.5, "id": 123456789012}'),
        ("!include.raw main.hcl", "a = 1\n"),
        ("!include nested/outer.yaml", {"inner": {"deep": "!"}}),
        ("!include nested/outer.yaml .inner.deep", "!"),
        ("!include empty.yaml", None),
        ("!include list.yaml", [1, "x"]),
    ],
)
def test_include(project, written, value):
    project.write("data.yaml", "b: {c: [1, 2]}\nid: 012345678901\n")
    project.write("data.json", '{"a": 1, "n": null, "f": 1.5, "id": 123456789012}')
    project.write("with blank.json", '{"x": "\\ud83d\\ude42"}')
    project.write("tabbed.json", b'{\n\t"a": [\n\t\t1\n\t]\n}')
    project.write("escaped.json", '{"smile": "\\ud83d\\ude42"}')
    project.write("notes.txt", "some: text\n")
    project.write("noending", "x")
    project.write("main.hcl", "a = 1\n")
    project.write("vars.TFVARS", 'b = [1, { c = "x" }]')
    project.write("empty.yaml")
    project.write("list.yaml", "[1, !env X x]")
    project.write("nested/outer.yaml", "inner: !include more/inner.yaml\n")
    project.write("nested/more/inner.yaml", "deep: !env MARK\n")
    if "blank" in written:
        written = "!include '\"with blank.json\" .x'"
        value = "\U0001f642"
    project.write("atmos.yaml", f"a: {written}\n")
    config = project.load({"MARK": "!"})
    assert config.resolve(["a"]) == value


def test_what_an_include_read_is_noted_and_has_its_own_places(project):
    included = project.write("data.yaml", "\nb: 1\n")
    path = project.write("atmos.yaml", "a: !include data.yaml\n")
    config = project.load()
    assert included not in config.record.files
    assert config.place(["a", "b"]) == Place(path, 1, 4)
    assert config.resolve(["a", "b"]) == 1
    assert included in config.record.files
    assert config.place(["a", "b"]) == Place(included, 2, 4)


def test_included_maps_merge_with_written_ones(project):
    project.write("auth.yaml", "identities: {prod: {kind: a, via: {provider: x}}}\n")
    (project.home / ".atmos").mkdir()
    (project.home / ".atmos/atmos.yaml").write_text("auth: {identities: {PROD: {kind: b}, dev: {kind: c}}}\n")
    project.write("atmos.yaml", "auth: !include auth.yaml\n")
    found = project.load().resolve(["auth", "identities"])
    assert found == {"PROD": {"kind": "a", "via": {"provider": "x"}}, "dev": {"kind": "c"}}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("!include missing.yaml", "does not exist"),
        ("!include sub", "is a directory"),
        ("!include broken.yaml", "not valid YAML"),
        ("!include broken.json", "not valid JSON"),
        ("!include unknown.yaml", "!nope is not supported"),
        ("!include main.hcl", "`x` begins a block"),
        ("!include data.yaml .x", "finds nothing"),
        ("!include notes.txt .x", "finds nothing"),
        ("!include", "lacks an argument"),
        ("!include a b c", "at most 2 arguments"),
        ("!include https://example.org/x.yaml", "reads local files only"),
        ("!include.raw data.yaml .x", "takes a file and nothing else"),
        ("!include.raw missing", "does not exist"),
    ],
)
def test_include_refusals(project, written, says):
    project.write("data.yaml", "b: 1\n")
    project.write("notes.txt", "x")
    project.write("main.hcl", "x")
    project.write("broken.yaml", "a: b: c")
    project.write("broken.json", '{"a": }')
    project.write("unknown.yaml", "a: !nope\n")
    project.directory("sub")
    path = project.write("atmos.yaml", f"a: {written}\n")
    error = failure(project.load(), "a")
    assert says in error.message
    assert error.place is not None
    assert error.place == Place(path, 1, 4) or f"included at {path}:1:4" in error.details


def test_files_that_include_each_other_are_named(project):
    project.write("a.yaml", "b: !include b.yaml\n")
    project.write("b.yaml", "a: !include a.yaml\n")
    project.write("atmos.yaml", "x: !include a.yaml\n")
    error = failure(project.load(), "x")
    assert "includes itself" in error.message
    assert len(error.details) == 3


@pytest.mark.parametrize("tag", ["!repo-root", "!git.root"])
def test_repository_root(project, tag):
    project.directory(".git")
    project.directory("a/b")
    project.write("atmos.yaml", f"r: {tag}\nd: {tag} default\n")
    config = project.load(cwd="a/b")
    assert config.resolve(["r"]) == config.resolve(["d"]) == str(project.root)


@pytest.mark.parametrize("tag", ["!repo-root", "!git.root"])
def test_outside_a_repository(project, tag):
    path = project.write("atmos.yaml", f"r: {tag}\nd: {tag} ./here\n")
    config = project.load()
    assert config.resolve(["d"]) == "./here"
    error = failure(config, "r")
    assert "needs a Git repository" in error.message
    assert error.place == Place(path, 1, 4)


def test_a_worktree_has_a_file_in_place_of_the_directory(project):
    project.write(".git", "gitdir: elsewhere\n")
    project.write("atmos.yaml", "r: !repo-root\n")
    assert project.load().resolve(["r"]) == str(project.root)


@pytest.mark.parametrize(
    ("written", "below"),
    [("!cwd", ""), ("!cwd sub/x", "sub/x"), ("!cwd /sub", "sub"), ("!cwd '\"a b\"'", "a b"), ("!cwd ./x/../y", "y")],
)
def test_cwd(project, written, below):
    project.write("atmos.yaml", f"a: {written}\n")
    assert project.load().resolve(["a"]) == os.path.normpath(os.path.join(str(project.root), below))


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [("!random", 0, 65535), ("!random 3", 0, 3), ("!random 5 7", 5, 7), ("!random 2 2", 2, 2)],
)
def test_random(project, written, low, high):
    project.write("atmos.yaml", f"a: {written}\n")
    config = project.load()
    assert low <= config.resolve(["a"]) <= high
    assert config.record.uncacheable


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("!random x", "whole numbers"),
        ("!random 5 1", "cannot choose"),
        ("!random 1 2 3", "at most 2"),
        ("!cwd a b", "at most 1"),
    ],
)
def test_random_and_cwd_refusals(project, written, says):
    project.write("atmos.yaml", f"a: {written}\n")
    assert says in failure(project.load(), "a").message


def test_unset_and_append_inside_a_list(project):
    project.write("atmos.yaml", "a: [!append [1]]\nb: [!unset x]\nc: !include d.yaml\n")
    project.write("d.yaml", "x: !unset\ny: !append [1, !env Z z]\n")
    config = project.load()
    assert config.resolve(["a"]) == [[1]]
    assert config.resolve(["c"]) == {"y": [1, "z"]}
    assert "!unset cannot be used here" in failure(config, "b").message
