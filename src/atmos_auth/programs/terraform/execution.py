"""The runs of Terraform that one command takes: init, the workspace, the command itself, in the component's folder."""

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TextIO

from atmos_auth.domain.errors import CommandNotFound
from atmos_auth.host.process import Captured, captured, run
from atmos_auth.programs.terraform import files

_NOTE = "environment"
_CHOOSING = ("workspace", "select", "-or-create")


class Steps(NamedTuple):
    """What is run, in this order; an empty one is left out. `workspace` is a name, the others are words."""

    init: Sequence[str]
    workspace: str
    command: Sequence[str]


class Execution:
    """Runs the steps with a program and an environment; what a step says that is not the last is no data."""

    def __init__(self, program: str, folder: str, environ: Mapping[str, str], stderr: TextIO) -> None:
        self._program = program
        self._folder = folder
        self._environ = {**environ, "PWD": folder}
        self._stderr = stderr

    def __call__(self, steps: Steps) -> int:
        """Return the status of the last step, or of the first that failed."""
        if steps.init:
            self._forget_workspace()
            is_all = not steps.workspace and not steps.command
            status = run([self._program, *steps.init], self._environ, self._folder, onto_stderr=not is_all)
            if status != 0:
                return status
        if steps.workspace:
            chosen = self._choose(steps.workspace)
            if chosen.status != 0:
                self._stderr.write(chosen.output + chosen.errors)
                return chosen.status
        return run([self._program, *steps.command], self._environ, self._folder) if steps.command else 0

    def quietly(self, steps: Steps) -> Captured:
        """Run the steps without a sound; return what the last, or the first that failed, has come to."""
        result = Captured(0, "", "")
        if steps.init:
            self._forget_workspace()
            result = captured([self._program, *steps.init], self._environ, self._folder)
        if result.status == 0 and steps.workspace:
            result = self._choose(steps.workspace)
        if result.status == 0 and steps.command:
            result = captured([self._program, *steps.command], self._environ, self._folder)
        return result

    def _choose(self, workspace: str) -> Captured:
        chosen = captured([self._program, *_CHOOSING, workspace], self._environ, self._folder)
        if chosen.status != 1:
            return chosen
        # Terraform before 1.4 cannot create what it is to select.
        made = captured([self._program, "workspace", "new", workspace], self._environ, self._folder)
        if made.status != 1 or self._chosen() != workspace:
            return made
        # Neither could be done, and still it is chosen: by an older choice that Terraform no longer confirms.
        self._stderr.write(f"⚠ the workspace {workspace} could be neither selected nor made, but is the one in use\n")
        return made._replace(status=0)

    def _chosen(self) -> str | None:
        """Name the workspace that Terraform has noted down."""
        try:
            with open(os.path.join(self._data_folder, _NOTE), encoding="utf-8") as file:
                return file.read().strip()
        except OSError:
            return None

    def _forget_workspace(self) -> None:
        """Drop a choice that may belong to another backend."""
        files.remove(self._data_folder, _NOTE)

    @property
    def _data_folder(self) -> str:
        return os.path.join(self._folder, self._environ.get("TF_DATA_DIR") or ".terraform")


def as_shell_lines(program: str, folder: str, steps: Steps) -> list[str]:
    """Return what a shell would be told."""
    lines = [["cd", folder]]
    if steps.init:
        lines.append([program, *steps.init])
    if steps.workspace:
        lines.append([program, *_CHOOSING, steps.workspace])
    if steps.command:
        lines.append([program, *steps.command])
    return [shlex.join(line) for line in lines]


def checked_program(program: str) -> str:
    """Return the program's name or path; raises `CommandNotFound` for a relative path, of which there are many."""
    if os.sep in program and not os.path.isabs(program):
        raise CommandNotFound(
            f"{program} is a relative path, and Terraform runs in another folder for every component",
            hints=["give a name on PATH, or an absolute path, as components.terraform.command"],
        )
    return program


def require_program(program: str, path: str | None) -> None:
    """Raise `CommandNotFound` where a PATH leads to no such program."""
    if shutil.which(program, path=os.defpath if path is None else path) is None:
        raise CommandNotFound(
            f"command not found: {program}",
            details=["it is what runs for every component"],
            hints=[
                "install it: https://developer.hashicorp.com/terraform/install",
                "or name another program in atmos.yaml: `components.terraform.command: tofu`",
            ],
        )
