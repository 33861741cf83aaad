"""`atmos auth list`."""

import argparse
import os
from importlib import import_module
from typing import Any

from atmos_auth.cli.listing.screen import Screen, columns_of
from atmos_auth.cli.output import Paint
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.domain.errors import NoIdentities, StoreError, UsageError
from atmos_auth.usecases.listing import Filters, Listing, chosen
from atmos_auth.wiring import Project

USAGE = "atmos auth list [flags]"
DESCRIPTION = """\
List providers and identities and how they hang together, with the time their
credentials have left. Uses no network; secrets are never shown.

examples:
  atmos auth list
  atmos auth list --format table --identities
  atmos auth list --providers=my-sso --format json
  atmos auth list --tags production,blue
  atmos auth list --open                 as a page in the browser"""
ALL = "\n"
# Each is a module of cli/listing.
FORMATS = ("tree", "table", "json", "yaml", "graphviz", "mermaid", "markdown", "html")
ALIASES = {"dot": "graphviz", "md": "markdown"}
# The words that shell_completion/candidates.py has for names; it is not imported for every list.
COMPLETIONS = {"--format": (*FORMATS, *ALIASES), "--providers": "<providers>", "--identities": "<identities>"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("-f", "--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} (default: tree)")
    parser.add_argument("--providers", nargs="?", const=ALL, metavar="NAMES", help="only providers, or only these")
    parser.add_argument("--identities", nargs="?", const=ALL, metavar="NAMES", help="only identities, or only these")
    parser.add_argument("--tags", metavar="TAGS", help="only what has one of these tags")
    parser.add_argument("-o", "--output-file", metavar="FILE", help="write to this file (0600) instead of stdout")
    parser.add_argument("--open", action="store_true", help="write a private page, and open it in the browser")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the list on stdout, or write it to a file."""
    file_format = _format(arguments)
    filters = _filters(arguments)
    entries = project.operations.entries()
    if not entries:
        _say_that_nothing_is_configured(project)
    listing = chosen(entries, filters)
    if entries and not listing.entries:
        project.streams.stderr.write(f"No {'providers' if filters.role == PROVIDER else 'identities'} configured.\n")
    stdout = project.streams.stdout
    if arguments.output_file or arguments.open:
        text = _rendered(file_format, listing, Screen(project.clock.now(), Paint(stdout, {}, plain=True)))
        path = _written(text, arguments.output_file)
        if arguments.open:
            _open(path, project)
        return 0
    paint = Paint(stdout, project.environ, plain=project.plain)
    unicode = (stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    stdout.write(_rendered(file_format, listing, Screen(project.clock.now(), paint, columns_of(stdout), unicode)))
    return 0


def _format(arguments: argparse.Namespace) -> str:
    said = (arguments.format or ("html" if arguments.open else "tree")).lower()
    file_format = ALIASES.get(said, said)
    if file_format not in FORMATS:
        raise UsageError(
            f"invalid format: unsupported format: {arguments.format}",
            hints=[f"use one of: {', '.join((*FORMATS, *ALIASES))}"],
        )
    if arguments.open and file_format != "html":
        raise UsageError(f"--open shows a page, not {file_format}", hints=["leave --format out, or say --format html"])
    return file_format


def _filters(arguments: argparse.Namespace) -> Filters:
    providers, identities = arguments.providers, arguments.identities
    if providers is not None and identities is not None:
        raise UsageError("mutually exclusive flags provided: --providers and --identities", hints=["keep one of them"])
    tags = None if arguments.tags is None else _names(arguments.tags)
    for role, flag, said in ((PROVIDER, "--providers", providers), (IDENTITY, "--identities", identities)):
        if said == ALL:
            return Filters(role, (), tags)
        if said is not None:
            names = _names(said)
            if not names:
                raise UsageError(f"{flag} names nobody", hints=[f"{flag} alone shows all of them"])
            return Filters(role, names, tags)
    return Filters(tags=tags)


def _names(said: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in said.split(",") if name.strip())


def _say_that_nothing_is_configured(project: Project) -> None:
    """Say so, or raise `NoIdentities` where a profile may be what is missing."""
    profiles = list(project.config.available_profiles())
    if profiles and not project.config.profiles:
        raise NoIdentities(
            "No providers or identities configured.",
            details=[f"profiles: {', '.join(profiles)}"],
            hints=[f"if a profile defines them: atmos auth list --profile {profiles[0]}"],
        )
    where = " (no atmos.yaml was found here, above, or in the repository)" if project.catalog.is_unwritten else ""
    project.streams.stderr.write(f"No providers or identities configured{where}.\n")


def _rendered(file_format: str, listing: Listing, screen: Screen) -> str:
    module: Any = import_module(f"atmos_auth.cli.listing.{file_format}")
    text: str = module.render(listing, screen)
    return text


def _written(text: str, path: str | None) -> str:
    """Write to the file that was named, or to a private one of our own; return its absolute path."""
    if path is None:
        import tempfile

        from atmos_auth.host.files import write_private

        # Not removed at the end: the browser reads it after that, and again when it is reloaded.
        path = os.path.join(tempfile.mkdtemp(prefix="atmos-list-"), "atmos-auth.html")
        write_private(path, text.encode("utf-8", errors="replace"))
        return path
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror}",
            hints=["check that its folder exists and may be written"],
        ) from error
    return os.path.abspath(path)


def _open(path: str, project: Project) -> None:
    stderr = project.streams.stderr
    if project.browser.open_file(path):
        stderr.write(f"✓ Opened {path} in the browser\n")
    else:
        stderr.write(f"⚠ No browser could be opened here. Open this page in one: {path}\n")
