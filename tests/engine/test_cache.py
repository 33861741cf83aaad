import pytest

from atmos_auth.domain.credentials import Ambient
from atmos_auth.engine.cache import CredentialCache
from atmos_auth.testing import MemoryProfileStore, MemoryTokenStore, aws_credentials, sso_token


@pytest.fixture
def cache():
    return CredentialCache(tokens=MemoryTokenStore(), profiles=MemoryProfileStore())


def test_a_portal_session_rests_in_the_token_store(walk, cache):
    token = sso_token()
    cache.put(walk.portal, token.session, token, keep=True)
    assert cache.look(walk.portal, token.session) == token
    assert cache.look(walk.portal, walk.portal.fingerprint) is None


def test_aws_credentials_rest_in_their_profile(walk, cache):
    cache.put(walk.base, walk.base.fingerprint, aws_credentials(), keep=True)
    assert cache.look(walk.base, walk.base.fingerprint) == aws_credentials()


def test_what_is_not_to_be_kept_stays_in_memory(walk, cache):
    cache.put(walk.base, walk.base.fingerprint, aws_credentials(), keep=False)
    assert cache.get(walk.base, walk.base.fingerprint) == aws_credentials()
    assert cache.look(walk.base, walk.base.fingerprint) is None


def test_what_has_no_place_on_disk_stays_in_memory(walk, cache):
    cache.put(walk.base, walk.base.fingerprint, Ambient(), keep=True)
    assert cache.get(walk.base, walk.base.fingerprint) == Ambient()
    assert cache.look(walk.base, walk.base.fingerprint) is None


def test_a_sign_in_that_names_no_session_drops_nothing(walk, cache):
    cache.put(walk.base, walk.base.fingerprint, aws_credentials(), keep=True)
    cache.signed_in(aws_credentials(session=None))
    assert cache.get(walk.base, walk.base.fingerprint) == aws_credentials()
