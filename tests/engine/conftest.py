"""Chains of scripted kinds, and configurations out of a few lines of YAML."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atmos_auth.config.load import Request, load
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.domain.credentials import AwsCredentials, Credential, SsoToken
from atmos_auth.domain.ports import Tools
from atmos_auth.engine.authenticate import Authenticator
from atmos_auth.engine.cache import CredentialCache
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.single_flight import SingleFlight
from atmos_auth.host.silent_prompter import SilentPrompter
from atmos_auth.testing import (
    FakeClock,
    FakePrompter,
    MemoryProfileStore,
    MemoryTokenStore,
    RecordingLog,
    chain,
    sso_token,
    tools,
)

PORTAL = Link("portal", PROVIDER, "aws/iam-identity-center", {})
BASE = Link("base", IDENTITY, "aws/permission-set", {})
ROLE = Link("role", IDENTITY, "aws/assume-role", {})


class ScriptedKind:
    """Gives `outcomes` in order, raising those that are exceptions; `seen` holds the credentials it was handed."""

    def __init__(self, *outcomes: Credential | Exception, needs: tuple[type, ...] = ()) -> None:
        self.needs = needs
        self.outcomes = list(outcomes)
        self.seen: list[Any] = []

    def authenticate(self, previous: Any) -> Any:
        self.seen.append(previous)
        assert self.outcomes, "authenticated more often than expected"
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class RefreshingKind(ScriptedKind):
    """A portal: it has a session key, and `renewals` that its `refresh` gives in order."""

    def __init__(
        self,
        *outcomes: Credential | Exception,
        renewals: tuple[Credential | Exception | None, ...] = (),
        accepts: Callable[[Any], bool] = lambda stored: True,
    ) -> None:
        super().__init__(*outcomes)
        self.session = sso_token().session
        self.renewals = list(renewals)
        self.accepts = accepts
        self.refreshed: list[Any] = []

    def refresh(self, stale: Any) -> Any:
        self.refreshed.append(stale)
        assert self.renewals, "refreshed more often than expected"
        renewal = self.renewals.pop(0)
        if isinstance(renewal, Exception):
            raise renewal
        return renewal


class Walk:
    """An authenticator over fakes; `kinds` says which kind, or class built from the tools, stands behind a link."""

    portal = chain(PORTAL)
    base = chain(PORTAL, BASE)
    role = chain(PORTAL, BASE, ROLE)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.prompter = FakePrompter(forbidden=True)
        self.log = RecordingLog()
        self.tokens = MemoryTokenStore()
        self.profiles = MemoryProfileStore()
        self.kinds: dict[str, Any] = {}

    def kind(self, name: str, kind: Any) -> Any:
        self.kinds[name] = kind
        return kind

    def scripted(self, name: str, *outcomes: Credential | Exception, needs: tuple[type, ...] | None = None) -> Any:
        default = {"base": (SsoToken,), "role": (AwsCredentials,)}.get(name, ())
        return self.kind(name, ScriptedKind(*outcomes, needs=default if needs is None else needs))

    def refreshing(self, *outcomes: Credential | Exception, **hooks: Any) -> Any:
        return self.kind("portal", RefreshingKind(*outcomes, **hooks))

    def authenticator(self) -> Authenticator:
        """A new process, as it were: nothing in memory, the stores as they are."""
        return Authenticator(
            tools=tools(clock=self.clock, prompter=self.prompter, log=self.log),
            silent_tools=lambda: tools(clock=self.clock, prompter=SilentPrompter(), log=self.log),
            cache=CredentialCache(tokens=self.tokens, profiles=self.profiles),
            flights=SingleFlight(str(self.folder), clock=self.clock, asked_at=self.clock.now()),
            build=self._build,
        )

    def _build(self, link: Link, tools: Tools) -> Any:
        kind = self.kinds[link.name]
        return kind(tools) if isinstance(kind, type) else kind

    def credential(self, chain: Chain, **options: Any) -> Credential:
        return self.authenticator().credential(chain, **options)


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(tmp_path / "locks")


@pytest.fixture
def catalog_of(tmp_path: Path, home: Path) -> Callable[..., Catalog]:
    """Return the catalog of an atmos.yaml with this `auth` section."""

    def make(auth: str, environ: dict[str, str] | None = None) -> Catalog:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        text = "auth:\n" + textwrap.indent(textwrap.dedent(auth), "  ")
        (folder / "atmos.yaml").write_text(text, encoding="utf-8")
        return Catalog(load(Request(str(folder), environ or {}, str(home))))

    return make
