import pytest

from atmos_auth.config.nesting import deeper
from atmos_auth.domain.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "level"), [(None, "1"), ("", "1"), ("0", "1"), ("9", "10"), ("many", "1"), ("-3", "1")]
)
def test_every_level_counts_one_more(written, level):
    assert deeper({} if written is None else {"ATMOS_SHLVL": written}, what="it") == {"ATMOS_SHLVL": level}


@pytest.mark.parametrize("written", ["10", "11", "9" * 5000])
def test_the_eleventh_level_is_too_deep(written):
    with pytest.raises(ConfigError, match=r"exceeds maximum allowed depth: .*max=10") as caught:
        deeper({"ATMOS_SHLVL": written}, what='workflow "loop"')
    assert caught.value.hints == ('Workflow "loop" seems to start itself again.',)
