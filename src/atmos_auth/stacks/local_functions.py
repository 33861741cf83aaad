"""The YAML functions that need nothing but this machine, as a manifest may use them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from atmos_auth.config import tags
from atmos_auth.config.functions import Functions
from atmos_auth.config.merge import appended
from atmos_auth.config.tree import Seq, Tagged
from atmos_auth.config.words import words
from atmos_auth.stacks.evaluation import Call


def local_functions(functions: Functions) -> dict[str, Callable[[Call], Any]]:
    """Map tags to what they do; `functions` are those of the configuration."""
    same = (tags.EXEC, tags.REPO_ROOT, tags.GIT_ROOT, tags.CWD, tags.RANDOM)
    return {
        **{tag: partial(_as_in_the_configuration, functions) for tag in same},
        tags.ENV: partial(_env, functions),
        tags.APPEND: _append,
        tags.LITERAL: _literal,
    }


def _as_in_the_configuration(functions: Functions, call: Call) -> Any:
    return functions.head(call.function)


def _env(functions: Functions, call: Call) -> Any:
    """A variable of the component's own `env` first, then of the environment, then what is given, then nothing."""
    name, *default = words(call.function, at_least=1, at_most=2, form="`!env NAME` or `!env NAME default`")
    own: Mapping[str, Any] = call.component.sections["env"]
    if name in own and own[name] is not None and not isinstance(own[name], Tagged):
        return str(own[name])
    found = functions.observer.variable(name)
    return found if found is not None else (default[0] if default else "")


def _append(call: Call) -> Seq:
    return appended(call.function)


def _literal(call: Call) -> Any:
    return call.function.argument
