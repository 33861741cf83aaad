"""`atmos auth logout`: what goes, what stays, and what AWS hears of it."""

from aws_emulator import Emulator


def signed_in(machine) -> None:
    machine.login("prod")
    machine.login("staging")


def test_an_identity_goes_and_its_siblings_and_the_session_stay(machine, aws: Emulator):
    signed_in(machine)
    aws.journal.clear()
    result = machine.atmos("auth", "logout", "--identity", "PROD")
    assert (result.returncode, result.stdout) == (0, "")
    assert '✓ Logged out identity "prod"' in result.stderr
    text = machine.credentials().read_text()
    assert "[prod]" not in text
    assert "[base]" in text
    config = machine.credentials().with_name("config").read_text()
    assert ("[profile prod]" in config, "[profile base]" in config) == (False, True)
    assert machine.credentials("other-sso").exists()
    assert len(machine.tokens()) == 1
    assert aws.journal.entries() == []
    # The last profile takes the files with it.
    machine.atmos("auth", "logout", "base")
    assert not machine.credentials().exists()
    assert not machine.credentials().with_name("config").exists()


def test_a_provider_goes_with_all_that_hangs_from_it_and_aws_hears_of_it(machine, aws: Emulator):
    signed_in(machine)
    aws.journal.clear()
    result = machine.atmos("auth", "logout", "--provider", "My-SSO")
    assert result.returncode == 0, result.stderr
    assert "the portal session is shared: other-sso" in result.stderr
    assert not machine.credentials().exists()
    assert machine.credentials("other-sso").exists()
    assert machine.tokens() == []
    assert [f"{e.service}:{e.operation}" for e in aws.journal.entries()] == ["sso:Logout"]
    again = machine.atmos("auth", "logout", "--provider", "my-sso")
    assert (again.returncode, "removed" in again.stderr) == (0, False)


def test_a_dry_run_changes_nothing_and_calls_nobody(machine, aws: Emulator):
    nothing = machine.atmos("auth", "logout", "--all", "--dry-run")
    assert "there is nothing to remove" in nothing.stderr
    signed_in(machine)
    aws.journal.clear()
    before = {path: path.read_bytes() for path in machine.files()}
    result = machine.atmos("auth", "logout", "--all", "--dry-run")
    assert (result.returncode, result.stdout) == (0, "")
    going, _, staying = result.stderr.partition("Credentials that were copied elsewhere would stay valid")
    assert [line.strip() for line in going.splitlines()] == [
        "Would log out everything, and remove:",
        'credentials of identity "base"',
        'credentials of identity "prod"',
        'credentials of identity "staging"',
        'portal session of provider "my-sso", at AWS',
        'portal session of provider "my-sso", on this machine',
    ]
    assert [line.split()[0] for line in staying.splitlines()[1:]] == ["base", "prod", "staging"]
    one = machine.atmos("auth", "logout", "staging", "--dry-run")
    assert [line.strip() for line in one.stderr.splitlines()[1:2]] == ['credentials of identity "staging"']
    assert [line.split()[0] for line in one.stderr.splitlines()[3:]] == ["staging"]
    assert {path: path.read_bytes() for path in machine.files()} == before
    assert aws.journal.entries() == []


def test_everything_goes_even_providers_nobody_uses_and_past_a_broken_identity(machine, aws: Emulator):
    signed_in(machine)
    # Another region: another session of the same portal.
    lonely = f"""\
    lonely:
      kind: aws/iam-identity-center
      region: us-west-2
      start_url: {aws.start_url}
      spec: {{ endpoint_url: "{aws.url}" }}
"""
    machine.write(machine.atmos_yaml.read_text().replace("  identities:\n", f"{lonely}  identities:\n"))
    machine.login("--provider", "lonely")
    assert len(machine.tokens()) == 2
    machine.write(machine.atmos_yaml.read_text() + "    broken: { kind: aws/permission-set }\n")
    result = machine.atmos("auth", "logout", "--all")
    assert result.returncode == 0, result.stderr
    assert 'identity "broken" is passed over' in result.stderr
    assert "✓ Logged out everything" in result.stderr
    assert machine.tokens() == []
    left = [path.name for path in machine.files()]
    assert [name for name in left if name in ("credentials", "config", "displaced") or name.endswith(".json")] == []
    assert aws.journal.count("sso:Logout") == 2


def test_without_network_the_local_files_go_all_the_same(machine, aws: Emulator):
    signed_in(machine)
    aws.stop()
    result = machine.atmos("auth", "logout", "--provider", "my-sso")
    assert result.returncode == 0, result.stderr
    (warning,) = [finding for finding in machine.findings(result.stderr) if "partial logout" in finding.message]
    assert "sso:Logout" in warning.message
    assert aws.url in warning.message
    assert machine.tokens() == []
    assert not machine.credentials().exists()


def test_nothing_configured_is_nothing_to_log_out_of(offline_machine):
    offline_machine.write("auth: {}\n")
    for words in ((), ("--all",), ("--dry-run",)):
        result = offline_machine.atmos("auth", "logout", *words)
        assert (result.returncode, result.stdout) == (0, "")
        assert "nothing to log out of" in result.stderr
