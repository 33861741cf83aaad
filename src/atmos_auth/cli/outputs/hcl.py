"""Outputs as Terraform's own language has them, as in a `.tfvars` file.

https://developer.hashicorp.com/terraform/language/expressions/strings
"""

import json
from collections.abc import Mapping
from typing import Any

from atmos_auth.cli.outputs.names import as_attributes

# What JSON writes in short, and Terraform only as a number.
_SHORT = {"\\b": "\\u0008", "\\f": "\\u000c"}


def hcl(values: Mapping[str, Any]) -> str:
    """Return a line `name = value` for each, or several for what is made of several."""
    return "".join(f"{name} = {_expression(value)}\n" for name, value in sorted(as_attributes(values).items()))


def _expression(value: Any, indent: str = "") -> str:
    deeper = indent + "  "
    if isinstance(value, Mapping) and value:
        lines = [f"{deeper}{_text(str(key))} = {_expression(value[key], deeper)}\n" for key in sorted(value)]
        return f"{{\n{''.join(lines)}{indent}}}"
    if isinstance(value, list) and value:
        lines = [f"{deeper}{_expression(item, deeper)},\n" for item in value]
        return f"[\n{''.join(lines)}{indent}]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    """Quote a text so that nothing in it is a template."""
    parts = json.dumps(value, ensure_ascii=False).replace("\\\\", "\0")
    for short, number in _SHORT.items():
        parts = parts.replace(short, number)
    return parts.replace("\0", "\\\\").replace("${", "$${").replace("%{", "%%{")
