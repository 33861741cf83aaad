"""`atmos version`."""

import argparse

from atmos_auth.domain.errors import UsageError
from atmos_auth.wiring import Project

FORMATS = ("json", "yaml")
COMPLETIONS = {"--format": FORMATS}
USAGE = "atmos version [flags]"
DESCRIPTION = """\
Print the version, and the system that it runs on. Reads no configuration and
uses no network.

examples:
  atmos version
  atmos version -f json"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flag."""
    parser.add_argument("-f", "--format", metavar="FORMAT", help="json or yaml, for programs")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the version on stdout; raises `UsageError` for a format that is none."""
    from atmos_auth import __version__

    # `atmos --version` has no flags of its own.
    file_format = getattr(arguments, "format", None)
    stdout = project.streams.stdout
    system, machine = _system()
    if file_format is None:
        stdout.write(f"👽 Atmos {__version__} on {system}/{machine}\n")
        return 0
    if file_format not in FORMATS:
        raise UsageError(f'"{file_format}" is not a format', hints=[f"use one of: {', '.join(FORMATS)}"])
    facts = {"version": __version__, "os": system, "arch": machine}
    if file_format == "json":
        import json

        stdout.write(f"{json.dumps(facts, indent=2, sort_keys=True)}\n")
    else:
        from atmos_auth.cli.yaml_text import yaml_text

        stdout.write(yaml_text(facts))
    return 0


def _system() -> tuple[str, str]:
    """Name the system and its processor as release files of Go programs do, which this is compared with."""
    import platform

    machine = platform.machine().lower()
    return platform.system().lower(), {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
