"""The final section of a component: what queries and templates see."""

FILES = {
    "stacks/deploy/dev.yaml": """\
        vars: { tenant: t, stage: s }
        import: [catalog/base, catalog/other]
        components:
          terraform:
            net/vpc: { metadata: { component: vpc, inherits: [base] }, vars: { a: 1 }, env: { NOTHING: ~ } }
    """,
    "stacks/catalog/base.yaml": "import: [catalog/empty]\ncomponents: { terraform: { base: { vars: { b: 2 } } } }",
    "stacks/catalog/other.yaml": "components: { terraform: { other: {} } }",
    "stacks/catalog/empty.yaml": "",
}


def test_its_keys(opened, tmp_path):
    stacks = opened(FILES)
    data = stacks.data(stacks.component("net/vpc", "t-s"))
    said = {
        "atmos_component": "net/vpc",
        "atmos_stack": "t-s",
        "atmos_stack_file": "deploy/dev",
        "atmos_manifest": "deploy/dev",
        "stack": "t-s",
        "component": "vpc",
        "component_info": {
            "component_path": str(tmp_path / "components/terraform/vpc"),
            "component_type": "terraform",
        },
        "inheritance": ["base"],
        "metadata": {"component": "vpc", "inherits": ["base"]},
        "vars": {"tenant": "t", "stage": "s", "a": 1, "b": 2},
        "workspace": "t-s-net-vpc",
        "imports": ["catalog/empty", "catalog/base", "catalog/other"],
        "deps": ["catalog/base", "deploy/dev"],
        "deps_all": ["catalog/empty", "catalog/base", "catalog/other"],
    }
    assert {key: data[key] for key in said} == said
    empty = {
        *("env", "settings", "auth", "backend", "remote_state_backend", "providers", "required_providers", "hooks"),
        *("generate", "overrides", "source", "provision"),
    }
    assert {key: data[key] for key in empty} == {key: {} for key in empty}
    assert "NOTHING" not in data["env"]
    assert (data["backend_type"], data["remote_state_backend_type"]) == ("", "")
