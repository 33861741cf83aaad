import pytest

from atmos_auth.config.truth import is_true, truth


@pytest.mark.parametrize("word", ["1", "t", "T", "true", "True", "TRUE", "tRuE", " true "])
def test_yes(word):
    assert truth(word) is True


@pytest.mark.parametrize("word", ["0", "f", "F", "false", "False", "FALSE"])
def test_no(word):
    assert truth(word) is False


@pytest.mark.parametrize("word", ["", "yes", "on", "off", "no", "2", "truth"])
def test_every_other_word_is_refused(word):
    with pytest.raises(ValueError, match="expected one of"):
        truth(word)


@pytest.mark.parametrize(
    ("word", "default", "value"),
    [("1", False, True), ("f", True, False), (None, True, True), (None, False, False), ("maybe", True, True)],
)
def test_a_switch_falls_back_to_its_default(word, default, value):
    assert is_true(word, default=default) is value
