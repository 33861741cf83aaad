"""`atmos auth list`: how providers and identities hang together, without network and without secrets."""

import json
import re

import yaml

from aws_emulator import Emulator

CONFIG = """\
auth:
  providers:
    corp:
      kind: aws/iam-identity-center
      default: true
      region: us-east-1
      start_url: https://corp.awsapps.com/start
      session: { duration: 1h }
      spec: { files: { base_path: ~/work } }
    Other:
      kind: aws/iam-identity-center
      region: eu-west-1
      start_url: https://other.awsapps.com/start
  identities:
    dev:
      kind: aws/permission-set
      default: true
      alias: Development
      via: { provider: corp }
      principal: { name: AdminAccess, account: { name: development } }
      client_secret: do-not-show
    prod:
      kind: aws/assume-role
      via: { identity: DEV }
      principal: { assume_role: "arn:aws:iam::333333333333:role/DeployRole", external_id: "\\e[31mred" }
    here: { kind: ambient }
"""
TREE = """\
Authentication Configuration
├── corp (aws/iam-identity-center) [DEFAULT]
│   ├── Region: us-east-1
│   ├── Start URL: https://corp.awsapps.com/start
│   ├── Session
│   │   └── Duration: 1h
│   ├── Spec
│   │   └── Files
│   │       └── Base path: ~/work
│   └── dev (aws/permission-set) [DEFAULT] [ALIAS: Development]
│       ├── Principal
│       │   ├── Name: AdminAccess
│       │   └── Account
│       │       └── Name: development
│       ├── Client secret: ***REDACTED***
│       └── prod (aws/assume-role)
│           └── Principal
│               ├── Assume role: arn:aws:iam::333333333333:role/DeployRole
│               └── External ID: [31mred
├── Other (aws/iam-identity-center)
│   ├── Region: eu-west-1
│   └── Start URL: https://other.awsapps.com/start
└── here (ambient)
"""
TABLE = """\
PROVIDERS
  NAME   KIND                     REGION     START URL / URL                  DEFAULT
  corp   aws/iam-identity-center  us-east-1  https://corp.awsapps.com/start   ✓
  Other  aws/iam-identity-center  eu-west-1  https://other.awsapps.com/start  -

IDENTITIES
  NAME  KIND                VIA PROVIDER  VIA IDENTITY  DEFAULT  ALIAS        EXPIRES
  dev   aws/permission-set  corp          -             ✓        Development  -
  here  ambient             -             -             -        -            -
  prod  aws/assume-role     -             DEV           -        -            -
"""


def listed(machine, *words: str, env: dict[str, str] | None = None) -> str:
    result = machine.atmos("auth", "list", *words, env=env)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_tree_and_table(offline_machine):
    offline_machine.write(CONFIG)
    assert listed(offline_machine) == TREE
    assert listed(offline_machine, "--format", "tree") == TREE
    assert listed(offline_machine, "-f", "table") == TABLE


def test_json_and_yaml_hold_the_settings_and_no_secret(offline_machine):
    offline_machine.write(CONFIG)
    text = listed(offline_machine, "-f", "json")
    body = json.loads(text)
    assert list(body) == ["providers", "identities"]
    assert list(body["identities"]) == ["dev", "here", "prod"]
    assert body["identities"]["dev"]["client_secret"] == "***REDACTED***"
    assert body["providers"]["Other"] == {
        "kind": "aws/iam-identity-center",
        "region": "eu-west-1",
        "start_url": "https://other.awsapps.com/start",
    }
    assert "do-not-show" not in text
    assert yaml.safe_load(listed(offline_machine, "-f", "yaml")) == body


def test_filters_name_what_is_shown(offline_machine):
    offline_machine.write(CONFIG)

    def names(*words: str) -> dict[str, list[str]]:
        body = json.loads(listed(offline_machine, "-f", "json", *words))
        return {section: list(entries) for section, entries in body.items()}

    assert names("--providers") == {"providers": ["corp", "Other"]}
    assert names("--providers=other") == {"providers": ["Other"]}
    assert names("--identities", "prod,DEV") == {"identities": ["prod", "dev"]}
    # What hangs from something that is not shown says so.
    assert "├── Via identity: DEV\n" in listed(offline_machine, "--identities=prod")


def test_circles_and_dead_ends_are_drawn_and_not_followed(offline_machine):
    offline_machine.write(
        "auth: { identities: { a: { kind: x, via: { identity: b } }, b: { kind: x, via: { identity: a } },"
        " c: { kind: x, via: { provider: gone } } } }\n"
    )
    tree = listed(offline_machine)
    assert "a (cycle)" in tree
    assert "Via provider: gone" in tree


def test_an_empty_configuration_is_told_beside_the_data(offline_machine):
    offline_machine.write("auth: {}\n")
    for form, data in ("tree", ""), ("table", ""), ("json", "{}\n"), ("yaml", "{}\n"):
        result = offline_machine.atmos("auth", "list", "-f", form)
        assert (result.returncode, result.stdout) == (0, data)
        assert result.stderr == "No providers or identities configured.\n"


def test_the_time_left_is_shown_without_a_request(machine, aws: Emulator):
    machine.login()
    aws.journal.clear()
    assert re.search(r"prod \(aws/assume-role\) \[DEFAULT\] ● (1h0m|59m)\n", listed(machine))
    rows = listed(machine, "-f", "table", "--identities").splitlines()
    assert re.fullmatch("(59m|1h0m) (59m|1h0m) -", " ".join(row.split()[-1] for row in rows[2:]))
    machine.expire_credentials()
    assert "prod (aws/assume-role) [DEFAULT] ● expired" in listed(machine)
    assert aws.journal.entries() == []
