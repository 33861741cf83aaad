"""What is written beside a component's code for Terraform to read; each file whole or not at all."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.host.files import remove_file, reserve_private, write_private
from atmos_auth.programs.terraform.described_files import described_files
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.plain import plain

BACKEND, PROVIDERS, OVERRIDE = "backend.tf.json", "providers_override.tf.json", "terraform_override.tf.json"
# How the names end of what each instance of a component has for itself.
VARIABLES, PLAN = ".terraform.tfvars.json", ".planfile"
_WORKSPACE = "{terraform_workspace}"


class Generated(NamedTuple):
    """The files of one run by name: what each holds, None for what must not be there."""

    varfile: str
    planfile: str
    contents: Mapping[str, Any]


def stem_of(component: Component) -> str:
    """Name what is made for a component of a stack, so that instances of one code do not meet."""
    folder = os.path.dirname(component.base if component.base != component.name else component.name)
    parts = [component.stack, *folder.split("/"), component.name.rpartition("/")[2]]
    return "-".join(part.replace("/", "-") for part in parts if part)


def planfile_of(component: Component) -> str:
    """Name the plan that is stored for a component of a stack."""
    return stem_of(component) + PLAN


def generated(component: Component, *, workspace: str, with_backend: bool, with_described: bool = False) -> Generated:
    """Return what Terraform is given, and `with_described` the files that the component's own section describes.

    Raises `InvalidSetting` where a backend is wanted and none is chosen, and for files that cannot be written so.
    """
    stem = stem_of(component)
    varfile = f"{stem}{VARIABLES}"
    contents: dict[str, Any] = described_files(component) if with_described else {}
    contents[varfile] = plain(component.sections["vars"])
    if with_backend:
        contents[BACKEND] = _backend(component, workspace)
    if providers := plain(component.sections["providers"]):
        contents[PROVIDERS] = {"provider": _by_provider(providers)}
    required = {
        name: plain(component.sections[name])
        for name in ("required_version", "required_providers")
        if component.sections.get(name)
    }
    if required:
        contents[OVERRIDE] = {"terraform": required}
    return Generated(varfile, planfile_of(component), contents)


def write(folder: str, contents: Mapping[str, Any]) -> None:
    """Write the files, readable by their owner alone: texts as they are, all else as JSON; raises `StoreError`."""
    for name, content in contents.items():
        text = content if isinstance(content, str) else json.dumps(content, indent=2, sort_keys=True) + "\n"
        write_private(os.path.join(folder, name), text.encode())


@contextmanager
def private(folder: str, name: str) -> Iterator[None]:
    """Have a file that Terraform may write meanwhile be readable by its owner alone, from its first byte on."""
    path = os.path.join(folder, name)
    is_new = reserve_private(path)
    try:
        yield
    finally:
        if is_new and os.path.exists(path) and os.path.getsize(path) == 0:
            remove_file(path)


def remove(folder: str, name: str) -> bool:
    """Remove a file that is no longer needed; tell whether it was there."""
    return remove_file(os.path.join(folder, name))


def _backend(component: Component, workspace: str) -> dict[str, Any]:
    chosen = component.sections.get("backend_type")
    if not chosen:
        raise InvalidSetting(
            f'backend_type is required for component "{component.name}" of stack "{component.stack}"',
            place=component.place,
            hints=[
                "write `terraform: { backend_type: s3, backend: { s3: ... } }` into the stack",
                "or write none: components.terraform.auto_generate_backend_file: false",
            ],
        )
    settings = plain(component.sections["backend"])
    if chosen == "cloud":
        named = json.loads(json.dumps(settings).replace(_WORKSPACE, workspace))
        return {"terraform": {"cloud": named}}
    return {"terraform": {"backend": {chosen: settings}}}


def _by_provider(providers: Mapping[str, Any]) -> dict[str, Any]:
    """Group `aws` and `aws.east` into the list that Terraform expects of a provider with aliases."""
    grouped: dict[str, Any] = {}
    for name in sorted(providers):
        provider = name.partition(".")[0]
        if provider not in grouped:
            grouped[provider] = providers[name]
        else:
            before = grouped[provider]
            grouped[provider] = [*(before if isinstance(before, list) else [before]), providers[name]]
    return grouped
