"""Data on stdout or in a file: as YAML or JSON, whole or what a query picks."""

import argparse
import json
import os
from collections.abc import Iterable, Iterator
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
    _require_format(arguments)
    if arguments.query:
        from atmos_auth.stacks.query import queried

        data = queried(data, arguments.query)
    _write([_text(data, arguments.format)], arguments, project)


def show_entries(entries: Iterable[tuple[str, Any]], arguments: argparse.Namespace, project: Project) -> None:
    """Print a mapping, of which each entry is made when it is its turn; as `show` does in every other way."""
    if arguments.query:
        show(dict(entries), arguments, project)
        return
    _require_format(arguments)
    _write(_one_by_one(entries, arguments.format), arguments, project)


def show_text(text: str, arguments: argparse.Namespace, project: Project) -> None:
    """Print what is written already, or put it into the file that is named."""
    _write([text], arguments, project)


def _require_format(arguments: argparse.Namespace) -> None:
    if arguments.format not in FORMATS:
        raise UsageError(f'"{arguments.format}" is not a format', hints=[f"use one of: {', '.join(FORMATS)}"])


def _write(texts: Iterable[str], arguments: argparse.Namespace, project: Project) -> None:
    # Values may have been fetched with credentials, and hold them.
    masked = (project.redaction(text) for text in texts)
    if arguments.file:
        from atmos_auth.host.files import write_private

        write_private(os.path.abspath(arguments.file), (text.encode() for text in masked))
    else:
        project.streams.stdout.writelines(masked)


def _one_by_one(entries: Iterable[tuple[str, Any]], file_format: str) -> Iterator[str]:
    is_json, is_first = file_format == "json", True
    for key, value in entries:
        text = _text({key: value}, file_format)
        if is_json:
            # All entries stand within one pair of braces.
            text = ("{\n" if is_first else ",\n") + text.removeprefix("{\n").removesuffix("\n}\n")
        yield text
        is_first = False
    if is_first:
        yield "{}\n"
    elif is_json:
        yield "\n}\n"


def _text(data: Any, file_format: str) -> str:
    if file_format == "json":
        return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if not isinstance(data, dict | list):
        return f"{_bare(data)}\n"
    from atmos_auth.cli.yaml_text import yaml_text

    return yaml_text(data)


def _bare(value: Any) -> str:
    """Print a single value as a shell wants it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
