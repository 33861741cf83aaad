"""The JSON Schema of `atmos.yaml`'s `auth` and `workflows` sections, made from the same structures that check it.

The shipped file is what editors use; `python -m atmos_auth.usecases.json_schema` prints it anew.
"""

import json
from importlib.resources import files
from typing import Any

import msgspec

from atmos_auth.config.workflow_settings import WorkflowSettings
from atmos_auth.domain.chain import SECTIONS
from atmos_auth.engine import registry
from atmos_auth.usecases.validate import General

SHIPPED = "atmos.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def shipped() -> str:
    """Return the schema file that comes with the package."""
    return files("atmos_auth.config").joinpath(SHIPPED).read_text(encoding="utf-8")


def generated() -> str:
    """Build the schema from the built-in kinds."""
    structures = [registry.load(entry).settings_type for entry in registry.BUILT_IN]
    _, definitions = msgspec.json.schema_components(
        [General, WorkflowSettings, *structures], ref_template="#/$defs/{name}"
    )
    general = definitions["General"]
    for role, section in SECTIONS.items():
        general["properties"][section] = {"type": "object", "additionalProperties": _entry(role)}
    schema = {
        "$schema": DIALECT,
        "title": "atmos.yaml",
        "description": "The sections auth and workflows of atmos.yaml; others are not described here.",
        "type": "object",
        "properties": {"auth": {"$ref": "#/$defs/General"}, "workflows": _workflows()},
        "$defs": definitions,
    }
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _workflows() -> dict[str, Any]:
    """The folder of workflow files, and workflows by their names."""
    return {
        "type": "object",
        "properties": {"base_path": {"type": "string"}, "list": {"type": "object"}},
        "additionalProperties": {"$ref": "#/$defs/WorkflowSettings"},
    }


def _entry(role: str) -> dict[str, Any]:
    """One entry of a section: its `kind` says which structure it must fit."""
    entries = [entry for entry in registry.BUILT_IN if entry.role == role]
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": [entry.kind for entry in entries]}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": entry.kind}}},
                "then": {"$ref": f"#/$defs/{registry.load(entry).settings_type.__name__}"},
            }
            for entry in entries
        ],
    }


if __name__ == "__main__":
    import sys

    sys.stdout.write(generated())
