import pytest

from atmos_auth.domain import errors
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.domain.credentials import Ambient
from atmos_auth.testing import NOW, FakeClock, MemoryProfileStore, aws_credentials, chain
from atmos_auth.usecases.ensure import ASKING, OFFLINE, SILENT, ensure, passes_through

PORTAL = Link("portal", PROVIDER, "aws/iam-identity-center", {})
DEV = chain(PORTAL, Link("dev", IDENTITY, "aws/permission-set", {}))
FRESH = aws_credentials()
STALE = aws_credentials(expires_at=NOW + 10 * 60, issued_at=NOW - 50 * 60)
EXPIRED = aws_credentials(expires_at=NOW - 1, issued_at=NOW - 3601)
NEW = aws_credentials(access_key_id="ASIANEW")


class Obtaining:
    """An authenticator that gives or raises one outcome, and notes whether it was to be silent."""

    def __init__(self, outcome=NEW):
        self.outcome = outcome
        self.asked = []
        self.is_silent = False

    def __call__(self):
        return self

    def silent(self):
        self.is_silent = True
        return self

    def credential(self, chain):
        self.asked.append((chain, "silent" if self.is_silent else "asking"))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def never():
    raise AssertionError("the authenticator must not even be built")


@pytest.fixture
def profiles():
    return MemoryProfileStore()


def obtain(profiles, reach, authenticator=never, of=DEV):
    return ensure(of, reach, profiles=profiles, authenticator=authenticator, clock=FakeClock())


@pytest.mark.parametrize("reach", [OFFLINE, SILENT, ASKING])
def test_a_warm_answer_builds_nothing(profiles, reach):
    profiles.write(DEV, FRESH)
    assert obtain(profiles, reach) == FRESH


def test_offline_what_is_stale_still_serves(profiles):
    profiles.write(DEV, STALE)
    assert obtain(profiles, OFFLINE) == STALE


@pytest.mark.parametrize(("delivered", "state"), [(None, "are not at hand"), (EXPIRED, "have expired")])
def test_offline_what_is_missing_is_an_error_that_names_the_login(profiles, delivered, state):
    if delivered:
        profiles.write(DEV, delivered)
    with pytest.raises(errors.CredentialsMissing, match=f'"dev" {state}') as caught:
        obtain(profiles, OFFLINE)
    assert caught.value.hints == ("atmos auth login --identity dev",)


@pytest.mark.parametrize("delivered", [None, STALE, EXPIRED])
@pytest.mark.parametrize(("reach", "how"), [(SILENT, "silent"), (ASKING, "asking")])
def test_what_is_not_fresh_is_obtained_within_reach(profiles, delivered, reach, how):
    if delivered:
        profiles.write(DEV, delivered)
    authenticator = Obtaining()
    assert obtain(profiles, reach, authenticator) == NEW
    assert authenticator.asked == [(DEV, how)]


@pytest.mark.parametrize("failure", [errors.NeedsPerson("a person"), errors.LockTimeout("held")])
def test_silently_what_would_need_a_person_is_missing(profiles, failure):
    with pytest.raises(errors.CredentialsMissing) as caught:
        obtain(profiles, SILENT, Obtaining(failure))
    assert caught.value.hints == ("atmos auth login --identity dev",)
    assert caught.value.exit_code == 1
    assert caught.value.details == (("held",) if isinstance(failure, errors.LockTimeout) else ())


@pytest.mark.parametrize("reach", [SILENT, ASKING])
def test_other_failures_pass_through(profiles, reach):
    with pytest.raises(errors.AccessDenied, match="no"):
        obtain(profiles, reach, Obtaining(errors.AccessDenied("no")))


@pytest.mark.parametrize("hints", [(), ("in CI, do this",), ("atmos auth login --identity dev",)])
def test_where_nobody_can_be_asked_the_login_is_named_once(profiles, hints):
    with pytest.raises(errors.NeedsPerson) as caught:
        obtain(profiles, ASKING, Obtaining(errors.NeedsPerson("a person", hints=hints)))
    assert caught.value.hints.count("atmos auth login --identity dev") == 1
    assert set(hints) <= set(caught.value.hints)


@pytest.mark.parametrize("kind", ["ambient", "aws/ambient"])
@pytest.mark.parametrize("reach", [OFFLINE, SILENT, ASKING])
def test_an_ambient_identity_passes_through(profiles, kind, reach):
    alone = chain(Link("ci", IDENTITY, kind, {"region": "eu-west-1", "principal": {"region": "eu-north-1"}}))
    assert passes_through(alone)
    assert obtain(profiles, reach, of=alone) == Ambient(region="eu-north-1")
    assert obtain(profiles, reach, of=chain(Link("ci", IDENTITY, kind, {"region": "eu-west-1"}))).region == "eu-west-1"


def test_a_role_on_top_of_an_ambient_identity_is_obtained():
    ambient = Link("ci", IDENTITY, "aws/ambient", {})
    assert not passes_through(chain(ambient, Link("role", IDENTITY, "aws/assume-role", {})))
    assert not passes_through(DEV)


@pytest.mark.parametrize(("delivered", "calls"), [(None, 1), (FRESH, 0), (STALE, 0), (EXPIRED, 0)])
def test_only_where_nothing_is_delivered_that_is_told(profiles, delivered, calls):
    if delivered:
        profiles.write(DEV, delivered)
    told = []
    authenticator = Obtaining()
    ensure(
        DEV,
        ASKING,
        profiles=profiles,
        authenticator=authenticator,
        clock=FakeClock(),
        when_missing=lambda: told.append(list(authenticator.asked)),
    )
    assert told == [[]] * calls, "before anybody is asked"
