"""`atmos auth discover`."""

import argparse
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from atmos_auth.cli.listing.columns import cut, padded, width
from atmos_auth.cli.listing.screen import columns_of
from atmos_auth.cli.output import BOLD, DIM, GREEN, Paint, age
from atmos_auth.domain.errors import SelectionError, UsageError
from atmos_auth.domain.names import Assignment, qualified
from atmos_auth.domain.provisioned import Provisioned
from atmos_auth.domain.timestamps import to_text
from atmos_auth.host.plain_text import plain_text
from atmos_auth.wiring import Project

USAGE = "atmos auth discover [flags]"
DESCRIPTION = """\
List every account and every role that you have at a portal. What was found in
the last 12 hours is shown at once; a look that was broken off goes on where it
stopped.

examples:
  atmos auth discover
  atmos auth discover --provider my-sso --refresh
  atmos auth discover --format json
  atmos auth discover --write identities.yaml      to be imported by atmos.yaml"""
FORMATS = ("table", "json", "yaml")
COMPLETIONS = {"--format": FORMATS}
# A column of this width still tells what stands in it.
_LEAST = 6
_BETWEEN = "  "

Names = Mapping[Assignment, Sequence[str]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("-p", "--provider", metavar="NAME", help="the portal to look at")
    parser.add_argument("--refresh", action="store_true", help="look again, however new the list is")
    parser.add_argument(
        "-f",
        "--format",
        choices=FORMATS,
        default="table",
        metavar="FORMAT",
        help="table, json or yaml (default: table)",
    )
    parser.add_argument("-w", "--write", metavar="FILE", help="write the identities as YAML that atmos.yaml can import")
    parser.add_argument("--no-browser", action="store_true", default=argparse.SUPPRESS, help="open no browser")
    parser.add_argument("--qr", action="store_true", default=argparse.SUPPRESS, help="show the address as a QR code")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the list on stdout; how it came about goes to stderr."""
    from atmos_auth.usecases.fragment import require_room, write_fragment
    from atmos_auth.usecases.portals import written_names

    if arguments.write is not None:
        if not arguments.write:
            raise UsageError("--write needs the name of a file", hints=["for example: --write identities.yaml"])
        require_room(arguments.write)  # a person need not wait for that
    provider = _provider(arguments, project)
    started_at = project.clock.now()
    try:
        found, was_known = project.operations.discover(provider, refresh=arguments.refresh)
    except KeyboardInterrupt:
        project.streams.stderr.write("\nStopped: what was found so far is kept, and the next look goes on from there.")
        raise
    _say(found, project, None if was_known else project.clock.now() - started_at)
    if arguments.write:
        write_fragment(found, arguments.write)
        _check(project, f"Wrote {len(found.identities):,} identities to {arguments.write}")
        return 0
    written = written_names(project.written_catalog, found)
    wanted = project.written_catalog.explorable()
    is_used = found.provider in wanted
    shared = project.provisioned_files.shared_names(wanted) if is_used else frozenset()
    formats: Mapping[str, Callable[[], str]] = {
        "table": lambda: _table(found, written, project, shared if is_used else None),
        "json": lambda: _json(found, written),
        "yaml": lambda: _yaml(found, written),
    }
    project.streams.stdout.write(formats[arguments.format]())
    if arguments.format == "table" and found.identities and not is_used:
        project.streams.stderr.write(
            f"💡 to use them by name: `auto_provision_identities: true` in provider {found.provider}, or --write FILE\n"
        )
    return 0


def _provider(arguments: argparse.Namespace, project: Project) -> str:
    if arguments.provider is not None:
        return project.catalog.provider(arguments.provider)[0]
    portals = project.operations.portals()
    if len(portals) == 1:
        return portals[0]
    if not portals:
        raise SelectionError(
            "no provider has a list of accounts and roles: none of kind aws/iam-identity-center is configured",
            hints=["define one under `auth.providers` in atmos.yaml", "if a profile defines it: --profile NAME"],
        )
    if project.prompter.can_ask:
        return project.prompter.choose("Several portals are configured. Please choose one:", portals)
    raise SelectionError(
        "several portals are configured, and none is named",
        details=[f"portals: {', '.join(portals)}"],
        hints=[f"atmos auth discover --provider {name}" for name in portals[:3]],
    )


def _say(found: Provisioned, project: Project, seconds: float | None) -> None:
    """Say what was found, and when; `seconds` is how long it took, None for what was known."""
    if not found.identities:
        project.streams.stderr.write(f"No accounts and roles are assigned to you at {found.portal.start_url}.\n")
        return
    if seconds is None:
        ago = age(project.clock.now() - found.at)
        paint = Paint(project.streams.stderr, project.environ, plain=project.plain)
        project.streams.stderr.write(paint(f"{found}, found {ago}; look again with --refresh", DIM) + "\n")
    else:
        _check(project, f"Found {found}")


def _check(project: Project, words: str) -> None:
    paint = Paint(project.streams.stderr, project.environ, plain=project.plain)
    project.streams.stderr.write(f"{paint('✓', GREEN)} {words}\n")


def _table(found: Provisioned, written: Names, project: Project, shared: Container[str] | None) -> str:
    """One line per role; the last column is the name to use it by, `-` where it has none.

    `shared` are names that need the provider behind them; None where what was found is not used.
    """
    header = ("ACCOUNT", "ID", "ROLE", "IDENTITY")
    rows = [
        (
            plain_text(assignment.account_name),
            assignment.account_id,
            assignment.role,
            _identities(
                None if shared is None else qualified(name, found.provider, shared), written.get(assignment, ())
            ),
        )
        for name, assignment in found.identities.items()
    ]
    if not rows:
        return ""
    stdout = project.streams.stdout
    paint = Paint(stdout, project.environ, plain=project.plain)
    natural = [max(map(width, column)) for column in zip(header, *rows, strict=True)]
    widths = _squeezed(natural, columns_of(stdout))
    ellipsis = "…" if "utf" in (stdout.encoding or "utf-8").lower() else "~"
    lines = [
        _BETWEEN.join(padded(cut(cell, size, ellipsis), size) for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    return "\n".join([paint(lines[0], BOLD), *lines[1:]]) + "\n"


def _identities(name: str | None, written: Sequence[str]) -> str:
    if written:
        return plain_text(f"{', '.join(written)} (written)")
    return plain_text(name) if name is not None else "-"


def _squeezed(natural: Sequence[int], room: int | None) -> list[int]:
    """Return widths that fit into `room`: the widest columns give way first, and never the account's number."""
    widths = list(natural)
    while room is not None and sum(widths) + len(_BETWEEN) * (len(widths) - 1) > room:
        widest = max((0, 2, 3), key=lambda i: widths[i])
        if widths[widest] <= _LEAST:
            break
        widths[widest] -= 1
    return widths


def _data(found: Provisioned, written: Names) -> dict[str, Any]:
    return {
        "provider": found.provider,
        "start_url": found.portal.start_url,
        "region": found.portal.region,
        "found_at": to_text(found.at),
        "counts": {"accounts": found.accounts, "identities": len(found.identities), "missed_accounts": found.missed},
        "identities": [
            {
                "name": name,
                "account": {"id": assignment.account_id, "name": assignment.account_name},
                "role": assignment.role,
                "written_as": list(written.get(assignment, ())),
            }
            for name, assignment in found.identities.items()
        ],
    }


def _json(found: Provisioned, written: Names) -> str:
    import json

    return json.dumps(_data(found, written), indent=2) + "\n"


def _yaml(found: Provisioned, written: Names) -> str:
    import yaml

    return str(yaml.safe_dump(_data(found, written), sort_keys=False))
