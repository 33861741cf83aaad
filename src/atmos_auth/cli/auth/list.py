"""`atmos auth list`."""

import argparse
from collections.abc import Callable

from atmos_auth.cli import listing_formats
from atmos_auth.cli.output import Paint
from atmos_auth.domain.errors import UnknownIdentity, UnknownProvider, UsageError
from atmos_auth.usecases.listing import Entry
from atmos_auth.wiring import Project

USAGE = "atmos auth list [flags]"
DESCRIPTION = """\
List providers and identities and how they hang together, with the time their
credentials have left. Uses no network; secrets are never shown.

examples:
  atmos auth list
  atmos auth list --format table --identities
  atmos auth list --providers=my-sso --format json"""
ALL = "\n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    formats = ", ".join(_FORMATS)
    parser.add_argument("-f", "--format", metavar="FORMAT", default="tree", help=f"{formats} (default: tree)")
    parser.add_argument("--providers", nargs="?", const=ALL, metavar="NAMES", help="only providers, or only these")
    parser.add_argument("--identities", nargs="?", const=ALL, metavar="NAMES", help="only identities, or only these")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the list on stdout."""
    if arguments.format not in _FORMATS:
        raise UsageError(
            f"invalid format: unsupported format: {arguments.format}",
            hints=[f"use one of: {', '.join(_FORMATS)}"],
        )
    if arguments.providers is not None and arguments.identities is not None:
        raise UsageError("mutually exclusive flags provided: --providers and --identities", hints=["keep one of them"])
    entries = _filtered(arguments, project.auth.entries())
    if not entries:
        where = " (no atmos.yaml was found here, above, or in the repository)" if project.catalog.is_unwritten else ""
        project.streams.stderr.write(f"No providers or identities configured{where}.\n")
    stdout = project.streams.stdout
    paint = Paint(stdout, project.environ, plain=project.plain)
    stdout.write(_FORMATS[arguments.format](entries, project.clock.now(), paint))
    return 0


def _filtered(arguments: argparse.Namespace, entries: list[Entry]) -> list[Entry]:
    for role, said, unknown in (
        ("provider", arguments.providers, UnknownProvider),
        ("identity", arguments.identities, UnknownIdentity),
    ):
        if said is None:
            continue
        of_role = [entry for entry in entries if entry.role == role]
        if said == ALL:
            return of_role
        wanted = [name.strip() for name in said.split(",") if name.strip()]
        by_name = {entry.name.lower(): entry for entry in of_role}
        missing = [name for name in wanted if name.lower() not in by_name]
        if missing:
            raise unknown(
                f"{role} not found: {', '.join(missing)}",
                hints=[f"there are: {', '.join(entry.name for entry in of_role) or 'none'}"],
            )
        return [by_name[name.lower()] for name in wanted]
    return entries


_FORMATS: dict[str, Callable[[list[Entry], float, Paint], str]] = {
    "tree": listing_formats.tree,
    "table": listing_formats.table,
    "json": listing_formats.json,
    "yaml": listing_formats.yaml,
}
