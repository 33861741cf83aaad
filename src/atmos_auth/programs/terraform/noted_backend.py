"""Which backend Terraform has noted down for a folder, when it last ran `init` there."""

import json
import os
from collections.abc import Mapping
from typing import Any

from atmos_auth.programs.terraform.states import LOCAL
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.plain import plain

# The folder that Terraform has for itself beside the code, and the file in it.
DATA, NOTE = ".terraform", "terraform.tfstate"
_PLACES = ("path", "workspace_dir")


def stays_local(component: Component, folder: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a component's state is to be local, and was so before, in the same place.

    With `-reconfigure` Terraform would then ask whether to copy all workspaces onto themselves. `environ` is what it
    has anyway.
    """
    if component.sections.get("backend_type") != LOCAL:
        return False
    data = plain(component.sections["env"]).get("TF_DATA_DIR") or environ.get("TF_DATA_DIR") or DATA
    noted, wanted = noted_local(os.path.join(folder, str(data))), plain(component.sections["backend"])
    return noted is not None and all(noted.get(key) == wanted.get(key) for key in _PLACES)


def noted_local(data: str) -> dict[str, Any] | None:
    """Return the settings of the local backend that is noted down in a folder of Terraform's; None if none is."""
    try:
        with open(os.path.join(data, NOTE), encoding="utf-8") as file:
            backend = json.load(file)["backend"]
        kind, settings = backend["type"], backend["config"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return settings if kind == LOCAL and isinstance(settings, dict) else None
