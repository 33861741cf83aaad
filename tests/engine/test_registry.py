import sys
from pathlib import Path

import pytest

from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.domain.errors import UnknownKind
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


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with two kinds."""
    (tmp_path / "acme_kinds.py").write_text(
        "class Badge:\n    needs = ()\n\n\nclass Visitor:\n    needs = (str,)\n", encoding="utf-8"
    )
    metadata = tmp_path / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        "[atmos_auth.kinds]\n"
        "provider:acme/badge = acme_kinds:Badge\n"
        "identity:acme/badge = acme_kinds:Badge\n"
        "identity:acme/visitor = acme_kinds:Visitor\n"
        "nonsense = acme_kinds:Badge\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "acme_kinds", raising=False)


@pytest.mark.usefixtures("plugin")
def test_a_plug_in_adds_kinds():
    assert "acme/badge" in registry.kinds(PROVIDER)
    entry = registry.find("acme/visitor", IDENTITY)
    assert registry.load(entry).__name__ == "Visitor"
    assert not entry.stands_alone
    assert registry.find("acme/badge", IDENTITY).stands_alone
    assert not registry.find("acme/badge", PROVIDER).ambient


def test_a_built_in_kind_is_found_without_looking_at_installed_packages(environ):
    import subprocess

    source = (
        "import sys; from atmos_auth.engine import registry; registry.find('aws/assume-role', 'identity');"
        "print([m for m in ('importlib.metadata', 'botocore', 'msgspec') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", source], env=environ, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
