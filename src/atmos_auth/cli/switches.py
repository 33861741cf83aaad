"""Flags that switch something on, or with `=false` off, or say nothing."""

import argparse

from atmos_auth.cli.flags import ENABLING_WORDS, Glued
from atmos_auth.config.truth import truth
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UsageError
from atmos_auth.wiring import Project


def add_switch(parser: argparse.ArgumentParser, flag: str, about: str) -> None:
    """Declare such a flag."""
    parser.add_argument(flag, action=Glued, const="true", metavar="BOOL", help=about)


def said(arguments: argparse.Namespace, flag: str) -> bool | None:
    """Return what the flag says, None where it is not given; raises `UsageError` for other words."""
    word: str | None = getattr(arguments, flag.lstrip("-").replace("-", "_"))
    if word is None:
        return None
    if word.lower() in (*ENABLING_WORDS, *env_names.DISABLING_WORDS):
        return word.lower() in ENABLING_WORDS
    raise UsageError(f"{flag} is {word!r}, which is neither true nor false", hints=[f"{flag}=false"])


def by_variable(project: Project, variable: str) -> bool:
    """Return whether a variable switches something on; raises `UsageError` for other words than yes and no."""
    word = project.environ.get(variable, "")
    try:
        return bool(word) and truth(word)
    except ValueError as error:
        # To go on as if nothing had been said is the one thing that must not come of it.
        raise UsageError(f'{variable} is "{word}": {error}') from error
