import pytest

from atmos_auth.domain.errors import ConfigError, ProfileNotFound
from atmos_auth.domain.place import Place


@pytest.fixture
def profiled(project):
    project.write("atmos.yaml", "x: base\ny: base\n")
    project.write("profiles/dev/a.yaml", "x: dev\n")
    project.write("profiles/dev/sub/b.yml", "x: deeper\nz: dev\n")
    project.write("profiles/ci/a.yaml", "x: ci\n")
    return project


def test_a_profile_is_laid_over_everything(profiled):
    config = profiled.load(profiles=("dev",))
    assert config.tree == {"x": "deeper", "y": "base", "z": "dev"}
    assert config.profiles == ("dev",)
    assert config.directory == str(profiled.root)
    assert config.files[-1] == str(profiled.root / "profiles/dev/sub/b.yml")


@pytest.mark.parametrize(
    ("environ", "choices", "chosen", "x"),
    [
        ({}, {}, (), "base"),
        ({}, {"profiles": ("dev", "ci")}, ("dev", "ci"), "ci"),
        ({}, {"profiles": ("ci", "dev")}, ("ci", "dev"), "deeper"),
        ({}, {"profiles": ("dev, ci",)}, ("dev", "ci"), "ci"),
        ({}, {"profiles": ("ci", "ci")}, ("ci",), "ci"),
        ({"ATMOS_PROFILE": "ci"}, {}, ("ci",), "ci"),
        ({"ATMOS_PROFILE": "ci,dev"}, {}, ("ci", "dev"), "deeper"),
        ({"ATMOS_PROFILE": "ci"}, {"profiles": ("dev",)}, ("dev",), "deeper"),
        ({"ATMOS_PROFILE": ""}, {}, (), "base"),
        ({"AWS_PROFILE": "ci"}, {}, (), "base"),
    ],
)
def test_which_profiles_are_chosen(profiled, environ, choices, chosen, x):
    config = profiled.load(environ, **choices)
    assert config.profiles == chosen
    assert config.tree["x"] == x


@pytest.mark.parametrize(
    ("written", "chosen"), [("ci", ("ci",)), ("[ci, dev]", ("ci", "dev")), ("'ci,dev'", ("ci", "dev")), ("", ())]
)
def test_the_configured_default_is_the_last_resort(profiled, written, chosen):
    profiled.write("atmos.yaml", f"profiles: {{default: {written}}}\n")
    assert profiled.load().profiles == chosen
    assert profiled.load({"ATMOS_PROFILE": "dev"}).profiles == ("dev",)


def test_the_configuration_may_set_the_variable(profiled):
    profiled.write("atmos.yaml", "env: {ATMOS_PROFILE: ci}\nprofiles: {default: dev}\n")
    assert profiled.load().profiles == ("ci",)
    assert profiled.load({"ATMOS_PROFILE": "dev"}).profiles == ("dev",)


def test_where_profiles_are_searched(profiled):
    def put(directory):
        (directory / "p").mkdir(parents=True)
        (directory / "p/a.yaml").write_text(f"from: '{directory}'\n")
        return str(directory)

    def found(environ=None):
        return profiled.load(environ, profiles=("p",)).tree["from"]

    beside = put(profiled.root / "profiles")
    assert found() == beside
    shared = put(profiled.home / ".config/atmos/profiles")
    assert found() == shared
    elsewhere = put(profiled.root / "xdg/atmos/profiles")
    ours = put(profiled.root / "ours/atmos/profiles")
    environ = {"XDG_CONFIG_HOME": str(profiled.root / "xdg")}
    assert found(environ) == elsewhere
    assert found(environ | {"ATMOS_XDG_CONFIG_HOME": str(profiled.root / "ours")}) == ours
    hidden = put(profiled.root / ".atmos/profiles")
    assert found(environ) == hidden
    configured = put(profiled.root / "conf/mine")
    profiled.write("conf/base.yaml", "profiles: {base_path: ./mine}\n")
    profiled.write("atmos.yaml", "import: [conf/base.yaml]\n")
    assert found(environ) == configured


def test_profiles_stand_beside_the_configuration_not_beside_the_caller(profiled):
    profiled.directory("one/two")
    assert profiled.load(cwd="one/two", profiles=("ci",)).tree["x"] == "ci"


def test_a_missing_profile_lists_the_others(profiled):
    profiled.directory("profiles/.git")
    profiled.write("profiles/file.yaml")
    (profiled.home / ".config/atmos/profiles/shared").mkdir(parents=True)
    with pytest.raises(ProfileNotFound) as caught:
        profiled.load(profiles=("dev", "nope"))
    assert caught.value.message == "the profile 'nope' does not exist"
    assert caught.value.exit_code == 2
    assert caught.value.hints == ("Use one of ci, dev, shared.",)
    assert f"searched in {profiled.root / 'profiles'}" in caught.value.details


def test_a_missing_profile_named_like_an_identity(profiled):
    profiled.write("atmos.yaml", "auth: {identities: {Prod: {kind: !exec 'false' }}}\n")
    with pytest.raises(ProfileNotFound) as caught:
        profiled.load({"ATMOS_PROFILE": "prod"})
    assert "--identity prod" in caught.value.hints[0]


def test_no_profile_anywhere(project):
    with pytest.raises(ProfileNotFound) as caught:
        project.load(profiles=("x",))
    assert caught.value.hints == ("No profile is defined yet.",)


@pytest.mark.parametrize("name", ["__SELECT__", "..", ".", "../x", "/etc", "a/b"])
def test_names_that_cannot_be_a_profile(profiled, name):
    with pytest.raises(ConfigError, match="cannot be the name of a profile"):
        profiled.load(profiles=(name,))


@pytest.mark.parametrize(
    ("text", "says", "column"),
    [
        ("profiles: {default: 7}\n", "`profiles.default` takes names", 21),
        ("profiles: {default: [a, 7]}\n", "`profiles.default` takes names", 21),
        ("profiles: {default: a, base_path: [b]}\n", "`profiles.base_path` takes", 35),
        ("profiles: {default: a/b}\n", "cannot be the name", 21),
    ],
)
def test_settings_of_the_wrong_sort(profiled, text, says, column):
    main = profiled.write("atmos.yaml", text)
    with pytest.raises(ConfigError, match=says) as caught:
        profiled.load()
    assert caught.value.place == Place(main, 1, column)


def test_an_empty_profile_is_pointed_out(profiled):
    profiled.directory("profiles/empty")
    config = profiled.load(profiles=("empty",))
    assert config.profiles == ("empty",)
    assert config.warnings == ("the profile empty holds no YAML file",)


def test_available_profiles(profiled):
    (profiled.home / ".config/atmos/profiles/dev").mkdir(parents=True)
    (profiled.home / ".config/atmos/profiles/ops").mkdir(parents=True)
    assert profiled.load().available_profiles() == {
        "ci": str(profiled.root / "profiles/ci"),
        "dev": str(profiled.home / ".config/atmos/profiles/dev"),
        "ops": str(profiled.home / ".config/atmos/profiles/ops"),
    }


def test_profiles_may_import_extend_and_remove(profiled):
    profiled.write("atmos.yaml", "l: [1]\nauth: {identities: {a: {k: 1}, b: {k: 1}}}\n")
    profiled.write("profiles/p/main.yaml", "import: [../../i.yaml]\nauth: {identities: {A: !unset , c: {k: 1}}}\n")
    profiled.write("i.yaml", "l: !append [2]\n")
    config = profiled.load(profiles=("p",))
    assert config.tree == {"l": [1, 2], "auth": {"identities": {"b": {"k": 1}, "c": {"k": 1}}}}
