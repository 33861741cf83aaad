import pytest

from atmos_auth.domain.timestamps import to_text
from atmos_auth.stores.aws_cli.sharing_tokens import GivenTokens, LentTokens
from atmos_auth.testing import NOW, MemoryTokenStore, sso_token

TOKEN = sso_token()
SESSION = TOKEN.session
OURS = {"clientId": TOKEN.client_id, "clientSecret": TOKEN.client_secret}
STALE = TOKEN._replace(expires_at=NOW + 60, issued_at=NOW - 3540)


@pytest.fixture
def own():
    return MemoryTokenStore()


# --- what is lent ----------------------------------------------------------------------------------------------


@pytest.fixture
def lending(desk, own):
    return LentTokens(own, desk.folder, clock=desk.clock)


def test_only_the_access_token_is_lent(desk, lending):
    desk.put()
    lent = lending.read(SESSION)
    assert lent.secrets == ("cli-access-token",)
    assert (lent.client_id, lent.client_expires_at, lent.lent_by) == (None, None, "the AWS CLI")


def test_our_own_live_session_comes_first(desk, own, lending):
    desk.put(expiresAt=to_text(NOW + 86400), written=NOW)
    own.write(TOKEN)
    assert lending.read(SESSION) == TOKEN


@pytest.mark.parametrize("expired", [NOW - 1, NOW, NOW + 299])
def test_what_is_over_is_not_lent(desk, own, lending, expired):
    desk.put(expiresAt=to_text(expired), written=expired - 3600)
    assert lending.read(SESSION) is None
    own.write(STALE)
    assert lending.read(SESSION) == STALE


def test_the_live_session_that_was_written_last_is_lent(desk, lending):
    desk.put("a.json", accessToken="older", written=NOW - 100)
    desk.put("b.json", accessToken="newer", written=NOW - 50)
    desk.put("c.json", accessToken="over", expiresAt=to_text(NOW - 1), written=NOW - 10)
    assert lending.read(SESSION).access_token == "newer"


def test_ours_is_renewed_if_it_is_the_later_sign_in(desk, own, lending):
    desk.put(written=STALE.issued_at - 1)
    own.write(STALE)
    assert lending.read(SESSION) == STALE
    desk.put(written=STALE.issued_at + 1)
    assert lending.read(SESSION).access_token == "cli-access-token"


def test_what_cannot_be_renewed_gives_way(desk, own, lending):
    desk.put(written=STALE.issued_at - 1)
    own.write(STALE._replace(refresh_token=None))
    assert lending.read(SESSION).access_token == "cli-access-token"


def test_what_is_lent_is_never_copied(desk, own, lending):
    desk.put()
    lending.write(lending.read(SESSION))
    assert own.read(SESSION) is None


def test_forgetting_our_session_leaves_the_other(desk, own, lending):
    path = desk.put()
    own.write(TOKEN)
    assert lending.remove(SESSION) is True
    assert lending.remove(SESSION) is False
    assert path.exists()


def test_who_declines_is_lent_nothing(desk, lending):
    desk.put()
    lending.decline()
    assert (lending.read(SESSION), lending.lent(SESSION)) == (None, None)


def test_what_we_gave_is_not_lent_to_us(desk, own, lending):
    own.write(TOKEN)
    desk.put(**OURS)
    assert lending.lent(SESSION) is None


# --- what is given ---------------------------------------------------------------------------------------------


@pytest.fixture
def giving(desk, own):
    return GivenTokens(own, desk.folder)


def test_what_is_written_is_given(desk, own, giving):
    giving.write(TOKEN)
    assert own.read(SESSION) == TOKEN
    (found,) = desk.folder.sessions(SESSION)
    assert found.token.secrets == TOKEN.secrets


def test_another_sign_in_is_not_ours(desk, own, giving):
    desk.put(expiresAt=to_text(NOW + 86400))
    assert giving.read(SESSION) is None
    own.write(TOKEN)
    assert giving.read(SESSION) == TOKEN


def test_what_the_aws_cli_renewed_is_ours_whole(desk, own, giving):
    own.write(TOKEN)
    desk.put(expiresAt=to_text(NOW + 7200), written=NOW + 0, **OURS)
    assert giving.read(SESSION) == TOKEN._replace(
        access_token="cli-access-token", refresh_token="cli-refresh-token", expires_at=NOW + 7200, issued_at=NOW
    )


def test_of_several_copies_the_last_counts(desk, own, giving):
    own.write(STALE)
    end = to_text(NOW + 3000)  # the end of the portal session cuts both off
    desk.put("a.json", refreshToken="spent", expiresAt=end, written=NOW - 20, **OURS)
    desk.put("b.json", refreshToken="good", expiresAt=end, written=NOW - 10, **OURS)
    assert giving.read(SESSION).refresh_token == "good"


def test_an_older_copy_is_not_gone_back_to(desk, own, giving):
    own.write(TOKEN)
    desk.put(refreshToken="spent", **OURS)
    assert giving.read(SESSION) == TOKEN


def test_a_renewal_without_a_new_refresh_token_keeps_the_old_one(desk, own, giving):
    own.write(TOKEN)
    desk.put(expiresAt=to_text(NOW + 7200), refreshToken=None, **OURS)
    assert giving.read(SESSION).refresh_token == TOKEN.refresh_token


def test_the_place_of_the_session_stays_what_it_was(desk, own, giving):
    """The client is one that only this place knows."""
    own.write(TOKEN._replace(endpoint_url="http://127.0.0.1:1"))
    desk.put(expiresAt=to_text(NOW + 7200), **OURS)
    assert giving.read(SESSION).endpoint_url == "http://127.0.0.1:1"


def test_forgetting_takes_back_what_was_given(desk, own, giving):
    giving.write(TOKEN)
    theirs = desk.put("theirs.json")
    assert giving.remove(SESSION) is True
    assert (own.read(SESSION), list(desk.path.iterdir())) == (None, [theirs])
    assert giving.remove(SESSION) is False
