"""Run the command of an `!exec`, or of another place that has one, and give what it prints."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

from atmos_auth.config.nesting import deeper
from atmos_auth.config.scalars import integer
from atmos_auth.config.tree import Tagged, planted
from atmos_auth.domain.errors import ConfigError

_SHOWN_LINES = 5
_SHORTEST_SECRET = 6
_SECRET_WORDS = ("SECRET", "TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "KEY")


def output_of(function: Tagged, cwd: str, environ: Mapping[str, str]) -> Any:
    """Run the command as `text_of` does and give what it prints, trimmed; starts a process.

    JSON becomes data, except that a bare number stays text: it may be an account id.
    """
    return _data(text_of(function, cwd, environ).strip(), function)


def text_of(function: Tagged, cwd: str, environ: Mapping[str, str]) -> str:
    """Run the command through the shell in `cwd` and give its standard output; starts a process.

    Raises ConfigError when the command cannot be started, fails, or prints bytes that are not UTF-8; no message shows
    that output.
    """
    command, tag = function.argument, function.tag
    if not isinstance(command, str) or not command.strip():
        raise ConfigError(
            f"{tag} takes the command as one text", place=function.place, hints=[f"Write `{tag} command`."]
        )
    try:
        done = subprocess.run(  # noqa: S602 - a shell command is what the person wrote
            command,
            shell=True,
            cwd=cwd,
            env={**environ, **deeper(environ, place=function.place, what=f"the command of this {tag}")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise _failed(function, environ, f"cannot be started: {error.strerror or error}", "") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        how = f"was ended by signal {-done.returncode}" if done.returncode < 0 else f"gave exit code {done.returncode}"
        raise _failed(function, environ, how, said)
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError:
        raise _failed(function, environ, "printed something that is not text in UTF-8", "") from None


def _data(text: str, function: Tagged) -> Any:
    if not text.startswith(("{", "[", '"')) and text not in ("true", "false", "null"):
        return text
    try:
        return planted(json.loads(text, parse_int=integer), function.place)
    except (ValueError, RecursionError):
        return text


def _failed(function: Tagged, environ: Mapping[str, str], how: str, said: str) -> ConfigError:
    lines = _masked(said, environ).splitlines()[-_SHOWN_LINES:]
    return ConfigError(
        f"the command `{_masked(str(function.argument), environ)}` of {function.tag} {how}",
        place=function.place,
        details=lines,
        hints=["Run the command in a terminal to see what it needs."],
    )


def _masked(text: str, environ: Mapping[str, str]) -> str:
    for name, value in environ.items():
        if len(value) >= _SHORTEST_SECRET and any(word in name.upper() for word in _SECRET_WORDS):
            text = text.replace(value, "***")
    return text
