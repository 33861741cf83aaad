"""`atmos auth validate`."""

import argparse
import os
from typing import NamedTuple

from atmos_auth.cli.output import GREEN, YELLOW, Paint, show_error, show_warning
from atmos_auth.config.misspelt import misspelt_sections
from atmos_auth.config.truth import is_true
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AtmosAuthError, ConfigError
from atmos_auth.engine.resolve import Resolver
from atmos_auth.usecases.validate import validate
from atmos_auth.wiring import Project

USAGE = "atmos auth validate [flags]"
DESCRIPTION = """\
Check the authentication configuration: settings, references, cycles, and that
each link of a chain gives what the next one needs. Uses no network.

examples:
  atmos auth validate --verbose
  atmos auth validate --schema > atmos.schema.json    for your editor"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of atmos.yaml")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print every finding on stderr; exit with the first error's status."""
    if arguments.schema:
        from atmos_auth.usecases.json_schema import shipped

        project.streams.stdout.write(shipped())
        return 0
    stderr = project.streams.stderr
    # Not the project's own view of it, which needs a configuration that can be read.
    paint = Paint(stderr, os.environ, plain=project.plain)
    verbose = getattr(arguments, "verbose", False) or is_true(
        os.environ.get(env_names.ATMOS_AUTH_VALIDATE_VERBOSE), default=False
    )
    if verbose:
        stderr.write("Validating authentication configuration...\n")
    findings = _findings(project)
    if verbose:
        stderr.writelines(f"  read {path}\n" for path in findings.files)
    for warning in findings.warnings:
        show_warning(warning, stderr, paint)
    if not findings.files and not findings.errors:
        stderr.write(f"{paint('⚠', YELLOW)} no atmos.yaml was found here, above, or in the repository\n")
    if not findings.errors:
        stderr.write(paint("✅ Authentication configuration is valid", GREEN) + "\n")
        return 0
    stderr.write("❌ Authentication configuration validation failed:\n")
    for error in findings.errors:
        show_error(error, stderr, paint)
    return findings.errors[0].exit_code


class _Found(NamedTuple):
    errors: tuple[AtmosAuthError, ...]
    warnings: tuple[AtmosAuthError, ...] = ()
    files: tuple[str, ...] = ()


def _findings(project: Project) -> _Found:
    """Look for faults; a configuration that cannot even be read is one."""
    try:
        config = project.config
    except ConfigError as unreadable:
        return _Found((unreadable,))
    # Without realm and key: nothing is cached here, and a malformed realm is one finding among others.
    resolver = Resolver(project.catalog, realm="", key=bytes, environ=project.environ)
    findings = validate(project.catalog, resolver)
    findings = findings._replace(warnings=(*misspelt_sections(config.tree), *findings.warnings))
    try:
        _ = project.realm
    except ConfigError as malformed:
        # It may come from the environment, too; where it comes from the file, one message is enough.
        others = [error for error in findings.errors if error.place is None or error.place != malformed.place]
        return _Found((malformed, *others), findings.warnings, config.files)
    return _Found(findings.errors, findings.warnings, config.files)
