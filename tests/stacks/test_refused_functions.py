"""What is not there is refused, and not passed over."""

import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.evaluation import Wish
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project


@pytest.mark.parametrize("tag", ["!store", "!store.get", "!secret"])
def test_a_function_that_is_not_there(repository_of, tmp_path, environ, tag):
    repository_of(
        {"stacks/deploy/dev.yaml": f"name: dev\ncomponents: {{ terraform: {{ c: {{ vars: {{ x: {tag} a }} }} }} }}"}
    )
    project = Project(environ=environ, directory=str(tmp_path))
    with pytest.raises(ConfigError, match=f"the YAML function {tag} is not supported") as refused:
        Stacks(project).component("c", "dev")
    assert refused.value.place.line == 2
    left = Stacks(project, wish=Wish(skipped=frozenset({tag.lstrip("!")}))).component("c", "dev")
    assert repr(left.sections["vars"]["x"]) == f"{tag} a"
