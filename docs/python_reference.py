"""The page about the library, from the docstrings of its public names."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import atmos_auth

# Who begins with Python begins with these.
CLASSES = ("Auth", "AsyncAuth")
VALUES = ("AwsCredentials", "Status", "Findings")
LEAD = (
    "`from atmos_auth import Auth`. These names are public, typed, and stay; whatever is not here may change. Times "
    "are seconds since the epoch. How it is used: [Use it from Python](../how-to/use-from-python.md)."
)
ERRORS = (
    "`AtmosAuthError` is the class of all [errors](errors.md); each has `message` (a sentence), `details`, `hints` "
    "(what to type or edit), `place` (file, line and column, or None) and `exit_code`. The other classes are in "
    "`atmos_auth.errors`; `CredentialsMissing` is the one that a program most often handles."
)


def sections() -> Iterator[str]:
    """Yield the parts of the page."""
    yield LEAD
    for name in CLASSES:
        yield f"## `{name}`"
        yield from _class(getattr(atmos_auth, name))
    yield "## Values"
    for name in VALUES:
        value = getattr(atmos_auth, name)
        fields = ", ".join(f"`{field}`" for field in value._fields)
        yield f"### `{name}`"
        yield _text(value)
        yield f"Fields: {fields}."
    yield "## Errors"
    yield ERRORS


def _class(owner: type) -> Iterator[str]:
    yield _text(owner)
    for name, member in vars(owner).items():
        if name.startswith("_"):
            continue
        yield f"### `{_heading(name, member)}`"
        yield _text(member)


def _heading(name: str, member: Any) -> str:
    if isinstance(member, property):
        returns = inspect.signature(member.fget).return_annotation if member.fget else Any
        return f"{name}: {_type(returns)}"
    function = inspect.unwrap(member.__func__ if isinstance(member, classmethod) else member)
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())[1:]
    bare = signature.replace(parameters=parameters)
    words = re.sub(r"'([^']+)'", r"\1", _type(str(bare)))
    return f"{'await ' if inspect.iscoroutinefunction(function) else ''}{name}{words}"


def _type(annotation: Any) -> str:
    """Write a type as a reader would import it."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"\b(?:collections\.abc|typing|atmos_auth(?:\.\w+)+)\.", "", text)
    return text.replace("boto3.session.Session", "boto3.Session")


def _text(member: Any) -> str:
    return inspect.cleandoc(member.__doc__ or "")
