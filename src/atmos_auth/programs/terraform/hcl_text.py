"""Plain data in Terraform's own language, as in `.tf` and `.tfvars` files.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

# The kinds of blocks in a file, and in blocks, with how many labels each has; all else is an attribute.
_IN_RESOURCES = {"connection": 0, "lifecycle": 0, "provisioner": 1}
_LABELS: dict[str, dict[str, int]] = {
    "": {
        "check": 1,
        "data": 2,
        "ephemeral": 2,
        "import": 0,
        "locals": 0,
        "module": 1,
        "moved": 0,
        "output": 1,
        "provider": 1,
        "removed": 0,
        "resource": 2,
        "terraform": 0,
        "variable": 1,
    },
    "data": _IN_RESOURCES,
    "resource": _IN_RESOURCES,
    "terraform": {"backend": 1, "cloud": 0, "provider_meta": 1, "required_providers": 0},
    "cloud": {"workspaces": 0},
}
# What JSON writes in short, and Terraform only as a number.
_SHORT = {"\\b": "\\u0008", "\\f": "\\u000c"}


def attributes(values: Mapping[str, Any], indent: str = "") -> str:
    """Return a line `name = value` for each, or several for what is made of several; names are not looked at."""
    return "".join(f"{indent}{name} = {expression(value, indent)}\n" for name, value in sorted(values.items()))


def blocks(values: Mapping[str, Any], indent: str = "", *, within: str = "") -> str:
    """Return blocks of the kinds that Terraform knows, attributes for all else; `within` is the block around them."""
    parts, labels_of = [], _LABELS.get(within, {})
    for name, value in sorted(values.items()):
        if name in labels_of and isinstance(value, Mapping):
            parts += [_block(name, labels, body, indent) for labels, body in _labelled(value, labels_of[name])]
        elif within == "variable" and name == "type" and isinstance(value, str):
            # A type is no text.
            parts.append(f"{indent}type = {value}\n")
        else:
            parts.append(attributes({name: value}, indent))
    return "".join(parts)


def expression(value: Any, indent: str = "") -> str:
    """Return a value: quoted so that nothing in a text is a template."""
    deeper = indent + "  "
    if isinstance(value, Mapping) and value:
        lines = [f"{deeper}{_text(str(key))} = {expression(value[key], deeper)}\n" for key in sorted(value)]
        return f"{{\n{''.join(lines)}{indent}}}"
    if isinstance(value, list) and value:
        lines = [f"{deeper}{expression(item, deeper)},\n" for item in value]
        return f"[\n{''.join(lines)}{indent}]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _block(name: str, labels: tuple[str, ...], body: Mapping[str, Any], indent: str) -> str:
    heading = " ".join((name, *map(_text, labels)))
    return f"{indent}{heading} {{\n{blocks(body, indent + '  ', within=name)}{indent}}}\n"


def _labelled(value: Mapping[str, Any], labels: int) -> Iterable[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if labels == 0:
        yield (), value
        return
    for label, below in sorted(value.items()):
        for further, body in _labelled(below if isinstance(below, Mapping) else {}, labels - 1):
            yield (label, *further), body


def _text(value: str) -> str:
    parts = json.dumps(value, ensure_ascii=False).replace("\\\\", "\0")
    for short, number in _SHORT.items():
        parts = parts.replace(short, number)
    return parts.replace("\0", "\\\\").replace("${", "$${").replace("%{", "%%{")
