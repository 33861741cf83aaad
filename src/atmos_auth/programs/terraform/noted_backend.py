"""Which backend Terraform has noted down for a folder, when it last ran `init` there."""

import json
import os
from collections.abc import Mapping

from atmos_auth.programs.terraform.cleaning import DATA
from atmos_auth.programs.terraform.states import LOCAL
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.plain import plain

_NOTE = "terraform.tfstate"
_PLACES = ("path", "workspace_dir")


def stays_local(component: Component, folder: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a component's state is to be local, and was so before, in the same place.

    With `-reconfigure` Terraform would then ask whether to copy all workspaces onto themselves. `environ` is what it
    has anyway.
    """
    if component.sections.get("backend_type") != LOCAL:
        return False
    data = plain(component.sections["env"]).get("TF_DATA_DIR") or environ.get("TF_DATA_DIR") or DATA
    try:
        with open(os.path.join(folder, str(data), _NOTE), encoding="utf-8") as file:
            noted = json.load(file)["backend"]
        wanted = plain(component.sections["backend"])
        return noted["type"] == LOCAL and all(noted["config"].get(key) == wanted.get(key) for key in _PLACES)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False
