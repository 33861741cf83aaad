"""Functions that a person adds to their shell: one switches the identity, one shows it in the prompt."""

import os

# What differs between bash and zsh is asked there.
FILES = {"bash": "bash_and_zsh.sh", "zsh": "bash_and_zsh.sh", "fish": "fish.fish", "powershell": "powershell.ps1"}


def functions_for(shell: str, *, program: str = "atmos auth") -> str:
    """Return the functions in the language of `shell`, a key of `FILES`; they call `program`."""
    path = os.path.join(os.path.dirname(__file__), FILES[shell])
    with open(path, encoding="utf-8") as file:
        return file.read().replace(" atmos auth env ", f" {program} env ")
