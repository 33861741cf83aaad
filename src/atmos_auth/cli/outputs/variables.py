"""Outputs as variables: for shells, for files of variables, for the later steps of a GitHub job."""

from collections.abc import Mapping
from typing import Any

from atmos_auth.cli.outputs.bare import bare
from atmos_auth.cli.outputs.names import as_variables
from atmos_auth.delivery.formats import render
from atmos_auth.domain.errors import InvalidSetting


def env(values: Mapping[str, Any]) -> str:
    """Return lines `NAME=value` that every shell reads, quoted where they must be."""
    from shlex import quote

    return "".join(f"{name}={quote(value)}\n" for name, value in sorted(_texts(values).items()))


def dotenv(values: Mapping[str, Any]) -> str:
    """Return the lines of a `.env` file."""
    return render("dotenv", _texts(values))


def bash(values: Mapping[str, Any]) -> str:
    """Return lines `export NAME="value"`."""
    return render("bash", _texts(values))


def github(values: Mapping[str, Any]) -> str:
    """Return lines for the files that GITHUB_OUTPUT and GITHUB_ENV name."""
    return render("github", _texts(values))


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: bare(value) for name, value in as_variables(values).items()}
    for name, text in texts.items():
        if "\0" in text:
            raise InvalidSetting(
                f"the value of {name} holds a NUL character, and no variable can hold that", hints=["use --format json"]
            )
    return texts
