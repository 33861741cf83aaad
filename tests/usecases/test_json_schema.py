import copy
import json
from typing import Any

import jsonschema_rs
import pytest

from atmos_auth.engine import registry
from atmos_auth.usecases.json_schema import generated, shipped

GOOD: dict[str, Any] = {
    "auth": {
        "realm": "acme",
        "logs": {"level": "Info"},
        "providers": {
            "portal": {
                "kind": "aws/iam-identity-center",
                "region": "us-east-1",
                "start_url": "https://x.awsapps.com/start",
                "session": {"duration": "8h"},
            }
        },
        "identities": {
            "base": {
                "kind": "aws/permission-set",
                "default": True,
                "via": {"provider": "portal"},
                "principal": {"name": "Admin", "account": {"id": "123456789012"}},
                "env": [{"key": "TEAM", "value": "blue"}],
            },
            "role": {
                "kind": "aws/assume-role",
                "via": {"identity": "base"},
                "principal": {"assume_role": "arn:aws:iam::123456789012:role/R", "duration": 3600},
            },
            "root": {
                "kind": "aws/assume-root",
                "via": {"identity": "base"},
                "principal": {
                    "target_principal": "123456789012",
                    "task_policy_arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy",
                },
            },
            "ci": {"kind": "aws/ambient"},
            "none": {"kind": "ambient"},
        },
        "integrations": {
            "images": {
                "kind": "aws/ecr",
                "via": {"identity": "base"},
                "spec": {"registry": {"account_id": "123456789012", "region": "us-east-1"}},
            },
            "public": {"kind": "aws/ecr-public", "via": {"provider": "portal"}},
            "cluster": {
                "kind": "aws/eks",
                "via": {"identity": "base"},
                "spec": {"cluster": {"name": "main", "region": "us-east-1", "kubeconfig": {"update": "merge"}}},
            },
        },
    },
    "workflows": {
        "base_path": "stacks/workflows",
        "deploy": {
            "description": "Deploy",
            "identity": False,
            "steps": [
                {"name": "a", "command": "atmos auth validate", "identity": "base", "stack": "dev"},
                {"command": "true", "type": "shell", "env": {"A": 1}, "retry": {"max_attempts": 3, "delay": "2s"}},
            ],
        },
    },
    "components": {"anything": ["goes"]},
}


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(generated())
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.validator_for(schema)


def with_value(path, value, section="auth"):
    document = copy.deepcopy(GOOD)
    node = document[section]
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


def test_the_shipped_file_is_what_the_structures_say():
    assert shipped() == generated(), "make it anew: python -m atmos_auth.usecases.json_schema"


def test_a_good_configuration_fits(validator):
    assert [str(error) for error in validator.iter_errors(GOOD)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["realm"], "BIG"),
        (["logs", "level"], "Loud"),
        (["providers"], []),
        (["providers", "portal", "kind"], "nope"),
        (["providers", "portal", "kind"], "aws/assume-role"),
        (["providers", "portal", "kind"], None),
        (["providers", "portal", "region"], None),
        (["providers", "portal", "region"], "mars"),
        (["providers", "portal", "start_url"], "http://x.awsapps.com/start"),
        (["providers", "portal", "login_flow"], "carrier-pigeon"),
        (["identities", "base", "principal"], None),
        (["identities", "base", "principal", "account", "id"], "123"),
        (["identities", "base", "env"], {"TEAM": "blue"}),
        (["identities", "base", "env", 0, "key"], "1X"),
        (["identities", "role", "principal", "assume_role"], "arn:aws:iam::1:role/R"),
        (["identities", "role", "principal", "duration"], "soon"),
        (["identities", "root", "principal", "target_principal"], None),
        (["identities", "ci", "kind"], "aws/iam-identity-center"),
        (["identities", "none", "default"], "yes"),
        (["integrations", "images", "spec"], None),
        (["integrations", "images", "kind"], "aws/user"),
        (["integrations", "public", "spec"], {"registry": {"region": "eu-west-1"}}),
        (["integrations", "cluster", "spec", "cluster", "kubeconfig", "update"], "overwrite"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, list) else repr(value),
)
def test_a_wrong_configuration_is_refused(validator, path, value):
    assert not validator.is_valid(with_value(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["base_path"], []),
        (["other"], []),
        (["deploy", "steps"], {}),
        (["deploy", "stesp"], []),
        (["deploy", "identity"], 7),
        (["deploy", "steps", 0, "command"], None),
        (["deploy", "steps", 0, "when"], "always"),
        (["deploy", "steps", 1, "type"], "script"),
        (["deploy", "steps", 1, "retry", "max_attempts"], 0),
        (["deploy", "steps", 1, "retry", "backoff_strategy"], "fast"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, list) else repr(value),
)
def test_a_wrong_workflow_is_refused(validator, path, value):
    assert not validator.is_valid(with_value(path, value, "workflows"))


def test_a_setting_of_one_kind_does_not_fit_another(validator):
    assert not validator.is_valid(with_value(["identities", "ci", "start_url"], "https://x.awsapps.com/start"))


def test_every_built_in_kind_is_described():
    text = generated()
    schema = json.loads(text)
    for entry in registry.BUILT_IN:
        assert registry.load(entry).settings_type.__name__ in schema["$defs"]
        assert f'"{entry.kind}"' in text


def test_every_reference_leads_somewhere():
    schema = json.loads(generated())

    def references(node):
        if isinstance(node, dict):
            for key, value in node.items():
                yield from [value] if key == "$ref" else references(value)
        elif isinstance(node, list):
            for item in node:
                yield from references(item)

    missing = {ref for ref in references(schema) if ref.removeprefix("#/$defs/") not in schema["$defs"]}
    assert missing == set()
