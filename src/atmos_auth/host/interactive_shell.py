"""Which shell a person wants to work in, and how it is started."""

import os
import shutil
from collections.abc import Mapping, Sequence

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import CommandNotFound
from atmos_auth.host.shell_prompt import Start, with_prompt, with_text

# Names that a person may type where an identity is meant.
KNOWN = (
    "bash",
    "zsh",
    "fish",
    "sh",
    "dash",
    "ksh",
    "tcsh",
    "csh",
    "nu",
    "elvish",
    "xonsh",
    "pwsh",
    "powershell",
    "cmd",
)


def choose(flag: str | None, environ: Mapping[str, str], *, platform: str = os.name) -> str:
    """Return the path of the shell: the flag's, ATMOS_SHELL's, SHELL's, then bash, sh (on Windows cmd.exe).

    Raises `CommandNotFound` when the flag or ATMOS_SHELL names none; what SHELL names may be missing.
    """
    for source, named in (("--shell", flag), (env_names.ATMOS_SHELL, environ.get(env_names.ATMOS_SHELL))):
        if named:
            found = _find(named, environ)
            if found is None:
                raise CommandNotFound(
                    f"{source} names {named}, which is not there or cannot be run",
                    hints=["name a program on PATH, or give its path: --shell /usr/bin/zsh"],
                )
            return found
    usual = ("cmd.exe",) if platform == "nt" else ("bash", "sh")
    candidates = (environ.get("SHELL"), *usual)
    for candidate in candidates:
        found = _find(candidate, environ) if candidate else None
        if found is not None:
            return found
    raise CommandNotFound("no shell was found", hints=["name one: --shell /bin/sh"])


def starting(
    shell: str, arguments: Sequence[str] | None, environ: Mapping[str, str], *, prompt: bool, platform: str = os.name
) -> tuple[list[str], dict[str, str]]:
    """Return the command line of the shell and its environment.

    Without `arguments` of the person's own it is a login shell; then, with `prompt`, it shows the identity.
    """
    if arguments:
        return [shell, *arguments], dict(environ)
    login = () if platform == "nt" else ("-l",)
    start = with_prompt(name_of(shell), login, environ) if prompt else Start(login, {})
    return [shell, *start.arguments], {**environ, **start.environ}


def starting_with(text: str, shell: str, environ: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the command line of a shell whose prompt is `text`, and its environment; it is no login shell."""
    start = with_text(name_of(shell), text)
    return [shell, *start.arguments], {**environ, **start.environ}


def level(environ: Mapping[str, str]) -> int:
    """Return how many shells of ours one is in already; what is no number counts as none."""
    text = environ.get(env_names.ATMOS_SHLVL, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def name_of(shell: str) -> str:
    """Return the bare name of a shell's program, `zsh` for `/usr/bin/zsh`."""
    return os.path.basename(shell).removesuffix(".exe")


def _find(program: str, environ: Mapping[str, str]) -> str | None:
    return shutil.which(program, path=environ.get("PATH", os.defpath))
