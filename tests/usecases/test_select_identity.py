import pytest

from atmos_auth.domain import errors
from atmos_auth.testing import FakePrompter
from atmos_auth.usecases.select_identity import Asked, disables, select_identity

NONE = "identities: {}\n"
NO_DEFAULT = "identities:\n  Prod: { kind: ambient }\n  dev: { kind: ambient }\n"
ONE_DEFAULT = "identities:\n  Prod: { kind: ambient }\n  dev: { kind: ambient, default: true }\n"
TWO_DEFAULTS = "identities:\n  a: { kind: ambient, default: true }\n  b: { kind: ambient, default: true }\n  c: {}\n"
OFF = ["false", "FALSE", "False", "0", "no", "NO", "off", "Off", " false "]


@pytest.fixture
def select(catalog_of):
    def make(auth, asked=None, *, env=None, answers=(), tty=True):
        prompter = FakePrompter(answers, can_ask=tty)
        environ = {"ATMOS_IDENTITY": env} if env is not None else {}
        return select_identity(catalog_of(auth), asked or Asked(), environ=environ, prompter=prompter), prompter

    return make


@pytest.mark.parametrize("tty", [True, False])
@pytest.mark.parametrize(
    ("auth", "flag", "env", "expected"),
    [
        (NO_DEFAULT, "prod", None, "Prod"),
        (NO_DEFAULT, None, "PROD", "Prod"),
        (NO_DEFAULT, "dev", "prod", "dev"),
        (ONE_DEFAULT, None, None, "dev"),
        (ONE_DEFAULT, None, "", "dev"),
        (ONE_DEFAULT, None, "prod", "Prod"),
        (ONE_DEFAULT, "prod", None, "Prod"),
        (ONE_DEFAULT, "prod", "false", "Prod"),
        (ONE_DEFAULT, "false", "prod", None),
        (TWO_DEFAULTS, "c", None, "c"),
        (TWO_DEFAULTS, None, "c", "c"),
        (NONE, "false", None, None),
        (NONE, None, "off", None),
        *((ONE_DEFAULT, word, None, None) for word in OFF),
        *((ONE_DEFAULT, None, word, None) for word in OFF),
    ],
)
def test_flag_then_variable_then_default_and_nobody_is_asked(select, auth, flag, env, expected, tty):
    found, prompter = select(auth, Asked(flag), env=env, tty=tty)
    assert found == expected
    assert prompter.questions == []


@pytest.mark.parametrize(
    ("auth", "pick", "options"),
    [(NO_DEFAULT, False, ("dev", "Prod")), (TWO_DEFAULTS, False, ("a", "b")), (ONE_DEFAULT, True, ("dev", "Prod"))],
)
def test_a_person_decides_where_the_configuration_does_not(select, auth, pick, options):
    found, prompter = select(auth, Asked(pick=pick), env="nobody" if pick else None, answers=[options[1]])
    assert found == options[1]
    assert [offered for _, offered in prompter.questions] == [options]
    assert prompter.lines == [f"✓ Selected identity: {options[1]}"]


@pytest.mark.parametrize(
    ("auth", "asked", "failure", "words"),
    [
        (NO_DEFAULT, Asked(), errors.NoDefaultIdentity, "no default identity"),
        (TWO_DEFAULTS, Asked(), errors.SeveralDefaults, "multiple default identities"),
        (ONE_DEFAULT, Asked(pick=True), errors.AtmosAuthError, "requires a TTY"),
        (NONE, Asked(), errors.NoIdentities, "defines none"),
        (NONE, Asked(pick=True), errors.NoIdentities, "defines none"),
        (ONE_DEFAULT, Asked("nobody"), errors.UnknownIdentity, '"nobody" not found'),
        (ONE_DEFAULT, Asked(""), errors.UnknownIdentity, '"" not found'),
        (ONE_DEFAULT, Asked("true"), errors.UnknownIdentity, '"true" not found'),
    ],
)
def test_without_a_terminal_it_is_an_error_that_says_what_to_do(select, auth, asked, failure, words):
    with pytest.raises(failure, match=words) as caught:
        select(auth, asked, tty=False)
    assert caught.value.hints


def test_an_unknown_name_in_the_variable_is_an_error_even_beside_a_default(select):
    with pytest.raises(errors.UnknownIdentity):
        select(ONE_DEFAULT, env="nobody")


def test_leaving_the_question_cancels(select):
    with pytest.raises(errors.Cancelled):
        select(NO_DEFAULT, answers=[None])


@pytest.mark.parametrize("word", OFF)
def test_words_that_disable(word):
    assert disables(word)


@pytest.mark.parametrize("word", ["", "true", "yes", "on", "1", "none", "falsely", "n", "00"])
def test_words_that_do_not(word):
    assert not disables(word)


def test_of_thousands_an_error_names_a_few(select):
    many = "identities:\n" + "".join(f"  id{n:04}: {{ kind: ambient }}\n" for n in range(3000))
    with pytest.raises(errors.NoDefaultIdentity) as caught:
        select(many, tty=False)
    assert caught.value.details[0].endswith("id0019 and 2,980 more")
