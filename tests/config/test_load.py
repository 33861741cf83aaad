"""What a caller sees of a whole configuration, and the record of what it depended on."""

import os

from atmos_auth.config.compose import compose
from atmos_auth.domain.place import Place

EXAMPLE = """
auth:
  providers:
    company-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: !env START_URL https://company.awsapps.com/start
  identities:
    prod.admin/Main Role:
      kind: aws/permission-set
      default: true
      via: {provider: company-sso}
      principal:
        name: Admin
        account: {id: 012345678901}
    breakglass:
      kind: aws/user
      credentials:
        access_key_id: !env KEY_ID
        mfa_arn: !env MFA_ARN
"""


def test_names_hold_dots_slashes_and_blanks_and_match_in_any_case(project):
    main = project.write("atmos.yaml", EXAMPLE)
    config = project.load({"KEY_ID": "AKIA"})
    found = config.resolve(["auth", "identities", "PROD.admin/main role"])
    assert found["principal"]["account"] == {"id": "012345678901"}
    assert config.resolve(["Auth", "Providers", "company-sso", "start_url"]) == "https://company.awsapps.com/start"
    assert config.resolve(["auth", "identities", "breakglass", "credentials"]) == {
        "access_key_id": "AKIA",
        "mfa_arn": "",
    }
    assert list(config.peek(["auth", "identities"])) == ["prod.admin/Main Role", "breakglass"]
    assert config.place(["auth", "identities", "prod.admin/main role", "principal", "name"]) == Place(main, 14, 15)


def test_identities_merge_deeply_over_every_layer(project):
    (project.home / ".atmos").mkdir()
    (project.home / ".atmos/atmos.yaml").write_text(
        "auth: {identities: {Prod: {kind: aws/user, region: eu-west-1, env: [{key: A}]}}}\n"
    )
    project.write("atmos.d/i.yaml", "auth: {identities: {prod: {session: {duration: 1h}}}}\n")
    project.write("atmos.yaml", "auth: {identities: {PROD: {region: us-east-1, session: {name: x}}}}\n")
    assert project.load().resolve(["auth", "identities"]) == {
        "Prod": {
            "kind": "aws/user",
            "region": "us-east-1",
            "env": [{"key": "A"}],
            "session": {"duration": "1h", "name": "x"},
        }
    }


def test_the_record_names_everything_the_answer_hangs_on(project):
    main = project.write("atmos.yaml", "import: [i.yaml, 'conf/*.yaml']\nprofiles: {default: p}\na: !env SECRET\n")
    imported = project.write("i.yaml", "")
    project.directory("conf")
    profile = project.write("profiles/p/a.yaml", "")
    config = project.load({"SECRET": "s"}, cwd=".")
    assert set(config.record.files) == {main, imported, profile}
    status = os.stat(main)
    assert config.record.files[main] == (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    assert {str(project.root / "conf"), str(project.root / "profiles/p")} <= set(config.record.directories)
    assert {
        str(project.root / ".git"),
        str(project.root / "atmos.d"),
        str(project.root / ".atmos.d"),
        str(project.root / ".atmos.yaml"),
        str(project.home / ".atmos/atmos.yaml"),
        str(project.root / ".atmos/profiles/p"),
    } <= config.record.absent
    assert "SECRET" not in config.record.variables
    config.resolve(["a"])
    assert config.record.variables["SECRET"] == "s"
    assert {"ATMOS_CLI_CONFIG_PATH", "ATMOS_CONFIG", "ATMOS_PROFILE", "ATMOS_BASE_PATH"} <= set(config.record.variables)
    assert not config.record.uncacheable


def test_the_repository_only_has_to_exist(project):
    project.directory(".git")
    config = project.load()
    assert str(project.root / ".git") in config.record.present
    assert not any(".git" in path for path in config.record.directories)


def test_a_document_can_be_laid_over_the_rest(project):
    project.write("atmos.yaml", "auth: {identities: {Prod: {kind: a, default: true}}}\n")
    config = project.load()
    over = config.overlaid(compose("auth: {identities: {prod: {default: false, key: !env X x}}}", "stack.yaml"))
    assert over.resolve(["auth", "identities", "prod"]) == {"kind": "a", "default": False, "key": "x"}
    assert over.place(["auth", "identities", "prod", "default"]) == Place("stack.yaml", 1, 37)
    assert config.resolve(["auth", "identities", "prod"]) == {"kind": "a", "default": True}


def test_a_configuration_never_shows_what_it_holds(project):
    project.write("atmos.yaml", "secret: hunter2\n")
    assert "hunter2" not in repr(project.load())


def test_loading_leaves_the_environment_alone(project):
    project.write("atmos.yaml", "env: {ATMOS_X: 1}\n")
    environ = {"A": "b"}
    before = dict(os.environ)
    project.load(environ)
    assert environ == {"A": "b"}
    assert dict(os.environ) == before
