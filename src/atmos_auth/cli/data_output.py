"""Data on stdout or in a file: as YAML or JSON, whole or what a query picks."""

import argparse
import json
from typing import Any

from atmos_auth.domain.errors import UsageError
from atmos_auth.wiring import Project

FORMATS = ("yaml", "json")
COMPLETIONS = {"--format": FORMATS}


def add_flags(parser: argparse.ArgumentParser, *, default: str = "yaml") -> None:
    """Declare the flags that say what is printed, and how."""
    parser.add_argument("-f", "--format", metavar="FORMAT", default=default, help=f"yaml or json (default: {default})")
    parser.add_argument("-q", "--query", metavar="EXPR", help="print only what this picks: .vars.region")
    parser.add_argument("--file", metavar="FILE", help="write to this file (0600) instead of stdout")


def show(data: Any, arguments: argparse.Namespace, project: Project) -> None:
    """Print what is asked for of the data; raises `UsageError` for a format or a query that is wrong."""
    if arguments.format not in FORMATS:
        raise UsageError(f'"{arguments.format}" is not a format', hints=[f"use one of: {', '.join(FORMATS)}"])
    if arguments.query:
        from atmos_auth.stacks.query import queried

        data = queried(data, arguments.query)
    text = _text(data, arguments.format)
    if arguments.file:
        from atmos_auth.host.files import write_private

        write_private(arguments.file, text.encode())
    else:
        project.streams.stdout.write(text)


def _text(data: Any, file_format: str) -> str:
    if file_format == "json":
        return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if not isinstance(data, dict | list):
        return f"{_bare(data)}\n"
    import yaml

    text: str = yaml.safe_dump(data, sort_keys=True, allow_unicode=True, width=10_000)
    return text


def _bare(value: Any) -> str:
    """Print a single value as a shell wants it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
