"""How a shell is started so that its prompt shows the identity, without touching anybody's startup files."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_HERE = os.path.dirname(__file__)
# Evaluated before each prompt; empty, and so without effect, in shells further down.
_BASH_HOOK = 'eval "${__atmos_prompt-}"'
# After the startup files, and in no shell further down.
_BASH_PROMPT = '[ -z "${__atmos_ps1-}" ] || PS1=$__atmos_ps1; export -n __atmos_ps1 PROMPT_COMMAND'
_FISH_PROMPT = (
    "set -g __atmos_text $__atmos_ps1; set -e __atmos_ps1; function fish_prompt; printf %s $__atmos_text; end"
)


class Start(NamedTuple):
    """The arguments to start a shell with, and what its environment gets in addition."""

    arguments: tuple[str, ...]
    environ: dict[str, str]


def with_prompt(shell: str, login: Sequence[str], environ: Mapping[str, str]) -> Start:
    """Return how to start `shell`, the bare name of a program, whose arguments are otherwise `login`.

    Where there is no safe way the prompt stays as it is. Startup files that replace the hook have the last word.
    """
    if shell == "bash":
        return Start(tuple(login), _bash(environ))
    if shell == "zsh":
        return Start(tuple(login), _zsh(environ))
    if shell == "fish":
        return Start((*login, "--init-command", _text("prompt.fish")), {})
    return Start(tuple(login), {})


def with_text(shell: str, text: str) -> Start:
    """Return how to start `shell`, the bare name of a program, so that its prompt is `text`, in its own language.

    Bash and fish read the person's files before that; zsh reads none of them, for they would have the last word.
    """
    if shell == "zsh":
        return Start(("-d", "-f", "-i"), {"PS1": text, "PROMPT": text})
    if shell == "fish":
        return Start(("--init-command", _FISH_PROMPT), {"__atmos_ps1": text})
    if shell == "bash":
        return Start((), {"PS1": text, "__atmos_ps1": text, "PROMPT_COMMAND": _BASH_PROMPT})
    return Start((), {"PS1": text, "PROMPT": text})


def _bash(environ: Mapping[str, str]) -> dict[str, str]:
    # A login shell reads no --rcfile; what it takes from its environment is PROMPT_COMMAND.
    before = environ.get("PROMPT_COMMAND", "")
    keep_private = "" if before else "export -n PROMPT_COMMAND\n"
    # What prepends its own command, as most startup files do, leaves ours the last.
    command = f"{before}\n{_BASH_HOOK}" if before else _BASH_HOOK
    return {"PROMPT_COMMAND": command, "__atmos_prompt": _with_status(_text("bash.sh"), keep_private)}


def _with_status(script: str, addition: str) -> str:
    """Put a line into the script behind the one that saves `$?`."""
    first = "__atmos_status=$?\n"
    return script.replace(first, first + addition, 1)


def _zsh(environ: Mapping[str, str]) -> dict[str, str]:
    # The one folder that zsh lets its caller choose: it holds a .zshenv that hands the choice back.
    own = {"ATMOS_ZDOTDIR": environ["ZDOTDIR"]} if "ZDOTDIR" in environ else {}
    return {"ZDOTDIR": os.path.join(_HERE, "zsh"), **own}


def _text(name: str) -> str:
    with open(os.path.join(_HERE, name), encoding="utf-8") as file:
        return file.read()
