"""`atmos auth shell-init`."""

import argparse
import os
import sys

from atmos_auth.delivery.shell_functions import FILES, functions_for
from atmos_auth.domain.errors import UsageError
from atmos_auth.wiring import Project

USAGE = "atmos auth shell-init SHELL"
DESCRIPTION = """\
Print functions for your shell's startup file. `atmos-id NAME` makes the shell
that you are in act as an identity, `atmos-id` renews it, and `atmos-id --unset`
ends that. Where it fails, the shell stays as it was. `atmos-prompt` is for your
prompt: the identity, and how long its keys live. It starts no program.

examples:
  eval "$(atmos auth shell-init bash)"   in ~/.bashrc
  eval "$(atmos auth shell-init zsh)"    in ~/.zshrc
  atmos auth shell-init fish | source    in ~/.config/fish/config.fish
  atmos auth shell-init powershell | Out-String | Invoke-Expression"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = tuple(FILES)
# The script under which one types `atmos-auth env` for `atmos auth env`.
_SECOND_NAME = "atmos-auth"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags: there are none of its own."""


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the functions on stdout."""
    shell = arguments.positional[0] if arguments.positional else ""
    if shell not in FILES:
        named = f'"{shell}" is no shell that is known here' if shell else "no shell is named"
        raise UsageError(named, hints=[f"atmos auth shell-init {known}" for known in FILES])
    called = os.path.basename(sys.argv[0])
    program = _SECOND_NAME if called.startswith(_SECOND_NAME) else "atmos auth"
    project.streams.stdout.write(functions_for(shell, program=program))
    return 0
