"""`atmos auth whoami`."""

import argparse
import os
from io import StringIO
from typing import Any

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import BOLD, GREEN, RED, YELLOW, Paint, expiry, moment, show_rows
from atmos_auth.cli.warm import SECONDS_LEFT, STDERR, STDOUT, TIME_LEFT
from atmos_auth.cli.warming import Kept, keep, private_values
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UsageError
from atmos_auth.domain.time_left import time_left
from atmos_auth.domain.timestamps import to_text
from atmos_auth.host.plain_text import plain_lines
from atmos_auth.usecases.ensure import OFFLINE, SILENT
from atmos_auth.usecases.whoami import Status
from atmos_auth.wiring import Project

USAGE = "atmos auth whoami [IDENTITY] [flags]"
DESCRIPTION = """\
Show who you are as an identity, and until when. AWS itself is asked, unless
--offline; a session is renewed silently if it can be; nobody is asked anything.

examples:
  atmos auth whoami prod-admin
  atmos auth whoami --output json
  atmos auth whoami --check && terraform plan"""
POSITIONALS = 1
SOON_SECONDS = 15 * 60
_SECRET_WORDS = ("SECRET", "TOKEN", "PASSWORD", "PRIVATE", "ACCESS_KEY", "SESSION")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-o", "--output", metavar="FORMAT", help="json: one object on stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 when the credentials cannot be used")
    parser.add_argument("--offline", action="store_true", help="use no network")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the status: for people on stderr, as JSON on stdout."""
    output = arguments.output or project.environ.get(env_names.ATMOS_AUTH_WHOAMI_OUTPUT, "")
    if output not in ("", "json"):
        raise UsageError(f'invalid output "{output}"', hints=["use --output json, or leave it out"])
    said = asked(arguments)
    # A program that reads JSON is not there to be asked which identity it means.
    identity = project.operations.select_unasked(said) if output == "json" else project.operations.select(said)
    if identity is None:
        project.streams.stderr.write("Authentication is disabled; programs find their own AWS credentials.\n")
        if output == "json":
            project.streams.stdout.write("{}\n")
        return 0
    status = project.operations.whoami(identity, OFFLINE if arguments.offline else SILENT)
    now = project.clock.now()
    shown = _print_json if output == "json" else _print_rows
    kept = shown(status, project, now)
    if arguments.offline and status.valid and not status.problem and kept is not None:
        keep(arguments.call, project, said, identity, kept)
    return 1 if arguments.check and not status.valid else 0


def _print_rows(status: Status, project: Project, now: float) -> Kept | None:
    """Print it for people; return what may be printed again."""
    stderr = StringIO()
    paint = Paint(project.streams.stderr, project.environ, plain=project.plain)
    mark = paint("✓", GREEN, BOLD) if status.valid else paint("✗", RED, BOLD)
    stderr.write(f"{mark} {paint('Current Authentication Status', BOLD)}\n\n")
    end = expiry(status.expires_at, now)
    if end and status.expires_at is not None and status.expires_at - now < SOON_SECONDS:
        end = paint(end, RED)
    realm, source = project.realm
    rows = [
        ("Realm", f"{realm} ({source})" if realm else None),
        ("Provider", status.provider),
        ("Identity", status.identity),
        ("Principal", status.principal),
        ("Account", status.account),
        ("Region", status.region),
        ("Expires", end),
        ("Last Updated", moment(status.issued_at) if status.issued_at is not None else None),
    ]
    show_rows(rows, stderr, paint)
    if status.problem and status.valid:
        stderr.write(f"\n{paint('⚠', YELLOW)} {plain_lines(status.problem)}\n")
    if not status.valid:
        stderr.write(f"\n{paint('⚠', YELLOW)} Credentials may be expired or invalid.\n")
        if status.problem:
            stderr.write(f"  {plain_lines(status.problem)}\n")
        stderr.write(f"  Run 'atmos auth login --identity {status.identity}' to refresh.\n")
    text = stderr.getvalue()
    project.streams.stderr.write(text)
    if project.streams.stderr.isatty():
        return None  # it may have colours
    left = None
    if status.expires_at is not None:
        left = f"{moment(status.expires_at)} (", TIME_LEFT, time_left(status.expires_at - now)
    return Kept(text, stream=STDERR, left=left)


def _print_json(status: Status, project: Project, now: float) -> Kept | None:
    """Print it for programs; return what may be printed again."""
    import json

    realm, source = project.realm
    location = project.operations.location(status.identity)
    environment = project.operations.files_environment(status.identity, None).variables
    answer: dict[str, Any] = {
        "realm": realm,
        "realm_source": source,
        "provider": status.provider,
        "identity": status.identity,
        "principal": status.principal or "",
        "account": status.account,
        "region": status.region,
        "expiration": to_text(status.expires_at) if status.expires_at is not None else None,
        "expires_in": max(0, int(status.expires_at - now)) if status.expires_at is not None else None,
        "valid": status.valid,
        "verified": status.verified,
        "problem": status.problem,
        "environment": {name: _shown(name, value, project.paths.home) for name, value in sorted(environment.items())},
        "paths": [
            _path(location.credentials_file, "AWS credentials file"),
            _path(location.config_file, "AWS config file"),
        ],
        "credentials_ref": status.identity,
        "last_updated": to_text(status.issued_at) if status.issued_at is not None else to_text(now),
    }
    always = ("provider", "identity", "principal", "last_updated", "valid", "verified", "realm_source")
    present = {name: value for name, value in answer.items() if name in always or value not in (None, "", {}, [])}
    text = json.dumps(present, indent=2) + "\n"
    project.streams.stdout.write(text)
    if status.issued_at is None or private_values(environment):
        return None
    left = None
    if status.expires_at is not None:
        left = '"expires_in": ', SECONDS_LEFT, str(answer["expires_in"])
    return Kept(text, stream=STDOUT, left=left)


def _path(location: str, purpose: str) -> dict[str, Any]:
    return {"location": location, "type": "file", "required": True, "purpose": purpose}


def _shown(name: str, value: str, home: str) -> str:
    if any(word in name.upper() for word in _SECRET_WORDS):
        return "***REDACTED***"
    return "~" + value[len(home) :] if value == home or value.startswith(home + os.sep) else value
