"""What a Python program can do with identities."""

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import atmos_auth
from atmos_auth import Auth, AwsCredentials, CredentialsMissing, errors

ROLE = "arn:aws:sts::333333333333:assumed-role/DeployRole/me"
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def test_credentials_are_what_was_delivered(signed_in, aws):
    credentials = signed_in.credentials("PROD")
    assert isinstance(credentials, AwsCredentials)
    assert (credentials.principal, credentials.region) == (ROLE, "eu-west-1")
    assert signed_in.credentials() == credentials, "the default identity is meant where none is named"
    assert aws.journal.entries() == []
    assert credentials.secret_access_key not in repr(credentials)


def test_without_login_nobody_is_asked(auth_of, aws):
    for call in (
        Auth.credentials,
        Auth.environment,
        Auth.botocore_session,
        Auth.session,
        Auth.whoami,
        Auth.console_url,
    ):
        with pytest.raises(CredentialsMissing) as missing:
            call(auth_of(person=True), "prod")
        assert "atmos auth login --identity Prod" in missing.value.hints
    with pytest.raises(CredentialsMissing):
        auth_of(person=True).run("prod", [sys.executable, "-c", SHOW])
    assert aws.journal.entries() == []


def test_with_login_a_person_is_asked_once(auth_of, aws):
    auth = auth_of(person=True)
    first = auth.credentials("prod", login=True)
    assert auth.credentials("prod", login=True).secrets == first.secrets == auth.credentials("prod").secrets
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_with_login_and_nobody_there_it_says_so(auth_of):
    with pytest.raises(errors.NeedsPerson) as needed:
        auth_of().credentials("prod", login=True)
    assert "atmos auth login --identity Prod" in needed.value.hints


def test_a_session_that_can_be_renewed_silently_is(signed_in, aws, clock):
    clock.advance(3600)
    aws.clock.advance(3600)
    assert signed_in.credentials("prod").expires_at > clock.now()
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 0


def test_a_login_does_the_last_step_anew(auth_of, signed_in):
    before = signed_in.credentials().access_key_id
    assert auth_of(person=True).login().access_key_id == signed_in.credentials().access_key_id != before


def test_identities_are_listed(auth_of):
    assert auth_of().identities == ("base", "none", "Prod")


def test_which_identity_is_meant(auth_of, signed_in):
    assert auth_of(ATMOS_IDENTITY="base").credentials().account_id == "111111111111"
    with pytest.raises(errors.UnknownIdentity, match="unheard"):
        signed_in.credentials("unheard")
    with pytest.raises(errors.UnknownIdentity):
        auth_of(ATMOS_IDENTITY="unheard").credentials()
    for word in ("false", "off"):
        with pytest.raises(errors.AuthenticationDisabled):
            auth_of(ATMOS_IDENTITY=word).credentials()
        with pytest.raises(errors.AuthenticationDisabled):
            signed_in.credentials(word)


def test_nobody_is_asked_which_identity_is_meant(auth_of, tmp_path):
    text = (tmp_path / "atmos.yaml").read_text()
    auth = auth_of(person=True)
    (tmp_path / "atmos.yaml").write_text(text.replace("      default: true\n", ""))
    assert auth.identities, "what was read is what counts"
    with pytest.raises(errors.NoDefaultIdentity):
        auth_of(person=True).credentials(login=True)


def test_the_environment_is_that_of_exec(auth_of, signed_in):
    environ = auth_of(AWS_ACCESS_KEY_ID="AKIAOTHER", AWS_SECRET_ACCESS_KEY="other", KEPT="yes").environment("prod")
    assert "AWS_ACCESS_KEY_ID" not in environ, "it would win over the profile"
    assert (environ["AWS_PROFILE"], environ["TEAM"], environ["KEPT"]) == ("Prod", "blue", "yes")
    assert signed_in.credentials("prod").secret_access_key not in str(environ)


def test_programs_run_as_the_identity(signed_in):
    result = signed_in.run("prod", [sys.executable, "-c", SHOW], capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)["ATMOS_IDENTITY"] == "Prod"


def test_a_program_that_outlives_its_credentials_gets_a_process(signed_in):
    words = [sys.executable, "-c", SHOW]
    result = signed_in.run("prod", words, refresh=True, capture_output=True, text=True)
    environ = json.loads(result.stdout)
    with open(environ["AWS_CONFIG_FILE"], encoding="utf-8") as file:
        assert "credential-process" in file.read()


def test_what_subprocess_says_comes_through(signed_in):
    assert signed_in.run("prod", [sys.executable, "-c", "raise SystemExit(3)"]).returncode == 3
    with pytest.raises(subprocess.CalledProcessError):
        signed_in.run("prod", [sys.executable, "-c", "raise SystemExit(3)"], check=True)
    with pytest.raises(FileNotFoundError):
        signed_in.run("prod", ["no-such-program-here"])
    with pytest.raises(TypeError, match="environment"):
        signed_in.run("prod", ["true"], env={})


def test_who_one_is(signed_in, aws):
    status = signed_in.whoami("prod")
    assert (status.principal, status.verified) == (ROLE, True)
    assert signed_in.whoami("prod", offline=True).verified is False
    assert aws.journal.count("sts:GetCallerIdentity") == 1


def test_the_console_opens(signed_in):
    url = signed_in.console_url("prod", destination="s3", duration="1h")
    assert "SigninToken=" in url


def test_logging_out_removes_what_is_the_identitys(signed_in, auth_of):
    assert signed_in.logout("prod") == ('credentials of identity "Prod"',)
    assert signed_in.logout("prod") == ()
    assert auth_of().credentials("base"), "its siblings stay"
    with pytest.raises(errors.UnknownIdentity):
        signed_in.logout("unheard")


def test_an_identity_without_credentials_of_its_own(auth_of):
    for call in (Auth.credentials, Auth.session):
        with pytest.raises(CredentialsMissing, match="what their environment gives"):
            call(auth_of(), "none")
    environ = auth_of(AWS_ACCESS_KEY_ID="AKIAOTHER").environment("none")
    assert environ["AWS_ACCESS_KEY_ID"] == "AKIAOTHER"


def test_what_is_wrong_is_found(auth_of, tmp_path):
    assert auth_of().validate() == ((), ())
    path = tmp_path / "atmos.yaml"
    path.write_text(path.read_text().replace("aws/assume-role", "aws/assume-rule"))
    (error,) = auth_of().validate().errors
    assert error.place.line == 14
    with pytest.raises(errors.UnknownKind):
        auth_of().credentials("prod")


def test_many_threads_share_one_renewal(signed_in, aws, clock):
    clock.advance(3600)
    aws.clock.advance(3600)
    aws.faults.add("sts:AssumeRole", delay=0.2)
    with ThreadPoolExecutor(20) as pool:
        found = set(pool.map(lambda _: signed_in.credentials("prod").access_key_id, range(40)))
    assert len(found) == 1
    assert aws.journal.count("sts:AssumeRole") == 1


def test_while_one_thread_waits_for_a_person_the_others_go_on(auth_of, aws):
    auth = auth_of(person=True)
    auth.credentials("prod", login=True)
    aws.auto_approve = False
    aws.revoke_sessions()
    # Prod is at hand; base has to be signed in for.
    auth.logout("base")
    waiting = threading.Thread(target=lambda: _quietly(lambda: auth.credentials("base", login=True)), daemon=True)
    waiting.start()
    deadline = time.monotonic() + 20
    while not aws.pending_user_codes():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert auth.credentials("prod").principal == ROLE
    assert waiting.is_alive(), "the person has not answered yet"
    aws.deny(aws.pending_user_codes()[0])
    waiting.join(20)
    assert not waiting.is_alive()


def _quietly(work) -> None:
    try:
        work()
    except errors.AtmosAuthError:
        return


def test_loading_finds_the_configuration_as_the_command_does(tmp_path, monkeypatch, auth_of):
    auth_of()
    monkeypatch.chdir(tmp_path)
    assert Auth.load().identities == Auth.load(tmp_path).identities == Auth.load(tmp_path / "atmos.yaml").identities
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert Auth.load().identities == ("base", "none", "Prod")
    with pytest.raises(errors.ConfigError, match="there is no file or directory"):
        Auth.load("nowhere.yaml")
    (tmp_path / "broken.yaml").write_text("auth: [")
    with pytest.raises(errors.ConfigError) as broken:
        Auth.load(tmp_path / "broken.yaml")
    assert broken.value.place.file.endswith("broken.yaml")


def test_loading_with_a_profile(tmp_path, auth_of):
    auth_of()
    folder = tmp_path / "profiles" / "ci"
    folder.mkdir(parents=True)
    (folder / "auth.yaml").write_text("auth: { identities: { extra: { kind: ambient } } }")
    assert Auth.load(tmp_path, "ci").identities == ("base", "extra", "none", "Prod")
    assert Auth.load(tmp_path, ["ci"]).identities == ("base", "extra", "none", "Prod")
    with pytest.raises(errors.ProfileNotFound):
        Auth.load(tmp_path, profile="unheard")


def test_the_public_names():
    """Whoever adds or removes one changes what others build on: this list and the changelog say so."""
    assert sorted(atmos_auth.__all__) == [
        "AsyncAuth",
        "AtmosAuthError",
        "Auth",
        "AwsCredentials",
        "CredentialsMissing",
        "Findings",
        "Status",
        "errors",
    ]
    for name in atmos_auth.__all__:
        assert getattr(atmos_auth, name).__doc__
        assert name in dir(atmos_auth)
    assert sorted(name for name in vars(Auth) if not name.startswith("_")) == [
        "attach",
        "botocore_session",
        "console_url",
        "credentials",
        "environment",
        "identities",
        "load",
        "login",
        "logout",
        "run",
        "session",
        "validate",
        "whoami",
    ]
    with pytest.raises(AttributeError, match="no attribute 'unheard'"):
        _ = atmos_auth.unheard
