"""The library's table of contents, over one configuration and an emulated AWS."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atmos_auth.domain import errors
from atmos_auth.domain.credentials import Ambient, AwsCredentials, SsoToken
from atmos_auth.operations import Operations
from atmos_auth.testing import FakeClock
from atmos_auth.usecases.ensure import ASKING, OFFLINE, SILENT
from atmos_auth.usecases.logout import carry_out
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Options, Project, Streams
from aws_emulator import Emulator

CONFIGURATION = """\
auth:
  providers:
    Portal:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
  identities:
    base:
      kind: aws/permission-set
      via: {{ provider: portal }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
    Prod:
      kind: aws/assume-role
      default: true
      via: {{ identity: base }}
      env: [{{ key: TEAM, value: blue }}]
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole", session_name: me, region: eu-west-1 }}
    ci:
      kind: aws/ambient
      region: eu-north-1
    none:
      kind: ambient
"""


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(auto_approve=True) as emulator:
        yield emulator


@pytest.fixture
def clock(aws: Emulator) -> FakeClock:
    return FakeClock(time.time(), on_sleep=aws.clock.advance)


@pytest.fixture
def run_of(tmp_path: Path, environ: dict[str, str], aws: Emulator, clock: FakeClock) -> Callable[..., Operations]:
    """Return the identities as a new run sees them; nobody is at the terminal unless told so."""
    (tmp_path / "atmos.yaml").write_text(CONFIGURATION.format(url=aws.url), encoding="utf-8")

    def make(*, person: bool = False) -> Operations:
        options = Options(force_tty=person, browser=False)
        streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
        return Project(options, environ=environ, directory=str(tmp_path), streams=streams, clock=clock).operations

    return make


@pytest.fixture
def signed_in(run_of, aws: Emulator) -> AwsCredentials:
    """Prod's credentials after a login; the journal starts anew."""
    credentials = run_of(person=True).login("prod")
    aws.journal.clear()
    return credentials


def test_a_login_walks_the_chain_and_delivers(run_of, aws, signed_in):
    assert signed_in.principal == "arn:aws:sts::333333333333:assumed-role/DeployRole/me"
    assert run_of().credentials("PROD", OFFLINE).secrets == signed_in.secrets
    assert isinstance(run_of().credentials("base", OFFLINE), AwsCredentials), "links on the way are delivered too"
    assert aws.journal.entries() == []


def test_a_login_performs_the_last_step_anew(run_of, aws, signed_in):
    assert run_of().login("prod").access_key_id != signed_in.access_key_id
    assert [entry.operation for entry in aws.journal.entries()] == ["AssumeRole"]


def test_a_provider_alone_can_be_signed_in_to(run_of, aws):
    assert isinstance(run_of(person=True).login_provider("portal"), SsoToken)
    assert aws.journal.count("sso:GetRoleCredentials") == 0
    assert run_of().credentials("prod", SILENT).account_id == "333333333333"


def test_nobody_is_asked_where_nobody_is(run_of, aws):
    for reach in (OFFLINE, SILENT):
        with pytest.raises(errors.CredentialsMissing):
            run_of(person=True).credentials("prod", reach)
    with pytest.raises(errors.NeedsPerson):
        run_of().credentials("prod", ASKING)
    assert aws.journal.entries() == []


def test_an_expired_role_is_renewed_silently(run_of, aws, clock, signed_in):
    clock.advance(3600)
    aws.clock.advance(3600)
    with pytest.raises(errors.CredentialsMissing, match="have expired"):
        run_of().credentials("prod", OFFLINE)
    assert run_of().credentials("prod", SILENT).access_key_id != signed_in.access_key_id
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 0


def test_keys_as_variables(run_of, signed_in):
    environment = run_of().keys_environment("prod", OFFLINE)
    assert environment.variables["AWS_ACCESS_KEY_ID"] == signed_in.access_key_id
    assert environment.variables["AWS_SESSION_TOKEN"] == signed_in.session_token
    assert environment.variables["ATMOS_IDENTITY"] == "Prod"
    assert (environment.variables["AWS_REGION"], environment.variables["TEAM"]) == ("eu-west-1", "blue")


def test_pointers_need_no_credentials(run_of, tmp_path):
    environment = run_of().files_environment("prod", None)
    assert environment.variables["AWS_PROFILE"] == "Prod"
    assert environment.variables["AWS_REGION"] == "eu-west-1"
    assert environment.variables["AWS_SHARED_CREDENTIALS_FILE"] == run_of().location("prod").credentials_file
    assert not Path(environment.variables["AWS_SHARED_CREDENTIALS_FILE"]).exists()


def test_a_childs_environment_is_cleaned_and_points_at_the_profile(run_of, signed_in):
    ambient = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SESSION_TOKEN": "x", "PATH": "/bin"}
    child, credential = run_of().child_environment("prod", ambient)
    assert "AWS_ACCESS_KEY_ID" not in child
    assert (child["AWS_PROFILE"], child["PATH"]) == ("Prod", "/bin")
    assert credential.secrets == signed_in.secrets


@pytest.mark.parametrize(("identity", "region"), [("ci", "eu-north-1"), ("none", None)])
def test_an_ambient_identity_lets_everything_through(run_of, identity, region):
    auth = run_of()
    ambient = {"AWS_ACCESS_KEY_ID": "AKIA"}
    child, credential = auth.child_environment(identity, ambient)
    assert child["AWS_ACCESS_KEY_ID"] == "AKIA"
    assert "AWS_PROFILE" not in child
    assert credential == Ambient(region=region)
    assert auth.keys_environment(identity).unset == ()


def test_who_one_is(run_of, aws, signed_in):
    status = run_of().whoami("prod")
    assert (status.identity, status.provider) == ("Prod", "Portal")
    assert (status.valid, status.verified, status.account) == (True, True, "333333333333")
    assert [entry.operation for entry in aws.journal.entries()] == ["GetCallerIdentity"]
    offline = run_of().whoami("prod", OFFLINE)
    assert (offline.valid, offline.verified) == (True, False)


def test_who_one_never_was(run_of):
    with pytest.raises(errors.CredentialsMissing, match="no credentials found"):
        run_of().whoami("prod")


def test_what_is_configured(run_of, clock, signed_in):
    entries = {entry.name: entry for entry in run_of().entries()}
    assert list(entries) == ["Portal", "base", "ci", "none", "Prod"]
    assert entries["Prod"].parent == ("identity", "base")
    assert entries["Prod"].expires_at == pytest.approx(signed_in.expires_at, abs=1)
    assert run_of().validate() == ((), ())


def test_which_identity_is_meant(run_of):
    assert run_of().select(Asked()) == "Prod"
    assert run_of().select(Asked("BASE")) == "base"
    assert run_of().select(Asked("off")) is None


def test_signing_out_leaves_nothing_behind(run_of, aws, signed_in, environ):
    steps = run_of().logout.provider("portal").sessions
    assert aws.journal.entries() == [], "a plan does nothing"
    assert carry_out(steps).failures == ()
    assert aws.journal.count("sso:Logout", outcome="ok") == 1
    with pytest.raises(errors.CredentialsMissing):
        run_of().credentials("prod", SILENT)
    texts = [path.read_text() for path in Path(environ["HOME"]).rglob("*") if path.is_file() and path.suffix != ".key"]
    assert not [secret for secret in signed_in.secrets if any(secret in text for text in texts)]


def test_after_a_provider_was_signed_out_of_its_next_sign_in_starts_from_scratch(run_of, aws, signed_in):
    run_of(person=True).sign_out_of(run_of().provider_chain("portal"))
    run_of(person=True).login_provider("portal")
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert [e.notes.get("grant") for e in aws.journal.entries() if e.operation == "CreateToken"] == ["device_code"]


def test_an_unknown_name_is_an_error_everywhere(run_of):
    auth = run_of()
    for act in (auth.chain, auth.login, auth.credentials, auth.whoami, auth.location, auth.keys_environment):
        with pytest.raises(errors.UnknownIdentity):
            act("nobody")


def test_credentials_in_time_or_an_error_whatever_takes_long(run_of, aws, clock, signed_in):
    assert run_of().credentials_in_time("prod", 0.1).secrets == signed_in.secrets
    clock.advance(3600)
    aws.clock.advance(3600)
    aws.faults.add("sts:AssumeRole", delay=3, times=1)
    started = time.monotonic()
    with pytest.raises(errors.CredentialsMissing, match='"Prod" could not be had within 1 seconds') as raised:
        run_of().credentials_in_time("prod", 1)
    assert time.monotonic() - started < 3
    assert "atmos auth login --identity Prod" in raised.value.hints


def test_what_is_served_was_not_signed_out_of_meanwhile(run_of, aws, clock, signed_in):
    served = run_of().serving("prod")
    assert served.answer().secrets == signed_in.secrets
    served.renew_once()
    assert carry_out(run_of().logout.provider("portal").sessions).failures == ()
    aws.journal.clear()
    assert served.answer() is None
    served.renew_once()
    with pytest.raises(errors.CredentialsMissing):
        served.answer()
    assert aws.journal.count("sts:AssumeRole") == 0, "nothing that was only in memory is used again"
