from datetime import UTC, datetime

import pytest

from atmos_auth.domain.errors import ConfigError, CredentialsMissing, InvalidTemplate
from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.functions.world import clock_functions, environment_functions, file_functions
from atmos_auth.stacks.templates.template import Template

START = Place("stacks/dev.yaml", 1, 1)


def render(text: str, data: object = None, **options) -> str:
    return Template(text, START).render({} if data is None else data, **options)


def failure(text: str, data: object = None, place: Place = START, **options) -> InvalidTemplate:
    with pytest.raises(InvalidTemplate) as caught:
        Template(text, place).render({} if data is None else data, **options)
    return caught.value


# --- places and words of errors


def test_a_template_is_configuration():
    assert issubclass(InvalidTemplate, ConfigError)


def test_the_place_is_that_of_the_construct():
    error = failure("a: 1\nb: {{ upper .x }}\n", {"x": 5})
    assert str(error) == "stacks/dev.yaml:2:7: `upper` needs text as its argument, and here is a whole number"
    assert error.details == ("in {{ upper .x }}",)


def test_a_text_that_begins_inside_of_a_file_has_places_of_that_file():
    place = Place("stacks/dev.yaml", 10, 20)
    assert failure("{{ nope }}", place=place).place == Place("stacks/dev.yaml", 10, 23)
    assert failure("x\n{{ nope }}", place=place).place == Place("stacks/dev.yaml", 11, 4)


def test_what_cannot_be_read_is_said_before_any_data_is_known():
    with pytest.raises(InvalidTemplate, match="this if has no end") as caught:
        Template("{{ if .x }}", START)
    assert caught.value.hints == ("Add the `end`.",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("splitlist", "splitList"),
        ("toYAM", "toYAML"),
        ("trimprefix", "trimPrefix"),
        ("strings.toUpper", "strings.ToUpper"),
        ("data.ToYaml", "data.ToYAML"),
    ],
)
def test_names_that_are_nearly_right_are_offered(written: str, meant: str):
    error = failure(f'{{{{ {written} "x" }}}}')
    assert error.message == f"the function `{written}` is not known"
    assert meant in error.hints[0]


def test_an_unknown_function_is_found_where_nobody_goes():
    assert "`randAlphaNum` is not known" in failure("{{ if false }}{{ randAlphaNum 5 }}{{ end }}").message


def test_a_key_without_its_dot_is_offered_with_one():
    assert "A key of the data begins with a dot: .vars." in failure("{{ vars }}").hints


def test_near_keys_are_offered():
    error = failure("{{ .vars.stge }}", {"vars": {"stage": "dev", "tenant": "x"}}, missing="error")
    assert error.hints == ("Did you mean stage?",)


def test_functions_of_the_world_are_not_there_unless_they_are_handed_in():
    assert "cannot be used here" in failure('{{ env "HOME" }}').message
    assert "cannot be used here" in failure("{{ now }}").message


def test_no_error_shows_a_value_of_the_data_or_a_quoted_text():
    secret = "hunter2"
    data = {"password": secret, "list": [secret], "map": {secret: secret}, "text": "{" + secret}
    for text in (
        "{{ .password.x }}",
        "{{ add1f .list | upper }}",
        "{{ eq .password 5 }}",
        "{{ index .list 7 }}",
        "{{ index .password 70 }}",
        "{{ range .password }}{{ end }}",
        "{{ mustFromJson .text }}",
        "{{ fromYaml .text }}",
        "{{ b64dec .text }}",
        "{{ regexFind .text .text | len | upper }}",
        "{{ .password 1 }}",
        '{{ "hunter2" 1 }}',
        '{{ upper "hunter2" 1 }}',
        "{{ upper `hunter2` 1 }}",
        '{{ upper .x"hunter2" }}',
        "{{ dateModify .password 5 }}",
        "{{ $x := dict .password 1 }}{{ upper $x }}",
    ):
        error = failure(text, data)
        assert secret not in f"{error}{error.details}{error.hints}{error!r}", text


def test_a_long_action_is_shown_in_part():
    error = failure("{{ upper " + "1 " * 500 + "}}")
    assert error.details[0].endswith("…")
    assert len(error.details[0]) < 110


# --- what is rendered


def test_a_text_without_actions_is_given_back_as_it_is():
    text = "vars: { a: '}}' } # { {\n"
    assert render(text) is text


def test_a_template_can_be_rendered_again_and_again():
    template = Template("{{ .a }}{{ $x := .a }}{{ $x = add $x 1 }}{{ $x }}", START)
    assert [template.render({"a": number}) for number in (1, 5)] == ["12", "56"]


def test_the_data_of_the_caller_stays_as_it_was():
    data = {"a": {"b": 1}, "list": [1]}
    text = '{{ $_ := set .a "b" 2 }}{{ $_ := unset . "list" }}{{ $_ := merge .a (dict "c" 3) }}{{ .a }}{{ .list }}'
    assert render(text, data) == "map[b:2 c:3]<no value>"
    assert data == {"a": {"b": 1}, "list": [1]}


def test_missing_keys_print_or_fail_as_they_are_told():
    assert render("{{ .a.b }}") == "<no value>"
    assert render("{{ .a.b }}", missing="default") == "<no value>"
    assert failure("{{ .a.b }}", missing="error").message == "there is no key `a`"


@pytest.mark.parametrize("value", ["text", 5, [1, 2], None, True, {"a": 1}])
def test_the_data_may_be_any_value(value: object):
    by_if, by_with = (Template(f"{{{{ {word} . }}}}{{{{ . }}}}{{{{ end }}}}", START) for word in ("if", "with"))
    assert by_if.render(value) == by_with.render(value)


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("{{ range 3 }}{{ . }}{{ end }}", "012"),
        ("{{ range $i := 2 }}{{ $i }}{{ end }}", "01"),
        ("{{ range 0 }}x{{ else }}none{{ end }}", "none"),
        ("{{ with .a }}a{{ else with .b }}{{ . }}{{ else }}none{{ end }}", "5"),
        ("{{ with .a }}a{{ else with .c }}{{ . }}{{ else }}none{{ end }}", "none"),
    ],
)
def test_what_newer_go_has(text: str, gives: str):
    assert render(text, {"b": 5}) == gives


def test_a_range_over_a_number_sets_one_variable():
    assert "range cannot go over a whole number" in failure("{{ range $i, $x := 3 }}{{ end }}").message


def test_own_delimiters_leave_the_others_alone():
    template = Template("<< .a >> {{ .a }}", START, delimiters=("<<", ">>"))
    assert template.render({"a": 1}) == "1 {{ .a }}"


# --- functions that are handed in


def component(name: str, stack: str) -> object:
    return {"vars": {"name": name}, "outputs": {"id": f"{stack}-{name}"}}


COMPONENT = Function("atmos.Component", "text text", component)


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ('{{ (atmos.Component "vpc" .stack).outputs.id }}', "dev-vpc"),
        ('{{ with atmos.Component "vpc" "x" }}{{ .vars.name }}{{ end }}', "vpc"),
        ('{{ $c := atmos.Component "vpc" .stack }}{{ $c.outputs.id }}', "dev-vpc"),
        ('{{ .stack | atmos.Component "vpc" | toJson }}', '{"outputs":{"id":"dev-vpc"},"vars":{"name":"vpc"}}'),
        ('{{ toJson (atmos.Component "a" "b").vars }}', '{"name":"a"}'),
    ],
)
def test_a_function_with_a_dotted_name(text: str, gives: str):
    assert render(text, {"stack": "dev"}, functions=[COMPONENT]) == gives


def test_a_handed_in_function_is_called_with_what_it_takes():
    error = failure("{{ atmos.Component 5 `x` }}", functions=[COMPONENT])
    assert error.message == "`atmos.Component` needs text as argument 1, and here is a whole number"
    error = failure("{{ atmos.Componnt `x` `y` }}", functions=[COMPONENT])
    assert error.hints[0] == "Did you mean atmos.Component?"


def test_a_handed_in_function_wins_over_a_built_in_one():
    assert render('{{ upper "a" }}', functions=[Function("upper", "text", lambda text: f"<{text}>")]) == "<a>"


def test_what_a_handed_in_function_raises_comes_out_as_it_is():
    def locked(_name: str) -> str:
        raise CredentialsMissing("sign in first")

    with pytest.raises(CredentialsMissing, match="sign in first"):
        render('{{ atmos.Store "x" }}', functions=[Function("atmos.Store", "text", locked)])


def test_the_clock_and_the_environment_are_those_that_are_handed_in():
    functions = [
        *clock_functions(lambda: datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        *environment_functions({"A": "x"}),
        *file_functions(lambda path: f"<{path}>"),
    ]
    text = (
        '{{ now.Year }} {{ env "A" }}{{ env "NO" }} {{ getenv "NO" "-" }} {{ expandenv "${A}$A" }} {{ file.Read "f" }}'
    )
    assert render(text, functions=functions) == "2026 x - xx <f>"
    assert render("{{ ago 1772368140 }}", functions=functions) == "1m0s"
    assert "leaves the years" in failure("{{ date `2006` 99999999999999 }}", functions=functions).message
