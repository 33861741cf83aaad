"""Programs with an event loop: nothing blocks it."""

import asyncio
import inspect
import sys

import pytest

from atmos_auth import AsyncAuth, Auth, CredentialsMissing


def test_the_loop_goes_on_while_credentials_are_renewed(signed_in, aws, clock):
    clock.advance(3600)
    aws.clock.advance(3600)
    aws.faults.add("sts:AssumeRole", delay=0.5, times=1)

    async def program() -> tuple[int, set[str]]:
        auth, beats = AsyncAuth(signed_in), 0
        renewing = [asyncio.create_task(auth.credentials("prod")) for _ in range(10)]
        while not all(task.done() for task in renewing):
            beats += 1
            await asyncio.sleep(0.01)
        return beats, {task.result().access_key_id for task in renewing}

    beats, found = asyncio.run(program())
    assert beats > 10
    assert len(found) == 1
    assert aws.journal.count("sts:AssumeRole") == 1


def test_whoever_gives_up_waiting_loses_nothing(signed_in, aws, clock):
    clock.advance(3600)
    aws.clock.advance(3600)
    aws.faults.add("sts:AssumeRole", delay=0.5, times=1)

    async def program() -> str:
        auth = AsyncAuth(signed_in)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(auth.credentials("prod"), 0.1)
        return (await auth.credentials("prod")).principal or ""

    assert asyncio.run(program()).endswith("DeployRole/me")
    assert aws.journal.count("sts:AssumeRole") == 1


def test_it_does_what_the_other_does(signed_in, tmp_path, monkeypatch):
    async def program() -> None:
        auth = AsyncAuth(signed_in)
        assert (await auth.whoami("prod", offline=True)).identity == "Prod"
        assert (await auth.environment())["AWS_PROFILE"] == "Prod"
        session = await auth.session("prod")
        assert session.region_name == "eu-west-1"
        result = await auth.run("prod", [sys.executable, "-c", "print(1)"], capture_output=True, text=True)
        assert result.stdout == "1\n"
        assert (await AsyncAuth.load(tmp_path)).sync.identities
        with pytest.raises(CredentialsMissing):
            await (await AsyncAuth.load(tmp_path)).credentials("none", login=True)

    asyncio.run(program())


@pytest.mark.parametrize(
    "name", [name for name in vars(AsyncAuth) if not name.startswith("_") and name not in ("sync", "load")]
)
def test_parameters_are_the_same(name: str):
    there, here = (inspect.signature(getattr(owner, name)) for owner in (Auth, AsyncAuth))
    assert there == here
