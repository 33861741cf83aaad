"""`atmos auth validate`."""

import argparse

from atmos_auth.cli.output import GREEN, YELLOW, Paint, show_error
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AtmosAuthError
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
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of atmos.yaml's auth section")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print every finding on stderr; exit with the first error's status."""
    if arguments.schema:
        from atmos_auth.usecases.json_schema import shipped

        project.streams.stdout.write(shipped())
        return 0
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    verbose = getattr(arguments, "verbose", False) or project.environ.get(env_names.ATMOS_AUTH_VALIDATE_VERBOSE)
    if verbose:
        stderr.write("Validating authentication configuration...\n")
        for path in project.config.files:
            stderr.write(f"  read {path}\n")
    findings = project.auth.validate()
    for warning in findings.warnings:
        stderr.write(f"{paint('⚠', YELLOW)} {warning}\n")
        for hint in warning.hints:
            stderr.write(f"💡 {hint}\n")
    if not findings.errors:
        stderr.write(paint("✅ Authentication configuration is valid", GREEN) + "\n")
        return 0
    stderr.write("❌ Authentication configuration validation failed:\n")
    for error in findings.errors:
        show_error(error, stderr, paint)
    return _status(findings.errors[0])


def _status(error: AtmosAuthError) -> int:
    return error.exit_code
