from pathlib import Path
from typing import Any

import pytest

from atmos_auth.config.load import Request, load
from atmos_auth.delivery.aws_files import AwsFiles
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.domain.errors import ServiceError, StoreError, UnknownProvider
from atmos_auth.domain.names import Assignment, named
from atmos_auth.domain.provisioned import Portal as PortalAddress
from atmos_auth.domain.provisioned import Provisioned
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.resolve import Resolver
from atmos_auth.host.paths import Paths
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.stores.provisioned_files import ProvisionedFiles, Unfinished
from atmos_auth.testing import (
    FakeClock,
    MemoryBrowserSessions,
    MemoryTokenStore,
    aws_credentials,
    browser_session,
    chain,
    sso_token,
)
from atmos_auth.usecases.logout import Logout, Outcome, carry_out, drop, pending

CONFIGURATION = """\
auth:
  providers:
    portal: {kind: aws/iam-identity-center, region: us-east-1, start_url: "https://x.awsapps.com/start"}
    twin: {kind: aws/iam-identity-center, region: us-east-1, start_url: "https://x.awsapps.com/start"}
    lonely: {kind: aws/iam-identity-center, region: us-east-1, start_url: "https://y.awsapps.com/start"}
  identities:
    dev: {kind: aws/permission-set, via: {provider: portal}, principal: {name: A, account: {name: a}}}
    ops: {kind: aws/permission-set, via: {provider: twin}, principal: {name: A, account: {name: a}}}
    me: {kind: aws/user}
    broken: {kind: aws/permission-set, via: {provider: nowhere}, principal: {name: A, account: {name: a}}}
"""


class Portal:
    def __init__(self, session: str, failure: Exception | None):
        self.session = session
        self.failure = failure
        self.signed_out: list[Any] = []

    def sign_out(self, token: Any) -> bool:
        if self.failure:
            raise self.failure
        self.signed_out.append(token)
        return True


class User:
    def __init__(self) -> None:
        self.signed_in = True

    def is_signed_in_to_browser(self) -> bool:
        return self.signed_in

    def sign_out_of_browser(self) -> bool:
        was, self.signed_in = self.signed_in, False
        return was


class Consoles:
    """Browser profiles by the identity's name."""

    def __init__(self) -> None:
        self.profiles: set[str] = set()

    def open(self, identity: str, url: str) -> bool:
        raise AssertionError("a logout opens nothing")

    def has_profile(self, identity: str) -> bool:
        return identity in self.profiles

    def forget(self, identity: str) -> bool:
        was = identity in self.profiles
        self.profiles.discard(identity)
        return was


class Desk:
    """Everything a logout touches, with nothing real behind it but the files."""

    def __init__(
        self,
        folder: Path,
        failure: Exception | None = None,
        configuration: str = CONFIGURATION,
    ) -> None:
        (folder / "atmos.yaml").write_text(configuration)
        catalog = Catalog(load(Request(str(folder), {}, str(folder))))
        self.resolver = Resolver(catalog, realm="", key=lambda: b"k" * 32, environ={})
        paths = Paths({"HOME": str(folder)})
        self.files = AwsFiles(paths, clock=FakeClock(), config_directory=str(folder))
        self.tokens = MemoryTokenStore()
        self.keys = MemoryKeyring()
        self.lent: dict[str, Any] = {}
        self.user = User()
        self.consoles = Consoles()
        self.browser_sessions = MemoryBrowserSessions()
        self.lists = ProvisionedFiles(paths, warn=print)
        self.portals = {name: Portal(sso_token().session, failure) for name in ("portal", "twin")}
        self.portals["lonely"] = Portal("another", failure)
        self.logout = Logout(
            catalog=catalog,
            resolver=self.resolver,
            profiles=self.files,
            tokens=lambda: self.tokens,
            keys=lambda: self.keys,
            browser_sessions=lambda: self.browser_sessions,
            build=lambda link: self.portals.get(link.name, self.user),
            consoles=self.consoles,
            provisioned=self.lists,
            lent=self.lent.get,
        )

    def deliver(self, name: str) -> None:
        self.files.write(self.resolver.identity(name), aws_credentials())

    def delivered(self, name: str) -> bool:
        return self.files.read(self.resolver.identity(name)) is not None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def words(steps):
    return [step.what for step in steps]


def test_an_identity_takes_its_own_credentials_only(desk):
    desk.deliver("dev")
    desk.deliver("ops")
    plan = desk.logout.identity("DEV")
    assert desk.delivered("dev"), "a plan does nothing"
    assert plan.who == 'identity "dev"'
    assert carry_out(plan.sessions).removed == ('credentials of identity "dev"',)
    assert (desk.delivered("dev"), desk.delivered("ops")) == (False, True)
    assert carry_out(plan.sessions) == Outcome((), ())


def test_a_provider_takes_its_identities_and_its_session_at_aws_first(desk):
    desk.deliver("dev")
    desk.deliver("ops")
    desk.tokens.write(sso_token())
    plan = desk.logout.provider("PORTAL")
    outcome = carry_out(plan.sessions)
    assert outcome.removed == (
        'credentials of identity "dev"',
        'portal session of provider "portal", at AWS',
        'portal session of provider "portal", on this machine',
    )
    assert desk.portals["portal"].signed_out == [sso_token()]
    assert desk.tokens.read(sso_token().session) is None
    assert desk.delivered("ops")


def test_who_shares_the_session_is_told(desk):
    notes = desk.logout.provider("portal").notes
    assert "the portal session is shared: twin will have to sign in again as well" in notes
    assert not any("shared" in note for note in desk.logout.provider("lonely").notes)


def test_everything_takes_providers_that_nobody_uses_and_passes_over_what_is_broken(desk):
    plan = desk.logout.everything()
    assert 'portal session of provider "lonely", on this machine' in words(plan.sessions)
    assert any(note.startswith('identity "broken" is passed over') for note in plan.notes)


def test_an_unknown_name_is_an_error(desk):
    with pytest.raises(UnknownProvider):
        desk.logout.provider("nobody")


def test_when_aws_cannot_be_told_the_session_goes_here_all_the_same(tmp_path):
    failure = ServiceError("no route", operation="sso:Logout", endpoint="https://x", code="Timeout", retryable=True)
    desk = Desk(tmp_path, failure)
    desk.tokens.write(sso_token())
    outcome = carry_out(desk.logout.provider("portal").sessions)
    assert desk.tokens.read(sso_token().session) is None
    assert outcome.failures == ('portal session of provider "portal", at AWS is still there: no route',)


def test_where_there_is_no_session_nothing_is_said_to_aws(desk):
    assert carry_out(desk.logout.provider("portal").sessions) == Outcome((), ())
    assert desk.portals["portal"].signed_out == []


def test_a_step_that_fails_does_not_stop_the_others(desk):
    class Broken(MemoryTokenStore):
        def remove(self, session):
            raise StoreError("cannot remove it")

    desk.tokens = Broken()
    desk.tokens.write(sso_token())
    desk.deliver("dev")
    outcome = carry_out(desk.logout.provider("portal").sessions)
    assert outcome.failures == (
        'portal session of provider "portal", on this machine is still there: cannot remove it',
    )
    assert 'credentials of identity "dev"' in outcome.removed


def test_pending_names_what_is_there_and_each_thing_once(desk):
    desk.tokens.write(sso_token())
    desk.deliver("ops")
    assert words(pending(desk.logout.everything().sessions)) == [
        'browser sign-in of identity "me"',
        'credentials of identity "ops"',
        'portal session of provider "portal", at AWS',
        'portal session of provider "portal", on this machine',
    ]
    assert desk.tokens.read(sso_token().session) is not None


def test_long_lived_keys_are_a_part_of_their_own(desk):
    desk.keys.put("me", {"access_key_id": "AKIA", "secret_access_key": "s"})
    plan = desk.logout.identity("me")
    assert words(plan.sessions) == [
        'credentials of identity "me"',
        'browser sign-in of identity "me"',
        'web console profile of identity "me"',
    ]
    carry_out(plan.sessions)
    assert desk.keys.get("me") is not None
    assert words(pending(plan.keys)) == ['long-lived keys of identity "me", in the keyring']
    carry_out(plan.keys)
    assert desk.keys.get("me") is None


def test_from_scratch_takes_every_link_of_the_chain(desk):
    desk.tokens.write(sso_token())
    desk.deliver("dev")
    steps = desk.logout.from_scratch(desk.resolver.identity("dev")).sessions
    carry_out(steps)
    assert not desk.delivered("dev")
    assert desk.tokens.read(sso_token().session) is None


# --- what the configuration does not know ----------------------------------------------------------------------


@pytest.fixture
def elsewhere(desk):
    """Deliver as another configuration would: an identity of this name, behind this provider, from this session."""

    def deliver(name: str, *, provider: str = "portal", session: str | None = None, **fields: Any) -> None:
        root = Link(provider, PROVIDER, "aws/iam-identity-center", {})
        tip = Link(name, IDENTITY, "aws/permission-set", {"elsewhere": True})
        desk.files.write(chain(root, tip), aws_credentials(session=session, **fields))

    return deliver


def profiles(desk) -> set[str]:
    return {delivered.profile for delivered in desk.files.delivered()}


def test_everything_takes_who_was_configured_once_and_asks_about_others(desk, elsewhere):
    desk.deliver("dev")
    elsewhere("old")  # of our provider, with no session to tell us apart
    elsewhere("older", session=sso_token().session)
    elsewhere("same-name", session="of-another-portal")
    elsewhere("stranger", provider="nobody-knows")
    elsewhere("moved", provider="nobody-knows", session=sso_token().session)
    plan = desk.logout.everything()
    going = words(pending(plan.sessions))
    assert [name for name in ("dev", "old", "older", "moved") if not any(f'"{name}"' in what for what in going)] == []
    assert words(pending(plan.others)) == [
        'credentials of identity "stranger", which this configuration does not have',
        'credentials of identity "same-name", which this configuration does not have',
    ]
    carry_out(plan.sessions)
    assert profiles(desk) == {"same-name", "stranger"}
    carry_out(plan.others)
    assert profiles(desk) == set()


def test_a_provider_takes_who_was_configured_behind_it_and_leaves_its_twins_alone(desk, elsewhere):
    elsewhere("old", session=sso_token().session)
    elsewhere("stranger", provider="nobody-knows")
    desk.files.write(desk.resolver.identity("ops"), aws_credentials(session=sso_token().session))
    carry_out(desk.logout.provider("portal").sessions)
    assert profiles(desk) == {"ops", "stranger"}


def test_someone_who_is_not_configured_can_be_named(desk, elsewhere):
    elsewhere("Old")
    elsewhere("Old", provider="nobody-knows")
    desk.browser_sessions.write("old", browser_session())
    desk.keys.put("old", {"access_key_id": "AKIA", "secret_access_key": "s"})
    plan = desk.logout.forgotten("OLD")
    assert plan.who == 'identity "Old"'
    outcome = carry_out(plan.sessions)
    assert len(outcome.removed) == 3
    assert (profiles(desk), desk.browser_sessions.read("old")) == (set(), None)
    assert words(pending(plan.keys)) == ['long-lived keys of identity "Old", in the keyring']
    assert desk.logout.forgotten("old") is None


def test_several_providers_make_one_plan(desk):
    desk.deliver("dev")
    desk.deliver("ops")
    desk.tokens.write(sso_token())
    plan = desk.logout.tagged(["portal", "lonely"])
    assert plan.who == 'provider "portal", provider "lonely"'
    carry_out(plan.sessions)
    assert (profiles(desk), desk.tokens.read(sso_token().session)) == ({"ops"}, None)
    both = desk.logout.tagged(["portal", "twin"])
    assert len(both.notes) == len(set(both.notes))


def test_a_broken_provider_does_not_keep_the_others_signed_in(tmp_path):
    desk = Desk(tmp_path, configuration=CONFIGURATION.replace("  identities:", "    bad: {kind: nope}\n  identities:"))
    desk.tokens.write(sso_token())
    plan = desk.logout.everything()
    assert any(note.startswith('provider "bad" is passed over') for note in plan.notes)
    carry_out(plan.sessions)
    assert desk.tokens.read(sso_token().session) is None


def test_what_was_handed_out_is_reported_for_what_really_went(desk):
    desk.deliver("dev")
    outcome = carry_out(desk.logout.identity("dev").sessions)
    assert [(d.profile, d.expires_at) for d in outcome.handed_out] == [("dev", aws_credentials().expires_at)]
    assert carry_out(desk.logout.identity("dev").sessions).handed_out == ()


def test_the_profile_of_an_identitys_console_goes_with_it(desk):
    desk.consoles.profiles = {"dev", "ops", "me"}
    what = 'web console profile of identity "dev"'
    plan = desk.logout.identity("DEV")
    assert what in words(pending(plan.sessions))
    assert what in carry_out(plan.sessions).removed
    assert desk.consoles.profiles == {"ops", "me"}
    assert what not in words(pending(plan.sessions))
    carry_out(desk.logout.provider("twin").sessions)
    assert desk.consoles.profiles == {"me"}
    carry_out(desk.logout.everything().sessions)
    assert desk.consoles.profiles == set()


def test_signing_in_from_scratch_leaves_consoles_open(desk):
    desk.consoles.profiles = {"dev"}
    drop(desk.logout.from_scratch(desk.resolver.identity("dev")).sessions)
    assert desk.consoles.profiles == {"dev"}


def provision(desk, provider: str) -> None:
    portal = PortalAddress("https://x.awsapps.com/start", "us-east-1")
    found = named([Assignment("1" * 12, "dev", "Admin")])
    desk.lists.write(Provisioned(provider, portal, 0, 1, found))
    desk.lists.keep(provider, Unfinished(portal, 0, {}))


def test_a_provider_takes_the_list_of_what_its_portal_has(desk):
    provision(desk, "portal")
    provision(desk, "twin")
    plan = desk.logout.provider("portal")
    what = 'list of the accounts and roles of provider "portal"'
    assert what in words(pending(plan.sessions))
    assert what in carry_out(plan.sessions).removed
    assert desk.lists.providers() == ["twin"]
    assert what not in words(pending(desk.logout.provider("portal").sessions))


def test_everything_takes_all_lists_and_a_login_from_scratch_takes_none(desk):
    for provider in ("portal", "twin", "lonely"):
        provision(desk, provider)
    drop(desk.logout.from_scratch(desk.resolver.provider("portal")).sessions)
    assert len(desk.lists.providers()) == 3
    carry_out(desk.logout.everything().sessions)
    assert desk.lists.providers() == []


def test_what_another_program_keeps_is_named_once_and_left(desk):
    lent = sso_token(lent_by="a neighbour")
    desk.lent[lent.session] = lent
    for plan in (desk.logout.provider("portal"), desk.logout.everything()):
        (note,) = [note for note in plan.notes if "a neighbour" in note]
        assert lent.start_url in note
        carry_out(pending(plan.sessions))
    assert [portal.signed_out for portal in desk.portals.values()] == [[], [], []]
