"""What is not there is refused, and not passed over."""

import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.evaluation import Wish


@pytest.mark.parametrize("tag", ["!store", "!store.get", "!secret"])
def test_a_function_that_is_not_there(opened, tag):
    files = {"stacks/deploy/dev.yaml": f"name: dev\ncomponents: {{ terraform: {{ c: {{ vars: {{ x: {tag} a }} }} }} }}"}
    with pytest.raises(ConfigError, match=f"the YAML function {tag} is not supported") as refused:
        opened(files).component("c", "dev")
    assert refused.value.place.line == 2
    left = opened(files, wish=Wish(skipped=frozenset({tag.lstrip("!")}))).component("c", "dev")
    assert repr(left.sections["vars"]["x"]) == f"{tag} a"
