"""Identities that were found, as a piece of atmos.yaml that a person can keep, and that says who wrote it."""

import json
import os

from atmos_auth.config.provisioned import settings
from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.provisioned import Provisioned
from atmos_auth.domain.timestamps import to_text
from atmos_auth.host.shared_files import read_shared, write_shared

# Whatever begins otherwise is somebody else's.
MARK = "# Written by `atmos auth discover --write`"


def fragment(found: Provisioned) -> str:
    """Return the YAML text: sorted, one identity after the other, the same for the same findings but for the time."""
    lines = [
        f"{MARK} at {to_text(found.at)}, which may write it again.",
        f"# Portal: {found.portal.start_url} in {found.portal.region}",
        "# To use it, name this file under `import` in atmos.yaml, or keep it in .atmos.d beside it.",
        "auth:",
        "  identities:",
    ]
    for name, assignment in found.identities.items():
        entry = settings(found.provider, assignment)
        account = entry["principal"]["account"]
        inner = ", ".join(f"{key}: {_quoted(value)}" for key, value in account.items())
        lines += [
            f"    {_quoted(name)}:",
            f"      kind: {entry['kind']}",
            f"      via: {{ provider: {_quoted(found.provider)} }}",
            "      principal:",
            f"        name: {_quoted(assignment.role)}",
            f"        account: {{ {inner} }}",
        ]
    return "\n".join(lines) + "\n"


def require_room(path: str) -> None:
    """Raise `StoreError` where a fragment cannot be written: somebody else's file is there, or no folder."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise StoreError(f"cannot write {path}: there is no folder {folder}", hints=[f"mkdir -p '{folder}'"])
    if os.path.isdir(path):
        raise StoreError(
            f"cannot write {path}: it is a folder", hints=[f"name a file: {os.path.join(path, 'identities.yaml')}"]
        )
    before = read_shared(path)
    if before is not None and before.strip() and not before.startswith(MARK):
        raise StoreError(
            f"{path} is there already, and `atmos auth discover` did not write it",
            hints=["write to a file of another name, and import it"],
        )


def write_fragment(found: Provisioned, path: str) -> None:
    """Write the fragment to `path`; raises `StoreError`, also for what `require_room` refuses."""
    require_room(path)
    write_shared(path, fragment(found), mode=_mode(path))


def _mode(path: str) -> int:
    """The mode that the file has, or that a new file of this user gets: there is no secret in it."""
    try:
        return os.stat(path).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _quoted(text: str) -> str:
    """Quote a text without control characters: in YAML as in JSON."""
    return json.dumps(text, ensure_ascii=False)
