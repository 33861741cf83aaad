"""A repository of stacks of any size: five levels of imports, ten components in each stack, most of them inherited."""

from pathlib import Path

COMPONENTS = 10
REGIONS = 20
# Manifests that stand for no stack: they are imported.
SHARED = 2 + COMPONENTS + REGIONS + 1

ATMOS_YAML = """\
stacks: { base_path: stacks, included_paths: ["deploy/**/*"], name_pattern: "{tenant}-{environment}-{stage}" }
components: { terraform: { base_path: components/terraform } }
"""


def write_repository(folder: Path, manifests: int) -> str:
    """Write a repository of so many manifests, shared ones included, and return the name of one of its stacks."""
    _write(folder / "atmos.yaml", ATMOS_YAML)
    stacks = folder / "stacks"
    _write(stacks / "defaults" / "all.yaml", "vars: { company: acme, tags: { owner: platform } }\n")
    _write(stacks / "defaults" / "org.yaml", "import: [defaults/all]\nvars: { org: core }\nsettings: { team: blue }\n")
    for component in range(COMPONENTS):
        _write(stacks / "catalog" / f"c{component}.yaml", _catalog(component))
        _write(folder / "components" / "terraform" / f"c{component}" / "main.tf", 'variable "name" {}\n')
    imports = ", ".join(f"catalog/c{component}" for component in range(COMPONENTS))
    for region in range(REGIONS):
        text = f"import: [defaults/org]\nvars: {{ environment: r{region}, region: region-{region} }}\n"
        _write(stacks / "defaults" / f"r{region}.yaml", text)
    _write(stacks / "catalog" / "set.yaml", f"import: [{imports}]\n")
    for number in range(manifests - SHARED):
        region = number % REGIONS
        _write(stacks / "deploy" / f"r{region}" / f"s{number}.yaml", _stack(number, region))
    return "acme-r0-s0"


def _catalog(component: int) -> str:
    variables = "".join(f"        v{number}: value-{number}\n" for number in range(20))
    return (
        "components:\n  terraform:\n"
        f"    c{component}/defaults:\n      metadata: {{ type: abstract, component: c{component} }}\n"
        f"      vars:\n        name: c{component}\n{variables}"
        f"      settings: {{ tier: {component} }}\n"
        f"    c{component}:\n      metadata: {{ inherits: [c{component}/defaults] }}\n"
    )


def _stack(number: int, region: int) -> str:
    lines = [f"import: [defaults/r{region}, catalog/set]", f"vars: {{ tenant: acme, stage: s{number} }}", "components:"]
    lines += ["  terraform:", f"    c{number % COMPONENTS}: {{ vars: {{ number: {number} }} }}"]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
