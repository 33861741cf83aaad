"""Outputs as rows of a name and a value."""

from collections.abc import Mapping
from typing import Any

from atmos_auth.cli.outputs.bare import bare
from atmos_auth.host.plain_text import plain_text

_HEADING = ("key", "value")


def csv(values: Mapping[str, Any]) -> str:
    """Return rows as RFC 4180 has them, under a heading."""
    return _separated(values, ",")


def tsv(values: Mapping[str, Any]) -> str:
    """Return rows with tabs, under a heading; a value that holds a tab, a quote or a line break is quoted."""
    return _separated(values, "\t")


def table(values: Mapping[str, Any]) -> str:
    """Return rows for a person, each in one line, with nothing that moves a cursor."""
    from atmos_auth.cli.listing.columns import padded, width

    columns = max(map(width, values), default=0)
    return "".join(
        f"{padded(name, columns)}  {plain_text(bare(values[name]))}".rstrip() + "\n" for name in sorted(values)
    )


def _separated(values: Mapping[str, Any], separator: str) -> str:
    rows = [_HEADING, *((name, bare(values[name])) for name in sorted(values))]
    return "".join(separator.join(_quoted(field, separator) for field in row) + "\n" for row in rows)


def _quoted(field: str, separator: str) -> str:
    """Quote a field where it must be; Python's own writer leaves a lone carriage return, which ends a line."""
    if not any(special in field for special in (separator, '"', "\n", "\r")):
        return field
    doubled = field.replace('"', '""')
    return f'"{doubled}"'
