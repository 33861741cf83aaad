"""The file of identities that were found at a portal, and the layer that it becomes."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.provisioned import from_file, layer, to_file
from atmos_auth.domain.names import Assignment, named
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.engine.catalog import Catalog

PORTAL = Portal("https://x.awsapps.com/start", "eu-central-1")
FOUND = [
    Assignment("111111111111", "dev", "Admin"),
    Assignment("111111111111", "dev", "Billing"),
    Assignment("222222222222", "Log Archive ☁", "Admin"),
]


def provisioned(assignments=FOUND, provider="corp", missed=0) -> Provisioned:
    return Provisioned(provider, PORTAL, 1_700_000_000.0, 2, named(assignments), missed)


roles = st.text(min_size=1).filter(str.isprintable)
assignments = st.builds(Assignment, st.from_regex(r"[0-9]{12}", fullmatch=True), st.text(), roles)


@given(st.lists(assignments, max_size=5), roles)
def test_what_is_written_is_what_is_read(found, provider):
    written = provisioned(found, provider)
    read = from_file(to_file(written), "file")
    kept = {name: a._replace(account_name="") for name, a in written.identities.items()}
    assert {name: a._replace(account_name="") for name, a in read.identities.items()} == kept
    assert read._replace(identities={}) == written._replace(identities={})


@given(st.lists(assignments, max_size=5))
def test_for_everybody_else_it_is_yaml(found):
    text = to_file(provisioned(found))
    assert yaml.safe_load(text) == json.loads(text)


def test_its_shape_is_that_of_other_tools():
    assert yaml.safe_load(to_file(provisioned(missed=1))) == {
        "auth": {
            "_metadata": {
                "provisioned_at": "2023-11-14T22:13:20.000Z",
                "source": "corp",
                "provider": "corp",
                "counts": {"accounts": 2, "roles": 3, "identities": 3},
                "extra": {"start_url": PORTAL.start_url, "region": "eu-central-1", "missed_accounts": 1},
            },
            "identities": {
                name: {
                    "kind": "aws/permission-set",
                    "provider": "corp",
                    "via": {"provider": "corp"},
                    "principal": {"name": role, "account": {"id": number, "name": account}},
                }
                for name, number, account, role in (
                    ("dev/Admin", "111111111111", "dev", "Admin"),
                    ("dev/Billing", "111111111111", "dev", "Billing"),
                    ("Log Archive ☁/Admin", "222222222222", "Log Archive ☁", "Admin"),
                )
            },
        }
    }


def test_what_another_tool_wrote_as_yaml_is_read_too():
    text = yaml.safe_dump(yaml.safe_load(to_file(provisioned())))
    assert from_file(text, "file") == provisioned()


def body() -> dict:
    return json.loads(to_file(provisioned()))


def entry(**changes):
    changed = body()
    changed["auth"]["identities"]["dev/Admin"] |= changes
    return json.dumps(changed)


def metadata(**changes):
    changed = body()
    changed["auth"]["_metadata"] |= changes
    return json.dumps(changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "{",
        "[]",
        "null",
        "auth:",
        "auth: [",
        "{}",
        to_file(provisioned())[:300],
        "[" * 100_000,
        "a: " * 50 + "{" * 5_000,
        metadata(provider=1),
        metadata(provisioned_at="yesterday"),
        metadata(provisioned_at=1),
        metadata(counts={}),
        metadata(extra={"start_url": 1, "region": "r"}),
        metadata(extra=[]),
        json.dumps({"auth": {**body()["auth"], "identities": ["dev"]}}),
        entry(principal={"name": "Admin", "account": {"id": "1"}}),
        entry(principal={"name": "Admin", "account": {"id": 111111111111}}),
        entry(principal={"name": "", "account": {"id": "111111111111"}}),
        entry(principal={"name": "A\u001b[2J", "account": {"id": "111111111111"}}),
        entry(principal="!exec rm"),
        json.dumps({"auth": {**body()["auth"], "identities": {"de\nv]": body()["auth"]["identities"]["dev/Admin"]}}}),
        json.dumps(
            {"auth": {**body()["auth"], "identities": {"de\u202ev": body()["auth"]["identities"]["dev/Admin"]}}}
        ),
        yaml.safe_dump(body()).replace("name: Admin", "name: !exec 'touch /tmp/x'"),
        yaml.safe_dump(body()).replace("start_url: ", "start_url: !env "),
    ],
    ids=lambda text: text[:40],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whoever catches it needs no more
        from_file(text, "file")


def test_nothing_but_accounts_and_roles_is_believed():
    hostile = entry(
        kind="aws/user",
        via={"provider": "mine"},
        provider="mine",
        default=True,
        spec={"endpoint_url": "https://evil.example"},
        env=[{"key": "LD_PRELOAD", "value": "x"}],
    )
    assert from_file(hostile, "file") == provisioned()


def catalog_of(project, text: str, found: Provisioned = None, provider: str = "corp") -> Catalog:
    project.write("atmos.yaml", text)
    config = project.load()
    found = found or provisioned()
    document = layer(found, provider, config.peek(("auth", "identities")), to_file(found), "cache/file.yaml")
    return Catalog(config.underlaid(document))


def test_each_identity_has_a_line_of_its_own(project):
    catalog = catalog_of(project, "auth: { providers: { corp: { kind: x } } }")
    lines = to_file(provisioned()).splitlines()
    for name in provisioned().identities:
        place = catalog.place("identities", name)
        assert (place.file, place.column) == ("cache/file.yaml", 1)
        assert lines[place.line - 1].startswith(json.dumps(name, ensure_ascii=False))
    assert catalog.identity("dev/admin")[1]["principal"]["account"]["id"] == "111111111111"
    assert catalog.place("identities", "dev/Admin", "principal").file == "cache/file.yaml"


def test_a_file_that_was_laid_out_anew_has_lost_its_lines(project):
    project.write("atmos.yaml", "")
    text = json.dumps(body(), indent=2)
    document = layer(from_file(text, "f"), "corp", None, text, "f")
    assert set(document["auth"]["identities"].key_places.values()) == {document.place}


def test_the_configured_providers_name_counts_and_not_the_files(project):
    catalog = catalog_of(project, "auth: { providers: { other: { kind: x } } }", provider="other")
    assert catalog.identity("dev/Admin")[1]["via"] == {"provider": "other"}


def test_a_written_identity_with_a_kind_wins_as_a_whole(project):
    text = "auth: { identities: { DEV/admin: { kind: aws/assume-role, via: { identity: base } } } }"
    catalog = catalog_of(project, text)
    assert catalog.identity("dev/Admin") == ("DEV/admin", {"kind": "aws/assume-role", "via": {"identity": "base"}})
    assert catalog.identities() == ["DEV/admin", "dev/Billing", "Log Archive ☁/Admin"]


def test_a_written_identity_without_a_kind_adds_to_what_was_found(project):
    catalog = catalog_of(project, "auth: { identities: { DEV/admin: { default: true, region: eu-west-1 } } }")
    name, settings = catalog.identity("dev/admin")
    assert name == "dev/Admin"
    assert settings["region"] == "eu-west-1"
    assert settings["principal"]["name"] == "Admin"
    assert catalog.default_identities() == ["dev/Admin"]


def test_an_included_identity_wins_as_a_whole(project):
    project.write("more.yaml", "{ kind: aws/ambient }")
    catalog = catalog_of(project, "auth: { identities: { dev/Admin: !include more.yaml } }")
    assert catalog.identity("dev/Admin")[1] == {"kind": "aws/ambient"}


def test_identities_that_are_included_as_a_whole_win_too(project):
    project.write("more.yaml", "dev/Admin: { kind: aws/ambient }")
    catalog = catalog_of(project, "auth: { identities: !include more.yaml }")
    assert catalog.identity("dev/Admin")[1] == {"kind": "aws/ambient"}
    assert "dev/Billing" in catalog.identities()


def test_what_was_found_marks_nothing(project):
    catalog = catalog_of(project, "auth: { providers: {} }")
    assert catalog.default_identities() == catalog.required_identities() == []


def test_neither_configuration_changes(project):
    project.write("atmos.yaml", "auth: { identities: { mine: { kind: ambient } } }")
    config = project.load()
    found = provisioned()
    document = layer(found, "corp", config.peek(("auth", "identities")), to_file(found), "f")
    config.underlaid(document)
    assert list(config.peek(("auth", "identities"))) == ["mine"]
    assert list(document["auth"]["identities"]) == list(found.identities)
