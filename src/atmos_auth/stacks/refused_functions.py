"""YAML functions that other tools have and we do not: refused with a sentence, and not passed over."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.evaluation import Call

_FUNCTIONS = (
    "!store",
    "!store.get",
    "!secret",
)


def refused_functions() -> Mapping[str, Callable[[Call], Any]]:
    """Map the tags of functions that are not there to their refusals."""
    return dict.fromkeys(_FUNCTIONS, _refuse)


def _refuse(call: Call) -> NoReturn:
    function = call.function
    raise ConfigError(
        f"the YAML function {function.tag} is not supported in manifests",
        place=function.place,
        hints=[f"leave it as it is written: --skip {function.tag.lstrip('!')}", "or quote it, if it is a text"],
    )
