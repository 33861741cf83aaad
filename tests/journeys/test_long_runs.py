"""`--refresh`: programs outlive their credentials, by running us or by asking the process that started them."""

import pytest
from long_runs import Tool, make_bucket, quiet, s3_of, tools, write_programs

from aws_emulator import Emulator

# By our own reckoning keys are over when a tenth of this is left.
LIFE_SECONDS = 16
LIFETIMES = 3


@pytest.fixture
def long_machine(machine, aws: Emulator):
    """Signed in, where no key lives for long."""
    aws.state.longest_key_seconds = LIFE_SECONDS
    machine.login()
    return machine


def all_at_once(chosen: list[Tool]) -> list[str]:
    """Return the words that run them side by side, and end with the first failure among them."""
    started = "\n".join(f'{" ".join(tool.argv)} & pids="$pids $!"' for tool in chosen)
    return ["sh", "-c", f"{started}\nfor pid in $pids; do wait $pid || exit 1; done"]


@pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool.name)
def test_every_tool_is_here(tool: Tool):
    """The journeys below run without those that are missing."""
    if tool.missing:
        pytest.skip(tool.missing)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("way", ["process", "endpoint"])
def test_nothing_sees_an_expired_credential_through_three_lifetimes(long_machine, aws: Emulator, way: str):
    chosen = [tool for tool in tools() if not tool.missing]
    with s3_of(aws) as s3:
        folder = long_machine.directory
        write_programs(folder, s3, sts=aws.url)
        make_bucket(s3, long_machine)
        aws.journal.clear()
        child = long_machine.start(
            "auth",
            "exec",
            f"--refresh={way}",
            "--",
            *all_at_once(chosen),
            env=quiet(folder, LIFETIMES * LIFE_SECONDS + 2),
        )
        stdout, stderr = child.communicate(timeout=200)
        assert child.returncode == 0, stderr
        assert sorted(stdout.split("\n")) == sorted(["", *(f"{tool.name} was never refused" for tool in chosen)])
        assert s3.refused == []
    refused = [entry for entry in aws.journal.entries() if entry.outcome != "ok"]
    assert refused == []
    assert aws.journal.count("sts:AssumeRole") >= LIFETIMES
    # Nobody was asked, and the one session served for all of it.
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 0


@pytest.mark.timeout(240)
def test_without_refresh_each_of_them_is_refused(long_machine, aws: Emulator):
    """The journey above proves nothing unless this one fails."""
    with s3_of(aws) as s3:
        folder = long_machine.directory
        write_programs(folder, s3, sts=aws.url)
        make_bucket(s3, long_machine)
        script = all_at_once([tool for tool in tools() if not tool.missing])[-1].replace("|| exit 1", "&& echo served")
        child = long_machine.start(
            "auth", "exec", "--refresh=off", "--", "sh", "-c", script, env=quiet(folder, LIFE_SECONDS + 4)
        )
        stdout, stderr = child.communicate(timeout=200)
        assert stdout == "", stderr
        # Terraform was refused by S3, where it came to write its state.
        assert bool(s3.refused) == all(not tool.missing for tool in tools() if tool.name == "terraform")
