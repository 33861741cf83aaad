"""Signing in through SAML in a terminal: at pages like Okta's, ADFS's and Google's, and on into chains."""

import re
import signal
import subprocess
import time

import pytest
from person import ENTER, Person

from aws_emulator import Emulator

CONFIGURATION = """\
auth:
  providers:
    idp:
      kind: aws/saml
      region: us-east-1
      url: "{url}{path}"
      driver: {driver}
      spec: {{ endpoint_url: "{url}" }}
  identities:
    admin:
      kind: aws/assume-role
      default: true
      via: {{ provider: idp }}
      principal: {{ assume_role: "arn:aws:iam::111111111111:role/SamlAdmin" }}
    reader:
      kind: aws/assume-role
      via: {{ provider: idp }}
      principal: {{ assume_role: "arn:aws:iam::111111111111:role/SamlReadOnly" }}
    deploy:
      kind: aws/assume-role
      via: {{ identity: admin }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/SamlDeployRole", session_name: journey }}
"""
PATHS = {
    "Okta": "/app/amazon_aws/abc123/sso/saml",
    "ADFS": "/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices",
    "GoogleApps": "/o/saml2/initsso?idpid=C0abc&spid=123&forceauthn=false",
}
TASK = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
ANN, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"
WHOAMI = ("aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text")


def secret_of(name: str) -> str:
    return f"example-password-of-{name.partition('@')[0]}"


def arn_of(name: str, role: str = "SamlAdmin") -> str:
    return f"arn:aws:sts::111111111111:assumed-role/{role}/{name}"


class Desk:
    """A machine with one SAML provider, and the person at its terminal."""

    def __init__(self, machine, aws: Emulator, driver: str) -> None:
        self.machine = machine
        self.aws = aws
        machine.environ |= {"ATMOS_KEYRING_TYPE": "file", "ATMOS_KEYRING_PASSWORD": "of the keyring, for the journey"}
        machine.write(CONFIGURATION.format(url=aws.url, path=PATHS[driver], driver=driver))

    def configure(self, **settings: str) -> None:
        lines = "".join(f"\n      {name}: {value}" for name, value in settings.items())
        self.machine.write(re.sub(r"\n      driver: \w+", rf"\g<0>{lines}", self.machine.atmos_yaml.read_text()))

    def at_terminal(self, *words: str) -> Person:
        return Person(self.machine.terminal(*words, env={"NO_COLOR": "1"}, columns=120))

    def signs_in(self, name: str, *words: str) -> Person:
        """Type name and password, as they are asked for."""
        person = self.at_terminal(*(words or ("auth", "login")))
        person.answers("Username:", name)
        person.answers("Password:", secret_of(name))
        return person

    def exec(self, identity: str, *argv: str) -> subprocess.CompletedProcess[str]:
        return self.machine.atmos("auth", "exec", "-i", identity, "--", *argv)

    def calls(self, operation: str) -> int:
        return sum(f"{e.service}:{e.operation}" == operation for e in self.aws.journal.entries())


@pytest.fixture(params=PATHS)
def desk(request: pytest.FixtureRequest, machine, aws: Emulator) -> Desk:
    return Desk(machine, aws, request.param)


@pytest.fixture
def adfs(machine, aws: Emulator) -> Desk:
    return Desk(machine, aws, "ADFS")


@pytest.fixture
def okta(machine, aws: Emulator) -> Desk:
    return Desk(machine, aws, "Okta")


def test_a_password_in_the_terminal_leads_to_the_role(desk: Desk):
    person = desk.signs_in(ANN)
    person.sees("Authentication successful!")
    assert person.ends() == 0
    assert secret_of(ANN) not in person.screen
    step = desk.exec("admin", *WHOAMI)
    assert (step.returncode, step.stdout.strip()) == (0, arn_of(ANN)), step.stderr
    # That role is the identity's credential: nobody assumed it a second time.
    assert (desk.calls("sts:AssumeRoleWithSAML"), desk.calls("sts:AssumeRole")) == (1, 0)


def test_a_chain_goes_on_from_the_role(okta: Desk):
    assert okta.signs_in(ANN, "auth", "login", "deploy").ends() == 0
    step = okta.exec("deploy", *WHOAMI)
    assert step.stdout.strip() == "arn:aws:sts::333333333333:assumed-role/SamlDeployRole/journey", step.stderr
    assert (okta.calls("sts:AssumeRoleWithSAML"), okta.calls("sts:AssumeRole")) == (1, 1)
    # And whoever needs its first half finds it.
    assert okta.exec("admin", *WHOAMI).stdout.strip() == arn_of(ANN)
    assert okta.calls("okta:Authenticate") == 1


def test_a_code_of_an_app(okta: Desk, aws: Emulator):
    person = okta.signs_in(BEN)
    person.sees("Enter MFA Token")
    person.types(aws.saml_totp(BEN) + ENTER)
    person.sees("Authentication successful!")
    assert person.ends() == 0


def test_the_number_to_choose_on_the_phone_is_shown(adfs: Desk, aws: Emulator):
    aws.state.saml_people[CLEO].roles = aws.state.saml_people[ANN].roles
    person = adfs.signs_in(CLEO)
    person.sees("Approve the sign-in on your phone, and choose ")
    shown = aws.expected_push_number(CLEO)
    person.sees(f"{shown} there")
    aws.answer_push(CLEO, number=shown)
    person.sees("Authentication successful!")
    assert person.ends() == 0


def test_a_wrong_password_is_asked_for_again(desk: Desk):
    person = desk.at_terminal("auth", "login")
    person.answers("Username:", ANN)
    person.answers("Password:", "wrong")
    person.sees("⚠")
    person.answers("Password:", secret_of(ANN))
    assert person.ends() == 0


@pytest.mark.parametrize("key", ["\x03", "\x1b"])
def test_the_person_may_leave(desk: Desk, key: str):
    person = desk.at_terminal("auth", "login")
    person.sees("Username:")
    person.types(key)
    person.sees("user aborted")
    assert person.ends() == 1
    assert "Traceback" not in person.screen


def test_ctrl_c_ends_a_wait_for_the_phone(adfs: Desk):
    person = adfs.signs_in(CLEO)
    person.sees("Approve the sign-in on your phone")
    assert person.leaves() in (1, 130)
    assert "Traceback" not in person.screen


def test_a_role_that_is_not_offered(okta: Desk):
    okta.machine.write(okta.machine.atmos_yaml.read_text().replace("role/SamlAdmin", "role/SamlAdmins"))
    okta.configure(username=ANN, password="!env SECRET")
    result = okta.machine.atmos("auth", "login", env={"SECRET": secret_of(ANN)})
    (finding,) = okta.machine.findings(result.stderr)
    assert result.returncode == 1
    assert finding.message.endswith("does not offer you the role arn:aws:iam::111111111111:role/SamlAdmins")
    assert "arn:aws:iam::111111111111:role/SamlReadOnly" in finding.details
    assert finding.hints[0] == "did you mean arn:aws:iam::111111111111:role/SamlAdmin?"
    assert okta.calls("sts:AssumeRoleWithSAML") == 0


def test_a_script_with_a_password_in_a_variable_is_asked_nothing(desk: Desk):
    desk.configure(username=ANN, password="!env SECRET")
    result = desk.machine.atmos("auth", "login", env={"SECRET": secret_of(ANN)})
    assert result.returncode == 0, result.stderr
    assert "stands in the file" not in result.stderr


def test_a_password_in_the_file_works_with_a_warning(okta: Desk):
    okta.configure(username=ANN, password=secret_of(ANN))
    for words in (("auth", "login"), ("auth", "validate")):
        result = okta.machine.atmos(*words)
        assert result.returncode == 0, result.stderr
        assert "password stands in the file" in result.stderr
        assert "atmos.yaml:9:17" in result.stderr
        assert secret_of(ANN) not in result.stderr


def test_the_old_name_of_driver_works_with_a_warning(okta: Desk):
    text = okta.machine.atmos_yaml.read_text().replace("driver: Okta", "provider_type: Okta")
    okta.machine.write(text)
    result = okta.machine.atmos("auth", "validate")
    assert (result.returncode, "provider_type is deprecated" in result.stderr) == (0, True)
    assert okta.signs_in(ANN).ends() == 0


def test_no_prompt_of_a_shell_sends_the_password(okta: Desk):
    okta.configure(username=ANN, password="!env SECRET")
    for words in (("auth", "env"), ("auth", "whoami"), ("auth", "credential-process")):
        result = okta.machine.atmos(*words, env={"SECRET": secret_of(ANN)})
        assert (result.returncode, result.stdout) == (1, "")
        assert "atmos auth login --identity admin" in result.stderr
    assert list(okta.aws.journal.entries()) == []


def test_a_remembered_password_signs_in_until_it_is_logged_out(okta: Desk):
    okta.configure(remember_password="true")
    assert okta.signs_in(ANN).ends() == 0
    again = okta.at_terminal("auth", "login", "reader")
    again.sees("Authentication successful!")
    assert again.ends() == 0
    gone = okta.machine.atmos("auth", "logout", "--provider", "idp", "--keychain", "--force")
    assert gone.returncode == 0, gone.stderr
    assert 'password of provider "idp", in the keyring' in gone.stderr
    person = okta.at_terminal("auth", "login")
    person.sees("Username:")
    assert person.leaves() == 1


def test_a_passing_failure_of_aws_costs_no_sign_in(okta: Desk, aws: Emulator):
    aws.faults.add("sts:AssumeRoleWithSAML", status=503, times=2)
    assert okta.signs_in(ANN).ends() == 0
    assert (okta.calls("okta:Authenticate"), okta.calls("sts:AssumeRoleWithSAML")) == (1, 3)


def test_a_provider_alone_is_refused_before_anybody_is_asked(okta: Desk):
    result = okta.machine.atmos("auth", "login", "--provider", "idp")
    (finding,) = okta.machine.findings(result.stderr)
    assert result.returncode == 1
    assert (
        finding.message == 'provider "idp" (aws/saml) keeps no session: what it gives is good for one role, right away'
    )
    assert finding.hints[0] == "atmos auth login admin"


def test_refresh_says_what_it_cannot_do(okta: Desk):
    okta.configure(username=ANN, password="!env SECRET")
    result = okta.machine.atmos("auth", "exec", "--refresh", "--", *WHOAMI, env={"SECRET": secret_of(ANN)})
    assert result.stdout.strip() == arn_of(ANN), result.stderr
    assert "asks for every sign-in" in result.stderr


def test_where_nobody_can_be_asked_it_says_so(okta: Desk):
    result = okta.machine.atmos("auth", "login")
    assert result.returncode == 2
    assert "nobody can be asked here" in result.stderr
    assert "password: !env NAME" in result.stderr


@pytest.mark.parametrize(
    ("kind", "principal"),
    [
        ("aws/permission-set", '{ name: Admin, account: { id: "111111111111" } }'),
        (
            "aws/assume-root",
            f'{{ target_principal: "111111111111", task_policy_arn: "{TASK}" }}',
        ),
    ],
)
def test_saml_followed_by_another_kind_is_refused_at_its_place(okta: Desk, kind: str, principal: str):
    provider = okta.machine.atmos_yaml.read_text().partition("  identities:")[0]
    lines = (f"kind: {kind}", "via: { provider: idp }", f"principal: {principal}")
    okta.machine.write(f"{provider}  identities:\n    wrong:\n" + "".join(f"      {line}\n" for line in lines))
    result = okta.machine.atmos("auth", "validate")
    (finding,) = okta.machine.findings(result.stderr)
    assert result.returncode == 2
    assert finding.message == (
        f'identity "wrong" ({kind}) needs {"a portal session" if "permission" in kind else "AWS credentials"}, '
        'but provider "idp" (aws/saml) gives a SAML assertion'
    )
    assert finding.place == f"{okta.machine.atmos_yaml}:10:5"
    if kind == "aws/assume-root":
        assert finding.hints == ("put an identity of kind aws/assume-role in between",)


def test_the_assertion_is_in_no_file_log_or_output(okta: Desk, aws: Emulator):
    okta.configure(username=ANN, password="!env SECRET")
    log = okta.machine.directory / "atmos.log"
    words = ("--verbose", "--logs-level", "Trace", "--logs-file", str(log), "auth", "login")
    result = okta.machine.atmos(*words, env={"SECRET": secret_of(ANN)})
    assert result.returncode == 0, result.stderr
    # Any assertion begins so, in clear or in base64 at each of its three offsets.
    signs = ("samlp:Response", "saml2p:Response", "c2FtbHA6UmVzcG9uc2", "NhbWxwOlJlc3BvbnNl", "zYW1scDpSZXNwb25zZ")
    texts = {str(path): path.read_text(errors="replace") for path in [*okta.machine.files(), log]}
    texts["output"] = result.stdout + result.stderr
    assert [(where, sign) for where, text in texts.items() for sign in signs if sign in text] == []
    assert [where for where, text in texts.items() if secret_of(ANN) in text] == []


def test_many_processes_share_one_sign_in(okta: Desk):
    okta.configure(username=ANN, password="!env SECRET")
    okta.machine.environ["SECRET"] = secret_of(ANN)
    crowd = [okta.machine.start("auth", "exec", "--", *WHOAMI) for _ in range(8)]
    assert [process.communicate(timeout=100)[0].strip() for process in crowd] == [arn_of(ANN)] * 8
    assert (okta.calls("okta:Authenticate"), okta.calls("sts:AssumeRoleWithSAML")) == (1, 1)


def test_a_sign_in_that_is_killed_leaves_nothing_behind(adfs: Desk):
    person = adfs.signs_in(CLEO)
    person.sees("Approve the sign-in on your phone")
    person.kill(signal.SIGKILL)
    assert [path for path in adfs.machine.files() if "credentials" in path.name and path.stat().st_size] == []
    started = time.monotonic()
    again = adfs.signs_in(ANN)
    again.sees("Authentication successful!")
    assert again.ends() == 0
    assert time.monotonic() - started < 30
