"""The same for programs that run an event loop: nothing of it blocks the loop."""

import os
import subprocess
from asyncio import to_thread
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.library.auth import Auth

if TYPE_CHECKING:
    import boto3.session

    from atmos_auth.usecases.whoami import Status


class AsyncAuth:
    """`Auth` with methods to await: files, locks, the network and people are waited for in threads, not in the loop.

    Parameters, results and errors are those of the methods of the same name. Cancelling a task stops its waiting, not
    the work: what comes of that is kept, and the next call finds it. `sync` is the `Auth` that does the work.
    """

    def __init__(self, sync: Auth) -> None:
        self.sync = sync

    @classmethod
    async def load(
        cls, path: str | os.PathLike[str] | None = None, profile: str | Sequence[str] | None = None
    ) -> "AsyncAuth":
        """Read the configuration; see `Auth.load`."""
        return cls(await to_thread(Auth.load, path, profile))

    async def credentials(self, identity: str | None = None, *, login: bool = False) -> AwsCredentials:
        """Return keys; see `Auth.credentials`. Asks a person only with `login`."""
        return await to_thread(self.sync.credentials, identity, login=login)

    async def login(self, identity: str | None = None) -> AwsCredentials:
        """Sign in; see `Auth.login`. May ask a person."""
        return await to_thread(self.sync.login, identity)

    async def session(self, identity: str | None = None, *, login: bool = False) -> "boto3.session.Session":
        """Return a boto3 session; see `Auth.session`. Its calls block, so make them in a thread."""
        return await to_thread(self.sync.session, identity, login=login)

    async def environment(self, identity: str | None = None, *, login: bool = False) -> dict[str, str]:
        """Return a program's whole environment, for `asyncio.create_subprocess_exec`; see `Auth.environment`."""
        return await to_thread(self.sync.environment, identity, login=login)

    async def run(
        self,
        identity: str | None,
        command: Sequence[str],
        *,
        login: bool = False,
        refresh: bool = False,
        **options: Any,
    ) -> "subprocess.CompletedProcess[Any]":
        """Run a program and wait for its end; see `Auth.run`."""
        return await to_thread(self.sync.run, identity, command, login=login, refresh=refresh, **options)

    async def whoami(self, identity: str | None = None, *, offline: bool = False) -> "Status":
        """Return who one is; see `Auth.whoami`. Never asks a person."""
        return await to_thread(self.sync.whoami, identity, offline=offline)
