import copy
import pickle

import pytest

from atmos_auth.domain.credentials import Ambient
from atmos_auth.testing import aws_credentials, sso_token

SAMPLES = [sso_token(), aws_credentials(), Ambient(region="us-east-1")]


@pytest.mark.parametrize("credential", SAMPLES, ids=lambda c: type(c).__name__)
def test_no_secret_shows(credential):
    for shown in (repr(credential), str(credential), f"{credential}", f"{[credential]}", f"{credential!r}"):
        assert [secret for secret in credential.secrets if secret in shown] == []


@pytest.mark.parametrize("credential", SAMPLES, ids=lambda c: type(c).__name__)
def test_nobody_can_change_it(credential):
    with pytest.raises(AttributeError):
        credential.region = "mars"
    assert copy.deepcopy(credential) == credential == pickle.loads(pickle.dumps(credential))


def test_secrets_that_are_not_there_are_not_named():
    assert aws_credentials(session_token=None).secrets == ("sample/secret/access/key",)
    assert sso_token(refresh_token=None, client_secret=None).secrets == ("sample-access-token",)
    assert Ambient().secrets == ()


def test_a_key_id_is_shown_by_its_kind_only():
    assert "ASIA..." in repr(aws_credentials())
    assert "ASIASAMPLE" not in repr(aws_credentials())
