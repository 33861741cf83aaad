"""What a stack is called: by its manifest's own name, by a template or pattern over its values, or by its file."""

import re
from collections.abc import Mapping
from typing import Any

# Tokens of a pattern, and with them the values that tell stacks apart.
TOKEN = re.compile(r"\{([a-z_-]+)\}")


def tokens_of(pattern: str) -> list[str]:
    """List the values that a pattern needs."""
    return TOKEN.findall(pattern)


def by_pattern(pattern: str, values: Mapping[str, Any]) -> str | None:
    """Fill a pattern such as `{tenant}-{stage}`; None when a value is missing, empty or no single value."""
    missing = []

    def fill(match: "re.Match[str]") -> str:
        value = values.get(match[1])
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            missing.append(match[1])
            return ""
        return str(value)

    filled = TOKEN.sub(fill, pattern)
    return None if missing else filled
