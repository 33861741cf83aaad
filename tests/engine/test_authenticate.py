import pytest

from atmos_auth.domain import errors
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.domain.credentials import Ambient, AwsCredentials, SsoToken, WebIdentityToken
from atmos_auth.domain.ports import Invitation
from atmos_auth.host.silent_prompter import SilentPrompter
from atmos_auth.testing import NOW, FakePrompter, aws_credentials, chain, sso_token, web_identity_token

HOUR = 3600


def unreachable() -> errors.ServiceError:
    return errors.ServiceError("no route", operation="sso:X", endpoint="https://x", code="Timeout", retryable=True)


# --- the order of things ---------------------------------------------------------------------------------------


def test_a_cold_chain_is_walked_from_its_root_and_everything_is_stored(walk):
    portal = walk.refreshing(sso_token())
    base = walk.scripted("base", aws_credentials())
    role = walk.scripted("role", aws_credentials(access_key_id="ASIAROLE"))
    found = walk.credential(walk.role)
    assert found.access_key_id == "ASIAROLE"
    assert portal.seen == [None]
    assert base.seen == [sso_token()]
    assert role.seen == [aws_credentials()]
    assert walk.tokens.read(sso_token().session) == sso_token()
    assert walk.profiles.read(walk.base) == aws_credentials()
    assert walk.profiles.read(walk.role) == found


def test_memory_comes_before_disk(walk):
    walk.scripted("base", aws_credentials())
    walk.refreshing(sso_token())
    authenticator = walk.authenticator()
    first = authenticator.credential(walk.base)
    walk.profiles.write(walk.base, aws_credentials(access_key_id="ASIADISK"))
    assert authenticator.credential(walk.base) == first


def test_disk_comes_before_the_network(walk):
    walk.scripted("base")
    walk.profiles.write(walk.base, aws_credentials())
    assert walk.credential(walk.base) == aws_credentials()


def test_a_displaced_credential_comes_before_the_network(walk):
    walk.scripted("base")
    walk.profiles.write(walk.base, aws_credentials())
    other = chain(walk.base.links[0], walk.base.links[1]._replace(settings={"other": "setting"}))
    walk.profiles.write(other, aws_credentials(access_key_id="ASIAOTHER"))
    assert walk.credential(walk.base) == aws_credentials()
    assert walk.profiles.read(walk.base) == aws_credentials()


def test_a_silent_renewal_comes_before_a_person(walk):
    stale = sso_token(expires_at=NOW - 1)
    fresh = sso_token(access_token="renewed")
    portal = walk.refreshing(renewals=(fresh,))
    walk.tokens.write(stale)
    assert walk.credential(walk.portal) == fresh
    assert portal.refreshed == [stale]
    assert walk.tokens.read(stale.session) == fresh


def test_a_refused_renewal_leads_to_a_sign_in(walk):
    fresh = sso_token(access_token="signed-in")
    portal = walk.refreshing(fresh, renewals=(None,))
    walk.tokens.write(sso_token(expires_at=NOW - 1))
    assert walk.credential(walk.portal) == fresh
    assert portal.seen == [None]


def test_what_is_further_on_the_chain_is_looked_at_first(walk):
    walk.refreshing()
    walk.scripted("base")
    role = walk.scripted("role", aws_credentials(access_key_id="ASIAROLE"))
    walk.profiles.write(walk.base, aws_credentials())
    walk.credential(walk.role)
    assert role.seen == [aws_credentials()]


def test_a_token_of_another_portal_is_neither_used_nor_renewed(walk):
    fresh = sso_token(access_token="ours")
    portal = walk.refreshing(fresh, accepts=lambda stored: stored.endpoint_url is None)
    walk.tokens.write(sso_token(endpoint_url="http://127.0.0.1:1"))
    assert walk.credential(walk.portal) == fresh
    assert portal.refreshed == []


def test_anew_performs_the_last_step_though_its_result_is_at_hand(walk):
    walk.refreshing()
    walk.tokens.write(sso_token())
    walk.scripted("base", aws_credentials(access_key_id="ASIANEW"))
    walk.profiles.write(walk.base, aws_credentials())
    assert walk.credential(walk.base, anew=True).access_key_id == "ASIANEW"
    assert walk.profiles.read(walk.base).access_key_id == "ASIANEW"


# --- freshness -------------------------------------------------------------------------------------------------


def test_what_is_fresh_is_left_alone(walk):
    walk.refreshing()
    walk.tokens.write(sso_token(expires_at=NOW + 16 * 60, issued_at=NOW - 44 * 60))
    assert walk.credential(walk.portal).expires_at == NOW + 16 * 60


def test_what_is_stale_is_renewed_before_its_end(walk):
    stale = sso_token(expires_at=NOW + 14 * 60, issued_at=NOW - 46 * 60)
    fresh = sso_token(access_token="renewed")
    walk.refreshing(renewals=(fresh,))
    walk.tokens.write(stale)
    assert walk.credential(walk.portal) == fresh


# --- sessions that others have a part in -----------------------------------------------------------------------


def test_what_is_lent_serves_even_where_a_new_step_is_asked_for(walk):
    walk.refreshing()
    lent = sso_token(refresh_token=None, client_id=None, client_secret=None, lent_by="a neighbour")
    walk.tokens.write(lent)
    assert walk.credential(walk.portal, anew=True) == lent


def test_what_is_lent_and_refused_leads_to_a_sign_in(walk):
    walk.refreshing(sso_token(), renewals=(None,))
    lent = sso_token(access_token="lent", refresh_token=None, lent_by="a neighbour")
    walk.tokens.write(lent)
    assert walk.credential(walk.portal, rejected=lent) == sso_token()


def overtaken(walk, ours, theirs, *renewals):
    walk.tokens.write(ours)
    kind = walk.refreshing(renewals=(None, *renewals))
    refresh = kind.refresh

    def overtaking(stale):
        if stale == ours:
            walk.tokens.write(theirs)
        return refresh(stale)

    kind.refresh = overtaking
    return kind


def test_who_was_overtaken_at_renewing_goes_on_with_what_the_other_got(walk):
    ours = sso_token(expires_at=NOW + 60, issued_at=NOW - 3540)
    theirs = sso_token(access_token="theirs", refresh_token="rotated")
    overtaken(walk, ours, theirs)
    assert walk.credential(walk.portal) == theirs


def test_what_the_other_got_is_renewed_in_turn_if_it_is_over_again(walk):
    ours = sso_token(expires_at=NOW - 7200, issued_at=NOW - 10800)
    theirs = sso_token(refresh_token="rotated", expires_at=NOW - 60, issued_at=NOW - 3660)
    last = sso_token(access_token="last")
    overtaken(walk, ours, theirs, last)
    assert walk.credential(walk.portal) == last


@pytest.mark.parametrize("failure", [unreachable(), errors.AuthenticationFailed("no")])
def test_what_is_stale_survives_a_failed_renewal(walk, failure):
    stale = sso_token(expires_at=NOW + 14 * 60, issued_at=NOW - 46 * 60)
    walk.refreshing(renewals=(failure,))
    walk.tokens.write(stale)
    assert walk.credential(walk.portal) == stale
    assert "could not be renewed yet" in walk.log.text


def test_nobody_is_asked_to_renew_what_is_only_stale(walk):
    stale = aws_credentials(expires_at=NOW + 14 * 60, issued_at=NOW - 46 * 60)
    walk.profiles.write(walk.base, stale)
    walk.scripted("base")

    class NeedsPersonToRenew:
        needs = ()
        session = sso_token().session

        def __init__(self, tools):
            self.tools = tools

        def authenticate(self, previous):
            assert not self.tools.prompter.can_show
            with self.tools.prompter.inviting(Invitation("Sign in", "https://x", None, NOW)):
                raise AssertionError("never reached")

    walk.kind("portal", NeedsPersonToRenew)
    assert walk.credential(walk.base) == stale


def test_what_has_all_but_expired_is_never_given_out(walk):
    walk.tokens.write(sso_token(expires_at=NOW + 4 * 60, issued_at=NOW - 56 * 60))
    walk.refreshing(errors.AccessDenied("no"), renewals=(None,))
    with pytest.raises(errors.AccessDenied):
        walk.credential(walk.portal)


def test_an_answer_that_has_already_expired_is_refused_and_not_stored(walk):
    walk.refreshing(sso_token(expires_at=NOW - 1, issued_at=NOW - HOUR))
    with pytest.raises(errors.AuthenticationFailed, match="already expired") as caught:
        walk.credential(walk.portal)
    assert any("clock" in hint for hint in caught.value.hints)
    assert walk.tokens.read(sso_token().session) is None


# --- rejected credentials --------------------------------------------------------------------------------------


def test_a_rejected_credential_is_fetched_anew_once(walk):
    dead, good = sso_token(access_token="dead", refresh_token=None), sso_token(access_token="good")
    walk.tokens.write(dead)
    portal = walk.refreshing(good, renewals=(None,))
    base = walk.scripted("base", errors.CredentialRejected("dead"), aws_credentials())
    assert walk.credential(walk.base) == aws_credentials()
    assert base.seen == [dead, good]
    assert portal.seen == [None]


def test_a_second_rejection_is_final(walk):
    walk.refreshing(sso_token(), sso_token(access_token="another"), renewals=(None,))
    base = walk.scripted("base", errors.CredentialRejected("dead"), errors.CredentialRejected("still dead"))
    with pytest.raises(errors.CredentialRejected, match="still dead"):
        walk.credential(walk.base)
    assert len(base.seen) == 2


def test_a_rejected_credential_is_not_taken_from_a_file_that_rounded_its_times(walk):
    """A file keeps whole seconds, memory does not: it is the same dead token all the same."""
    dead = sso_token(access_token="dead", expires_at=NOW + HOUR + 0.25, issued_at=NOW + 0.25)
    good = sso_token(access_token="good")

    class Rounding(type(walk.tokens)):
        def write(self, token):
            super().write(
                token._replace(expires_at=float(int(token.expires_at)), issued_at=float(int(token.issued_at)))
            )

    walk.tokens = Rounding()
    walk.refreshing(dead, good, renewals=(None,))
    base = walk.scripted("base", errors.CredentialRejected("dead"), aws_credentials())
    walk.credential(walk.base)
    assert [token.access_token for token in base.seen] == ["dead", "good"]


def test_what_another_process_renewed_meanwhile_serves_after_a_rejection(walk):
    dead, good = sso_token(access_token="dead"), sso_token(access_token="good")
    walk.tokens.write(dead)
    walk.refreshing()
    base = walk.scripted("base", errors.CredentialRejected("dead"), aws_credentials())

    def reject(previous):
        base.seen.append(previous)
        if previous == dead:
            walk.tokens.write(good)
            raise errors.CredentialRejected("dead")
        return aws_credentials()

    base.authenticate = reject
    assert walk.credential(walk.base) == aws_credentials()
    assert base.seen == [dead, good]


def test_a_rejection_after_a_failed_advisory_renewal_still_leads_to_a_sign_in(walk):
    stale = sso_token(access_token="stale", expires_at=NOW + 14 * 60, issued_at=NOW - 46 * 60)
    walk.tokens.write(stale)
    portal = walk.refreshing(sso_token(access_token="good"), renewals=(unreachable(), None))
    base = walk.scripted("base", errors.CredentialRejected("dead"), aws_credentials())
    clock_moves = base.authenticate

    def authenticate(previous):
        walk.clock.advance(1)
        return clock_moves(previous)

    base.authenticate = authenticate
    assert walk.credential(walk.base) == aws_credentials()
    assert portal.seen == [None]


# --- sessions --------------------------------------------------------------------------------------------------


def test_a_fresh_sign_in_drops_what_the_former_session_gave(walk):
    session = sso_token().session
    walk.refreshing(sso_token(), renewals=(None,))
    walk.tokens.write(sso_token(expires_at=NOW - 1))
    walk.profiles.write(walk.base, aws_credentials(session=session))
    walk.profiles.write(walk.role, aws_credentials(session="another portal's"))
    walk.credential(walk.portal)
    assert walk.profiles.read(walk.base) is None
    assert walk.profiles.read(walk.role) is not None


def test_a_fresh_sign_in_empties_the_memory_as_well(walk):
    session = sso_token().session
    walk.refreshing(sso_token(), sso_token(access_token="second"), renewals=(None,))
    walk.scripted("base", aws_credentials(session=session), aws_credentials(access_key_id="ASIASECOND"))
    authenticator = walk.authenticator()
    authenticator.credential(walk.base)
    authenticator.credential(walk.portal, anew=True)
    assert authenticator.credential(walk.base).access_key_id == "ASIASECOND"


def test_a_refresh_keeps_what_the_session_gave(walk):
    session = sso_token().session
    walk.refreshing(renewals=(sso_token(access_token="renewed"),))
    walk.tokens.write(sso_token(expires_at=NOW - 1))
    walk.profiles.write(walk.base, aws_credentials(session=session))
    walk.credential(walk.portal)
    assert walk.profiles.read(walk.base) is not None


def test_a_failed_sign_in_drops_nothing(walk):
    walk.refreshing(errors.Cancelled("no"))
    walk.profiles.write(walk.base, aws_credentials(session=sso_token().session))
    with pytest.raises(errors.Cancelled):
        walk.credential(walk.portal)
    assert walk.profiles.read(walk.base) is not None


# --- ambient roots ---------------------------------------------------------------------------------------------

AMBIENT = Link("ci", IDENTITY, "aws/ambient", {})
ON_TOP = Link("role", IDENTITY, "aws/assume-role", {})


def test_an_ambient_root_is_never_stored_but_what_a_role_gave_on_top_is(walk):
    walk.scripted("ci", aws_credentials(access_key_id="ASIAAMBIENT", session=None))
    walk.scripted("role", aws_credentials(access_key_id="ASIAROLE"))
    walk.credential(chain(AMBIENT, ON_TOP))
    assert walk.profiles.read(chain(AMBIENT)) is None
    assert walk.profiles.read(chain(AMBIENT, ON_TOP)).access_key_id == "ASIAROLE"


def test_a_credential_of_nobody_goes_nowhere(walk):
    walk.scripted("none", Ambient())
    assert walk.credential(chain(Link("none", IDENTITY, "ambient", {}))) == Ambient()


# --- links that do not meet ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "needs"),
    [
        (sso_token(), (AwsCredentials,)),
        (Ambient(), (AwsCredentials,)),
        (aws_credentials(), (SsoToken, Ambient)),
    ],
)
def test_links_that_do_not_meet_are_named(walk, given, needs):
    portal = walk.scripted("portal", given)
    base = walk.scripted("base", needs=needs)
    with pytest.raises(errors.LinksDoNotMeet, match=r'"base" .* needs .*, but provider "portal" .* gives ') as caught:
        walk.credential(walk.base)
    assert base.seen == []
    assert portal.seen == [None]
    assert caught.value.exit_code == 2


# --- failures --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["portal", "base", "role"])
def test_a_failure_names_its_link_exactly_once(walk, at):
    outcomes = {"portal": sso_token(), "base": aws_credentials(), "role": aws_credentials()}
    outcomes[at] = errors.AccessDenied("refused", details=["because"])
    walk.refreshing(outcomes["portal"])
    walk.scripted("base", outcomes["base"])
    walk.scripted("role", outcomes["role"])
    with pytest.raises(errors.AccessDenied) as caught:
        walk.credential(walk.role)
    links = [line for line in caught.value.details if line.startswith("link: ")]
    assert len(links) == 1
    assert f'"{at}"' in links[0]
    assert "because" in caught.value.details


def test_the_same_process_may_try_again_after_a_failure(walk):
    walk.refreshing(errors.AccessDenied("refused"), sso_token())
    authenticator = walk.authenticator()
    with pytest.raises(errors.AccessDenied):
        authenticator.credential(walk.portal)
    walk.clock.advance(1)
    assert authenticator.credential(walk.portal) == sso_token()


def test_what_broke_off_is_not_stored(walk):
    walk.refreshing(sso_token())
    walk.scripted("base", unreachable())
    with pytest.raises(errors.ServiceError):
        walk.credential(walk.base)
    assert walk.tokens.read(sso_token().session) == sso_token()
    assert walk.profiles.read(walk.base) is None


def test_every_secret_is_told_to_the_log(walk):
    walk.refreshing(sso_token())
    walk.scripted("base", aws_credentials())
    walk.credential(walk.base)
    assert {*sso_token().secrets, *aws_credentials().secrets} <= set(walk.log.hidden)
    assert [s for s in walk.log.hidden if s in walk.log.text] == []


# --- silence ---------------------------------------------------------------------------------------------------


def test_a_silent_authenticator_never_asks(walk):
    walk.prompter = FakePrompter(forbidden=True)
    seen = []

    class Asking:
        needs = ()
        session = sso_token().session

        def __init__(self, tools):
            self.tools = tools

        def authenticate(self, previous):
            seen.append(self.tools.prompter)
            self.tools.prompter.choose("Which one?", ["a", "b"])

    walk.kind("portal", Asking)
    with pytest.raises(errors.NeedsPerson):
        walk.authenticator().silent().credential(walk.portal)
    assert [prompter.can_ask for prompter in seen] == [False]


def test_the_silent_prompter_refuses_everything_that_needs_a_person():
    prompter = SilentPrompter()
    assert (prompter.can_show, prompter.can_ask) == (False, False)
    with pytest.raises(errors.NeedsPerson):
        prompter.inviting(Invitation("Sign in", "https://x", None, NOW))
    with pytest.raises(errors.NeedsPerson):
        prompter.choose("Which?", ["a"])
    with prompter.waiting("a while", NOW):
        prompter.say("nothing")
        prompter.warn("nothing")


def test_a_silent_authenticator_shares_the_memory(walk):
    walk.refreshing(sso_token())
    authenticator = walk.authenticator()
    authenticator.credential(walk.portal)
    assert authenticator.silent().credential(walk.portal) == sso_token()


def test_the_cause_of_a_failure_stays_its_cause(walk):
    failure = unreachable()
    failure.__cause__ = OSError("no route to host")
    walk.refreshing(failure)
    with pytest.raises(errors.ServiceError) as caught:
        walk.credential(walk.portal)
    assert str(caught.value.__cause__) == "no route to host"


# --- credentials for one attempt -------------------------------------------------------------------------------

JOB = Link("job", PROVIDER, "github/oidc", {})
DEPLOY = Link("deploy", IDENTITY, "aws/assume-role", {})
TOKEN = (WebIdentityToken,)


def job_token(number: int) -> WebIdentityToken:
    return web_identity_token(token=f"token-{number}")


def test_a_token_for_one_attempt_is_kept_nowhere(walk):
    job = walk.scripted("job", *(job_token(n) for n in range(3)))
    authenticator = walk.authenticator()
    assert [authenticator.credential(chain(JOB)).token for _ in range(3)] == ["token-0", "token-1", "token-2"]
    assert job.seen == [None] * 3
    assert (walk.tokens.read(""), walk.profiles.read(chain(JOB))) == (None, None)


def test_every_attempt_gets_a_token_of_its_own(walk):
    walk.scripted("job", *(job_token(n) for n in range(3)))
    deploy = walk.scripted("deploy", unreachable(), unreachable(), aws_credentials(), needs=TOKEN)
    assert walk.credential(chain(JOB, DEPLOY)) == aws_credentials()
    assert [seen.token for seen in deploy.seen] == ["token-0", "token-1", "token-2"]
    assert len(walk.clock.slept) == 2
    assert walk.profiles.read(chain(JOB, DEPLOY)) == aws_credentials()


def test_the_runner_that_gives_no_token_yet_is_asked_again(walk):
    job = walk.scripted("job", unreachable(), job_token(1))
    walk.scripted("deploy", aws_credentials(), needs=TOKEN)
    assert walk.credential(chain(JOB, DEPLOY)) == aws_credentials()
    assert len(job.seen) == 2


def test_a_token_that_expired_on_the_way_is_replaced_at_once(walk):
    walk.scripted("job", job_token(0), job_token(1))
    rejected = errors.CredentialRejected("expired", code="ExpiredTokenException")
    walk.scripted("deploy", rejected, aws_credentials(), needs=TOKEN)
    assert walk.credential(chain(JOB, DEPLOY)) == aws_credentials()
    assert walk.clock.slept == []


def test_a_refusal_is_not_repeated(walk):
    walk.scripted("job", job_token(0))
    walk.scripted("deploy", errors.AccessDenied("not trusted"), needs=TOKEN)
    with pytest.raises(errors.AccessDenied, match="not trusted"):
        walk.credential(chain(JOB, DEPLOY))


def test_other_chains_are_not_repeated(walk):
    """botocore has tried already, and a person may have been asked."""
    walk.refreshing(sso_token())
    walk.scripted("base", unreachable())
    with pytest.raises(errors.ServiceError):
        walk.credential(walk.base)
    assert walk.clock.slept == []


# --- kinds that others made ------------------------------------------------------------------------------------


def test_what_is_no_credential_is_refused(walk):
    walk.scripted("portal", {"AccessKeyId": "x"})
    with pytest.raises(errors.AuthenticationFailed, match="gave dict, which is no credential"):
        walk.credential(walk.portal)


def test_a_fault_says_at_which_link_it_happened(walk):
    walk.scripted("portal", ZeroDivisionError("a fault of the kind"))
    with pytest.raises(ZeroDivisionError) as caught:
        walk.credential(walk.portal)
    assert caught.value.__notes__ == [f"link: {walk.portal.tip} of the chain {walk.portal}"]
