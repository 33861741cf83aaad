import pytest

from atmos_auth.domain.errors import InvalidSetting, UnknownIdentity, UnknownProvider

TWO = """
    providers:
      My-SSO: { kind: aws/iam-identity-center }
    identities:
      zeta: { kind: ambient, default: true }
      Alpha: { kind: ambient }
"""


def test_names_are_listed_as_written_and_sorted_without_regard_to_case(catalog_of):
    catalog = catalog_of(TWO)
    assert catalog.identities() == ["Alpha", "zeta"]
    assert catalog.providers() == ["My-SSO"]
    assert catalog.default_identities() == ["zeta"]


@pytest.mark.parametrize("asked", ["Alpha", "alpha", "ALPHA"])
def test_a_name_is_found_in_any_case_and_given_as_written(catalog_of, asked):
    written, settings = catalog_of(TWO).identity(asked)
    assert (written, settings["kind"]) == ("Alpha", "ambient")


def test_an_unknown_name_gets_the_nearest_one(catalog_of):
    catalog = catalog_of(TWO)
    with pytest.raises(UnknownIdentity, match='identity "alfa" not found') as caught:
        catalog.identity("alfa")
    assert 'did you mean "Alpha"?' in caught.value.hints
    with pytest.raises(UnknownProvider, match='provider "sso" not found') as caught:
        catalog.provider("sso")
    assert caught.value.hints[-1] == "atmos auth list"


def test_an_absent_section_is_empty(catalog_of):
    catalog = catalog_of("realm: acme\n")
    assert (catalog.identities(), catalog.providers(), catalog.default_identities()) == ([], [], [])
    assert catalog.setting("realm") == "acme"


@pytest.mark.parametrize(("written", "called"), [("[a]", "list"), ("text", "text"), ("5", "number"), ("true", "true")])
def test_a_section_that_is_no_mapping_is_refused_with_its_place(catalog_of, written, called):
    catalog = catalog_of(f"identities: {written}\n")
    with pytest.raises(InvalidSetting, match=f"must map names to settings, not hold (a )?{called}") as caught:
        catalog.identities()
    assert caught.value.place.line == 2


@pytest.mark.parametrize("written", ["", "[a]", "text"])
def test_an_entry_that_is_no_mapping_is_refused_with_its_place(catalog_of, written):
    with pytest.raises(InvalidSetting, match="must be a mapping of settings") as caught:
        catalog_of(f"identities:\n  a: {written}\n").identity("a")
    assert caught.value.place.line == 3


@pytest.mark.parametrize("name", ["a]b", "[a", "a;b", "a#b", "a'b", r"a\\b", r"a\nb", r"a\tb", " a", "a "])
def test_a_name_that_would_break_an_ini_file_is_refused(catalog_of, name):
    catalog = catalog_of(f'identities:\n  "{name}": {{ kind: ambient }}\n')
    with pytest.raises(InvalidSetting, match="cannot be used as a name"):
        catalog.identity(catalog.identities()[0])


def test_the_name_of_the_ini_parsers_defaults_is_refused_for_an_identity(catalog_of):
    catalog = catalog_of("identities:\n  DEFAULT: { kind: ambient }\n")
    with pytest.raises(InvalidSetting, match="cannot be used as a name"):
        catalog.identity("default")
    assert catalog_of("identities:\n  default: { kind: ambient }\n").identity("default")[0] == "default"
    assert catalog_of("providers:\n  DEFAULT: { kind: x }\n").provider("default")[0] == "DEFAULT"


def test_a_name_is_needed(catalog_of):
    with pytest.raises(InvalidSetting, match=r"name is required|cannot be used"):
        catalog_of('identities:\n  "": { kind: ambient }\n').identity("")


@pytest.mark.parametrize("name", ["with space", "team/dev", "a.b", "ünïcode", "x=y", "50%", "a:b", "default"])
def test_other_names_are_peoples_own(catalog_of, name):
    assert catalog_of(f'identities:\n  "{name}": {{ kind: ambient }}\n').identity(name)[0] == name


@pytest.mark.parametrize("word", ['"true"', "1", "yes"])
def test_a_default_that_is_neither_true_nor_false_does_not_quietly_choose_another(catalog_of, word):
    catalog = catalog_of(
        f"""
        identities:
          a: {{ kind: ambient, default: {word} }}
          b: {{ kind: ambient, default: true }}
          c: {{ kind: ambient, default: false }}
        """
    )
    with pytest.raises(InvalidSetting, match="is not true or false"):
        catalog.default_identities()


EXPLORABLE = """
    providers:
      corp: { kind: x, start_url: https://x/start, region: us-east-1, auto_provision_identities: true }
"""


def test_providers_whose_identities_are_wanted_are_known_with_their_portal(catalog_of):
    assert catalog_of(EXPLORABLE).explorable() == {"corp": ("https://x/start", "us-east-1")}


@pytest.mark.parametrize(
    "providers",
    [
        "{}",
        "7",
        "{ corp: 7 }",
        "{ corp: { start_url: https://x/start, region: us-east-1 } }",
        "{ corp: { start_url: https://x/start, region: us-east-1, auto_provision_identities: false } }",
        "{ corp: { start_url: https://x/start, region: us-east-1, auto_provision_identities: 'true' } }",
        "{ corp: { region: us-east-1, auto_provision_identities: true } }",
        "{ corp: { start_url: [x], region: us-east-1, auto_provision_identities: true } }",
        "{ corp: { start_url: !exec 'exit 1', region: us-east-1, auto_provision_identities: true } }",
        "!include nowhere.yaml",
        "{ corp: !include nowhere.yaml }",
    ],
)
def test_other_providers_are_not_and_what_is_broken_is_told_of_elsewhere(catalog_of, providers):
    assert catalog_of(f"providers: {providers}").explorable() == {}


def test_functions_of_providers_that_want_nothing_do_not_run(catalog_of, tmp_path):
    catalog = catalog_of(f"""
    providers:
      corp: {{ start_url: !exec 'touch {tmp_path}/ran', region: us-east-1 }}
      idp: !exec 'touch {tmp_path}/ran'
    """)
    assert catalog.explorable() == {}
    assert not (tmp_path / "ran").exists()


def test_included_providers_are_looked_into(catalog_of, tmp_path):
    catalog = catalog_of("providers: { corp: !include corp.yaml }")
    (tmp_path / "project" / "corp.yaml").write_text(
        "{ start_url: https://x/start, region: us-east-1, auto_provision_identities: true }"
    )
    assert catalog.explorable() == {"corp": ("https://x/start", "us-east-1")}


def test_a_name_that_several_have_leads_to_each_of_them(catalog_of):
    names = ("box (111111111111)/Admin", "Box (222222222222)/Admin", "bux/Admin")
    catalog = catalog_of("identities:\n" + "".join(f"  {name}: {{ kind: ambient }}\n" for name in names))
    with pytest.raises(UnknownIdentity) as caught:
        catalog.identity("box/admin")
    assert caught.value.hints[0] == 'did you mean "box (111111111111)/Admin" or "Box (222222222222)/Admin"?'
