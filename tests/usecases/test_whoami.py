import pytest

from atmos_auth.domain import errors
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.domain.credentials import Ambient
from atmos_auth.testing import NOW, aws_credentials, chain
from atmos_auth.usecases.whoami import provider_label, whoami

DEV = chain(Link("portal", PROVIDER, "aws/iam-identity-center", {}), Link("dev", IDENTITY, "aws/permission-set", {}))
CI = chain(Link("ci", IDENTITY, "aws/ambient", {}))
CALLER = ("arn:aws:sts::123456789012:assumed-role/Other/me", "123456789012")


def unreachable():
    return errors.ServiceError("no route", operation="sts:X", endpoint="https://x", code="Timeout", retryable=True)


def ask(of=DEV, *, obtain=aws_credentials, stored=lambda: None, caller=CALLER):
    def raising(value):
        if isinstance(value, Exception):
            raise value
        return value

    return whoami(
        of,
        obtain=lambda: raising(obtain() if callable(obtain) else obtain),
        stored=stored,
        ask_aws=None if caller is None else lambda _: raising(caller),
        now=NOW,
    )


def test_aws_has_the_last_word_on_who_one_is():
    status = ask()
    assert (status.identity, status.provider) == ("dev", "portal")
    assert (status.valid, status.verified, status.problem) == (True, True, None)
    assert (status.principal, status.account) == CALLER
    assert (status.region, status.expires_at, status.issued_at) == ("eu-west-1", NOW + 3600, NOW)


def test_offline_what_was_delivered_is_told_unverified():
    status = ask(caller=None)
    assert (status.valid, status.verified) == (True, False)
    assert status.principal == aws_credentials().principal


def test_when_aws_cannot_be_reached_they_may_still_be_good():
    status = ask(caller=unreachable())
    assert (status.valid, status.verified) == (True, False)
    assert "could not be verified: no route" in status.problem


@pytest.mark.parametrize("refusal", [errors.AccessDenied("no"), errors.CredentialRejected("expired")])
def test_when_aws_refuses_they_are_not_valid(refusal):
    status = ask(caller=refusal)
    assert (status.valid, status.verified, status.problem) == (False, False, refusal.message)


@pytest.mark.parametrize(
    "failure",
    [errors.CredentialsMissing("gone"), errors.AccessDenied("no"), unreachable()],
    ids=lambda f: type(f).__name__,
)
def test_what_was_delivered_last_is_told_with_the_reason_it_is_no_good(failure):
    expired = aws_credentials(expires_at=NOW - 1, issued_at=NOW - 3601)
    status = ask(obtain=failure, stored=lambda: expired, caller=AssertionError("do not ask AWS"))
    assert (status.valid, status.problem) == (False, failure.message)
    assert (status.principal, status.expires_at) == (expired.principal, NOW - 1)


def test_where_there_never_were_credentials_it_is_an_error_that_names_the_login():
    with pytest.raises(errors.CredentialsMissing, match='no credentials found for identity "dev"') as caught:
        ask(obtain=errors.AccessDenied("no", details=["because"]))
    assert caught.value.details == ("no", "because")
    assert caught.value.hints == ("atmos auth login --identity dev",)


def test_a_broken_configuration_is_not_hidden():
    with pytest.raises(errors.InvalidSetting):
        ask(obtain=errors.InvalidSetting("broken"), stored=aws_credentials)


def test_expired_credentials_are_not_valid_whoever_gave_them():
    expired = aws_credentials(expires_at=NOW - 1, issued_at=NOW - 3601)
    status = ask(obtain=expired, caller=AssertionError("do not ask AWS"))
    assert (status.valid, status.verified) == (False, False)


def test_an_ambient_identity_has_no_principal_of_ours():
    status = ask(CI, obtain=Ambient(region="eu-west-1"), caller=AssertionError("do not ask AWS"))
    assert (status.valid, status.principal, status.provider, status.region) == (True, None, "aws-ambient", "eu-west-1")


def test_the_provider_is_what_the_chain_starts_from():
    assert (provider_label(DEV), provider_label(CI)) == ("portal", "aws-ambient")
