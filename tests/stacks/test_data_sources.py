"""Data sources of templates: local files as data and variables, by names that the configuration or a stack gives."""

import re

import pytest

from atmos_auth.domain.errors import ConfigError, InvalidSetting, InvalidTemplate

NAMES = """\
enabled: true, gomplate: { datasources: {
  team: { url: ./data/team.json }, shared: { url: data/shared.yaml }, sizes: { url: data/sizes.tfvars },
  notes: { url: data/notes.txt }, where: { url: "env:WHERE" }, also: { url: "env:///WHERE" }, far: { url: FAR },
  absolute: { url: "file://FOLDER/data/team.json" }, none: { url: data/none.json } } }
"""
DATA = {
    "../data/team.json": '{"lead": "ann", "many": [1, 2]}',
    "../data/shared.yaml": "a: { b: c }",
    "../data/sizes.tfvars": "large = 3",
    "../data/notes.txt": "as it is",
    "../data/own.json": '{"lead": "bob"}',
}
STACK = """\
name: dev
components:
  terraform:
    c:
      settings: { templates: { settings: { SETTINGS } } }
      vars: { x: '{{ TEMPLATE }}' }
"""


@pytest.fixture
def value_of(stacks_of, tmp_path):
    def value(template: str, *, far: str = "https://example.com/x.json", settings: str = "") -> object:
        stack = STACK.replace("TEMPLATE", template).replace("SETTINGS", settings)
        names = " ".join(NAMES.split()).replace("FAR", far).replace("FOLDER", str(tmp_path))
        stacks = stacks_of({"deploy/dev.yaml": stack, **DATA}, names, WHERE="here")
        return stacks.component("c", "dev").sections["vars"]["x"]

    return value


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('(datasource "team").lead', "ann"),
        ('index (ds "team").many 1', "2"),
        ('(atmos.GomplateDatasource "shared").a.b', "c"),
        ('add (datasource "sizes").large 1', "4"),
        ('datasource "notes"', "as it is"),
        ('datasource "where"', "here"),
        ('datasource "also"', "here"),
        ('(datasource "absolute").lead', "ann"),
    ],
)
def test_data_sources_are_read_as_data(value_of, template, expected):
    assert value_of(template) == expected


def test_data_sources_of_a_stack_lie_over_those_of_the_configuration(value_of):
    own = "gomplate: { datasources: { team: { url: data/own.json } } }"
    assert (
        value_of('(datasource "team").lead {{ (datasource "shared").a.b'.replace(" {{", " }}{{"), settings=own)
        == "bobc"
    )


def test_data_sources_that_nobody_named_are_told_with_those_that_there_are(value_of):
    with pytest.raises(InvalidTemplate, match="knows no data source `tem`") as unknown:
        value_of('datasource "tem"')
    assert "There are: `team`, `shared`" in unknown.value.hints[0]


@pytest.mark.parametrize(
    "far", ["https://example.com/x.json", "s3://bucket/x.json", "git+ssh://x", "file://host/x.json"]
)
def test_data_sources_that_are_remote_are_refused(value_of, far):
    with pytest.raises(ConfigError, match=re.escape(f"the data source {far} is remote")):
        value_of('datasource "far"', far=far)


def test_data_sources_without_a_file_say_which(value_of):
    with pytest.raises(ConfigError, match="this file does not exist") as missing:
        value_of('datasource "none"')
    assert str(missing.value.place).endswith("data/none.json:1:1")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("[a]", "datasources maps names to addresses"),
        ("{ a: b }", "datasources.a has no address"),
        ("{ a: { url: 3 } }", "datasources.a has no address"),
        ("{ a: {} }", "datasources.a has no address"),
    ],
)
def test_data_sources_that_are_written_wrongly_are_named(stacks_of, value_of, said, message):
    settings = f"gomplate: {{ datasources: {said} }}"
    with pytest.raises(InvalidSetting, match=rf"atmos\.yaml:2:\d+: templates\.settings\.gomplate\.{message}"):
        stacks_of({}, settings)
    with pytest.raises(InvalidSetting, match=rf"dev\.yaml:5:\d+: settings\.templates\.settings\.gomplate\.{message}"):
        value_of("1", settings=settings)
