from urllib.parse import parse_qs, urlsplit

import pytest

from atmos_auth.aws_api.sso_oidc import AUTHORIZATION_CODE, DEVICE_CODE, Client, DeviceAuthorization, SsoOidc, Tokens
from atmos_auth.domain.errors import ServiceError
from atmos_auth.testing import FakeConnections


@pytest.fixture
def oidc(aws, connections) -> SsoOidc:
    return SsoOidc(connections, region="us-east-1", endpoint_url=aws.url)


def test_a_device_code_is_redeemed_and_the_token_refreshed(aws, oidc):
    client = oidc.register(grant=DEVICE_CODE, start_url=aws.start_url)
    device = oidc.start_device_authorization(client, start_url=aws.start_url)
    assert device.user_code in device.verification_url
    tokens = oidc.redeem_device_code(client, device.device_code)
    assert tokens.refresh_token
    refreshed = oidc.refresh(client, tokens.refresh_token)
    assert refreshed.access_token != tokens.access_token
    assert refreshed.expires_in == 3600


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda aws: aws.deny(aws.pending_user_codes()[0]), "AccessDeniedException"),
        (lambda aws: None, "AuthorizationPendingException"),
        (lambda aws: aws.clock.advance(601), "ExpiredTokenException"),
    ],
)
def test_what_the_service_says_while_polling_is_kept(aws, oidc, act, code):
    aws.auto_approve = False
    client = oidc.register(grant=DEVICE_CODE, start_url=aws.start_url)
    device = oidc.start_device_authorization(client, start_url=aws.start_url)
    act(aws)
    with pytest.raises(ServiceError) as caught:
        oidc.redeem_device_code(client, device.device_code)
    assert caught.value.code == code
    assert device.device_code not in caught.value.message


def test_a_wrong_start_url_is_refused_by_the_service(aws, oidc):
    client = oidc.register(grant=DEVICE_CODE, start_url=aws.start_url)
    with pytest.raises(ServiceError) as caught:
        oidc.start_device_authorization(client, start_url="https://elsewhere.awsapps.com/start")
    assert caught.value.code == "InvalidRequestException"


def test_the_authorize_url_has_what_pkce_needs(aws, oidc):
    client = oidc.register(grant=AUTHORIZATION_CODE, start_url=aws.start_url)
    url = oidc.authorize_url(client, redirect_uri="http://127.0.0.1:5/cb", state="a&b", code_challenge="c" * 43)
    assert url.startswith(f"{aws.url}/authorize?")
    assert {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()} == {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": "http://127.0.0.1:5/cb",
        "state": "a&b",
        "code_challenge_method": "S256",
        "scopes": "sso:account:access",
        "code_challenge": "c" * 43,
    }


def test_an_answer_without_a_token_is_an_error():
    aws = FakeConnections()
    aws.answer("sso-oidc:CreateToken", {})
    oidc = SsoOidc(aws, region="eu-west-1", endpoint_url=None)
    with pytest.raises(ServiceError, match="without a token") as caught:
        oidc.refresh(Client("id", "secret", 0), "refresh")
    assert caught.value.endpoint == "https://oidc.eu-west-1.amazonaws.com"


@pytest.mark.parametrize("interval", [None, 0])
def test_an_interval_that_is_not_said_is_five_seconds(interval):
    aws = FakeConnections()
    answer = {"deviceCode": "d", "userCode": "u", "verificationUri": "https://x", "expiresIn": 600}
    aws.answer("sso-oidc:StartDeviceAuthorization", answer | ({"interval": 0} if interval == 0 else {}))
    device = SsoOidc(aws, region="us-east-1", endpoint_url=None).start_device_authorization(
        Client("id", "secret", 0), start_url="https://x"
    )
    assert (device.interval, device.verification_url) == (5, "https://x")


def test_no_secret_shows():
    for shown in (
        repr(Client("id", "t0ps3cret", 1)),
        repr(DeviceAuthorization("t0ps3cret", "u", "v", 1, 1)),
        repr(Tokens("t0ps3cret", "t0ps3cret", 1)),
    ):
        assert "t0ps3cret" not in shown
