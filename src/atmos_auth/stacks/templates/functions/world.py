"""What only the world outside knows: time, environment, files, data by its name. Whoever renders hands these in."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.functions.layouts import written
from atmos_auth.stacks.templates.functions.time import length_text, zone


def clock_functions(now: Callable[[], datetime]) -> tuple[Function, ...]:
    """Make the functions that ask what time it is; `now` gives a time with its zone, which counts as the local one."""

    def moment(value: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            try:
                return datetime.fromtimestamp(value, now().tzinfo)
            except (OverflowError, ValueError, OSError):
                raise Refused("leaves the years 1 to 9999") from None
        return now()

    def date(layout: str, value: Any, name: str = "Local") -> str:
        return written(layout, moment(value).astimezone(zone(name, now().tzinfo)))

    return (
        Function("now", "", now),
        Function("time.Now", "", now),
        Function("date", "text any", date),
        Function("dateInZone", "text any text", date),
        Function("date_in_zone", "text any text", date),
        Function("htmlDate", "any", lambda value: date("2006-01-02", value)),
        Function("htmlDateInZone", "any text", lambda value, name: date("2006-01-02", value, name)),
        Function("ago", "any", lambda value: length_text(round((now() - moment(value)).total_seconds()))),
    )


def environment_functions(environ: Mapping[str, str]) -> tuple[Function, ...]:
    """Make the functions that read environment variables."""

    def get(name: str, stand_in: str = "") -> str:
        return environ.get(name, stand_in)

    def expand(text: str) -> str:
        return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda found: environ.get(found[1] or found[2], ""), text)

    return (
        Function("env", "text", get),
        Function("expandenv", "text", expand),
        Function("getenv", "text text?", get),
        Function("env.Getenv", "text text?", get),
    )


def file_functions(read: Callable[[str], str]) -> tuple[Function, ...]:
    """Make the functions that read files; `read` gives a file's text, and says itself what is wrong with one."""
    return (Function("file.Read", "text", read),)


def source_functions(sources: Mapping[str, str], read: Callable[[str], Any]) -> tuple[Function, ...]:
    """Make the functions that read data by its name; `sources` has the addresses, `read` gives what one holds."""

    def get(name: str) -> Any:
        if name not in sources:
            known = ", ".join(f"`{one}`" for one in sources) or "none"
            raise Refused(
                f"knows no data source `{name}`",
                hints=[f"There are: {known}. templates.settings.gomplate.datasources names them."],
            )
        return read(sources[name])

    return tuple(Function(name, "text", get) for name in ("datasource", "ds", "atmos.GomplateDatasource"))
