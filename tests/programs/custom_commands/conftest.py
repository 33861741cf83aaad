from collections.abc import Callable

import pytest

from atmos_auth.config.compose import compose
from atmos_auth.domain.place import Place
from atmos_auth.programs.custom_commands.found import CustomCommand, command_at


@pytest.fixture
def command_of() -> Callable[[str], CustomCommand]:
    """Read a command from its text."""
    return lambda text: command_at(compose(text, "atmos.yaml"), Place("atmos.yaml", 1, 1))
