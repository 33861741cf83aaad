import sys
from pathlib import Path

import pytest

from atmos_auth.domain.chain import IDENTITY, INTEGRATION, PROVIDER
from atmos_auth.domain.errors import BrokenKind, UnknownKind
from atmos_auth.domain.place import Place
from atmos_auth.engine import registry


@pytest.mark.parametrize("entry", registry.BUILT_IN, ids=lambda entry: entry.kind)
def test_every_built_in_kind_is_found_and_loads(entry):
    assert registry.find(entry.kind, entry.role) is entry
    assert registry.load(entry).__name__ == entry.class_name


def test_kinds_are_listed_by_role_and_sorted():
    assert registry.kinds(PROVIDER) == sorted(registry.kinds(PROVIDER))
    assert "aws/permission-set" in registry.kinds(IDENTITY)
    assert "aws/permission-set" not in registry.kinds(PROVIDER)


def test_an_unknown_kind_is_placed_and_the_known_ones_are_named():
    with pytest.raises(UnknownKind, match='unsupported provider kind: "gcp/oidc"') as caught:
        registry.find("gcp/oidc", PROVIDER, Place("atmos.yaml", 3, 7))
    assert str(caught.value).startswith("atmos.yaml:3:7: ")
    assert "aws/iam-identity-center" in caught.value.hints[-1]


def test_a_misspelt_kind_gets_a_suggestion():
    with pytest.raises(UnknownKind) as caught:
        registry.find("aws/permision-set", IDENTITY)
    assert caught.value.hints[0] == 'did you mean "aws/permission-set"?'


@pytest.mark.parametrize(
    ("kind", "role", "section"),
    [("aws/permission-set", PROVIDER, "identities"), ("aws/iam-identity-center", IDENTITY, "providers")],
)
def test_a_kind_in_the_wrong_section_is_told_where_it_belongs(kind, role, section):
    with pytest.raises(UnknownKind) as caught:
        registry.find(kind, role)
    assert any(f"auth.{section}" in hint for hint in caught.value.hints)


ACME = """\
import msgspec


class Settings(msgspec.Struct):
    kind: str


class Badge:
    needs = ()
    gives = str
    settings_type = Settings

    def authenticate(self, previous):
        return ""


class Visitor(Badge):
    needs = (str,)
    fleeting = True


class Half:
    needs = ()
    gives = str


class Loose(Badge):
    settings_type = dict
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with two kinds."""
    (tmp_path / "acme_kinds.py").write_text(ACME, encoding="utf-8")
    metadata = tmp_path / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        "[atmos_auth.kinds]\n"
        "provider:acme/badge = acme_kinds:Badge\n"
        "identity:acme/badge = acme_kinds:Badge\n"
        "identity:acme/visitor = acme_kinds:Visitor\n"
        "nonsense = acme_kinds:Badge\n"
        "other:acme/badge = acme_kinds:Badge\n"
        "identity:acme/half = acme_kinds:Half\n"
        "identity:acme/loose = acme_kinds:Loose\n"
        "identity:acme/gone = acme_kinds:Gone\n"
        "identity:acme/missing = acme_is_not_here:Badge\n"
        "identity:acme/leaves = acme_leaves:Badge\n"
        "identity:acme/typing = acme_typing:Badge\n"
        "integration:acme/badge = acme_kinds:Badge\n"
        "identity:aws/user = acme_kinds:Badge\n",
        encoding="utf-8",
    )
    (tmp_path / "acme_leaves.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    (tmp_path / "acme_typing.py").write_text("this is no Python\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("acme_kinds", "acme_leaves", "acme_typing"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_adds_kinds():
    assert "acme/badge" in registry.kinds(PROVIDER)
    entry = registry.find("acme/visitor", IDENTITY)
    assert registry.load(entry).__name__ == "Visitor"
    assert not entry.stands_alone
    assert registry.find("acme/badge", IDENTITY).stands_alone
    assert not registry.find("acme/badge", PROVIDER).ambient
    assert [registry.find(f"acme/{kind}", IDENTITY).fleeting for kind in ("badge", "visitor")] == [False, True]


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("kind", "role", "why"),
    [
        ("half", IDENTITY, "acme_kinds:Half has no `settings_type`, no `authenticate`"),
        ("loose", IDENTITY, "`settings_type` of acme_kinds:Loose is no Struct"),
        ("gone", IDENTITY, "AttributeError"),
        ("missing", IDENTITY, "ModuleNotFoundError: No module named 'acme_is_not_here'"),
        ("leaves", IDENTITY, "SystemExit: 3"),
        ("typing", IDENTITY, "SyntaxError"),
        ("badge", INTEGRATION, "has no `what`, no `provide`, no `environment`, no `holds`, no `remove`"),
    ],
)
def test_a_broken_plug_in_names_its_package_and_why(kind, role, why):
    place = Place("atmos.yaml", 3, 7)
    with pytest.raises(BrokenKind) as caught:
        registry.find(f"acme/{kind}", role, place)
    assert f'{role} kind "acme/{kind}" of the package acme 1.0' in caught.value.message
    assert why in caught.value.message
    assert caught.value.place == place
    assert "pip install --upgrade acme" in caught.value.hints[0]


@pytest.mark.usefixtures("plugin")
def test_a_broken_plug_in_is_nothing_to_the_others():
    """Not even their modules are imported."""
    assert registry.find("acme/visitor", IDENTITY)
    with pytest.raises(UnknownKind):
        registry.find("acme/nobody", IDENTITY)
    assert "acme/missing" in registry.kinds(IDENTITY)
    assert "acme_leaves" not in sys.modules


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_does_not_replace_what_is_built_in():
    assert registry.find("aws/user", IDENTITY) in registry.BUILT_IN
    assert registry.kinds(IDENTITY).count("aws/user") == 1


@pytest.mark.usefixtures("plugin")
def test_two_packages_cannot_offer_one_kind(tmp_path):
    metadata = tmp_path / "evil-2.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 2.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        "[atmos_auth.kinds]\nidentity:acme/visitor = acme_kinds:Badge\n", encoding="utf-8"
    )
    with pytest.raises(BrokenKind, match=r"offered by several packages: acme 1\.0, evil 2\.0"):
        registry.find("acme/visitor", IDENTITY)


def test_a_built_in_kind_is_found_without_looking_at_installed_packages(environ):
    import subprocess

    source = (
        "import sys; from atmos_auth.engine import registry; registry.find('aws/assume-role', 'identity');"
        "print([m for m in ('importlib.metadata', 'botocore', 'msgspec') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", source], env=environ, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
