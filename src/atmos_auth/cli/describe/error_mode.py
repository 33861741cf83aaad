"""`--error-mode`: what becomes of values that YAML functions cannot have."""

import argparse
from collections.abc import Callable
from functools import partial

from atmos_auth.cli.stack_words import written_choice
from atmos_auth.domain.errors import AtmosAuthError, UsageError
from atmos_auth.wiring import Project

STRICT, WARN, SILENT = MODES = ("strict", "warn", "silent")
COMPLETIONS = {"--error-mode": MODES}


def add_flag(parser: argparse.ArgumentParser) -> None:
    """Declare the flag, for which `describe.error_mode` stands in."""
    parser.add_argument(
        "--error-mode",
        metavar="MODE",
        help="for YAML functions that fail: strict (default) ends it, warn shows null and says why, silent only null",
    )


def tolerating(arguments: argparse.Namespace, project: Project) -> Callable[[AtmosAuthError], None] | None:
    """Return what is told of functions that fail; None where that is the end. Raises `UsageError` for other modes."""
    mode: str = arguments.error_mode or written_choice(project, ("describe", "error_mode"), MODES)
    if mode not in MODES:
        raise UsageError(f'--error-mode is "{mode}"', hints=[f"use one of: {', '.join(MODES)}"])
    if mode == STRICT:
        return None
    if mode == SILENT:
        return lambda _: None
    from atmos_auth.cli.workflow_names import warn

    return partial(warn, project)
