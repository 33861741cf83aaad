"""State files: the example is valid, and every mistake is named with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from aws_emulator import StateFileError, default_state, load_state
from aws_emulator.github_job import GitHubJob
from aws_emulator.idp_key import own_signing_key
from aws_emulator.saml_directory import PushFactor, SamlProvider, SmsFactor, TotpFactor
from aws_emulator.state import MfaDevice, OidcProvider, TrustedPrincipal, TrustedProvider, sso_role_arn
from aws_emulator.state_file import example_text, parse_state

WHOLE = """\
person: ann
accounts:
  "111111111111": {name: one, email: one@example.com}
  000000000012: {name: twelve, email: twelve@example.com, management: true}
permission_sets:
  Admin: {}
people:
  ann: {assignments: {"111111111111": [Admin]}}
"""


def test_the_default_state_has_what_the_documentation_promises():
    state = default_state()
    assert state.person == "demo.user"
    names = [account.name for account in state.accounts.values()]
    assert names[:3] == ["development", "staging", "production"]
    assert len(names) > state.page_size
    for account in ("111111111111", "222222222222", "333333333333"):
        assert state.assigned("demo.user")[account] == ["AdminAccess", "ReadOnlyAccess"]
    for account in ("444444444444", "555555555555", "666666666666"):
        assert state.assigned("demo.user")[account] == ["ReadOnlyAccess"]
    deploy = state.roles["arn:aws:iam::333333333333:role/DeployRole"]
    assert deploy.trusts == [TrustedPrincipal(sso_role_arn("111111111111", "AdminAccess", "us-east-1"))]


def test_the_how_to_names_every_part_of_the_default_state():
    page = Path(__file__).parents[2].joinpath("docs", "how-to", "try-it-with-the-emulator.md").read_text()
    state = default_state()
    parts = [*state.accounts, *state.roles, *state.start_urls]
    for arn, user in state.users.items():
        parts += [arn.rpartition("/")[2], user.access_key_id, user.secret_access_key]
        parts += [user.mfa.serial, user.mfa.secret] if user.mfa else []
    assert [part for part in parts if part not in page] == []


def test_each_default_state_is_a_fresh_one():
    default_state().accounts.clear()
    assert default_state().accounts


def test_a_small_file():
    state = parse_state(WHOLE, "state.yaml")
    assert list(state.accounts) == ["111111111111", "000000000012"]  # zeros survive without quotes
    assert state.management_accounts() == {"000000000012"}
    assert state.permission_sets["Admin"].allows == ["sts:AssumeRole"]
    assert (state.interval, state.portal_rate) == (1, 20)


def test_settings():
    state = parse_state(
        WHOLE + "portal_rate: null\npage_size: 2\ninterval: 0\nauto_approve: true\nregion: eu-central-1\n"
        "longest_key_seconds: 60\n",
        "state.yaml",
    )
    assert (state.portal_rate, state.page_size, state.interval) == (None, 2, 0)
    assert state.longest_key_seconds == 60
    assert (state.auto_approve, state.region) == (True, "eu-central-1")


def test_order_in_the_file_does_not_matter():
    sections = yaml.safe_load(example_text())
    backwards = yaml.safe_dump(dict(reversed(sections.items())), sort_keys=False)
    assert parse_state(backwards, "state.yaml") == default_state()


def test_outside_us_east_1_the_path_of_sso_roles_holds_the_region():
    text = (
        WHOLE
        + """region: eu-central-1
roles:
  arn:aws:iam::111111111111:role/team/Deploy:
    trusts: [{permission_set: Admin, account: "111111111111", external_id: secret}]
"""
    )
    (role,) = parse_state(text, "state.yaml").roles.values()
    (trust,) = role.trusts
    assert isinstance(trust, TrustedPrincipal)
    assert "role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_" in trust.principal
    assert trust.external_id == "secret"


def test_providers():
    text = (
        WHOLE
        + """oidc_providers:
  - {account: "111111111111", issuer: "https://idp.example.com/a", audiences: [app]}
saml_providers: {"arn:aws:iam::111111111111:saml-provider/Corp": {}}
roles:
  arn:aws:iam::111111111111:role/Deploy:
    trusts:
      - {provider: "arn:aws:iam::111111111111:oidc-provider/idp.example.com/a", conditions: {sub: "a*"}}
      - {provider: "arn:aws:iam::111111111111:saml-provider/Corp"}
"""
    )
    state = parse_state(text, "state.yaml")
    assert state.oidc_providers == [OidcProvider("111111111111", "https://idp.example.com/a", ["app"])]
    (role,) = state.roles.values()
    assert role.trusts[0] == TrustedProvider(state.oidc_providers[0].arn, {"sub": "a*"})


# Of RFC 7517, appendix A.1.
EC_KEY = """\
      - kty: EC
        kid: "1"
        crv: P-256
        x: MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4
        y: 4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM
"""
RSA_KEY = f"""\
      - kty: RSA
        kid: "2"
        alg: RS256
        use: sig
        x5c: [MIIB]
        n: {"_" * 341}w
        e: AQAB
"""
PROVIDER = (
    WHOLE + "oidc_providers:\n  - account: '111111111111'\n    issuer: https://idp.example.com\n    audiences: [app]\n"
)
PUBLISHED = PROVIDER + "    jwks:\n" + EC_KEY + RSA_KEY


def test_published_keys():
    (provider,) = parse_state(PUBLISHED, "state.yaml").oidc_providers
    assert [set(key) for key in provider.jwks] == [
        {"kty", "kid", "crv", "x", "y"},
        {"kty", "kid", "alg", "use", "n", "e"},  # what says the key again is left out
    ]
    assert parse_state(PROVIDER + "    jwks: []\n", "state.yaml").oidc_providers[0].jwks == []
    assert parse_state(PROVIDER, "state.yaml").oidc_providers[0].jwks is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kty: EC", "kty: oct", "kty is RSA or EC"),
        ("crv: P-256", "crv: P-192", "crv is one of P-256, P-384, P-521"),
        ("crv: P-256", "crv: P-384", "x is a number in base64url of 48 bytes"),
        ("x: MKBC", "x: NKBC", "this is no public key"),
        ("x: MKBC", "d: MKBC", r"jwks\[0\].d: unknown key"),
        ('kid: "1"', 'kid: "2"', r"line 20: oidc_providers\[0\].jwks\[1\].kid: another key has this kid"),
        ('        kid: "1"\n', "", "kid is missing"),
        ("alg: RS256", "alg: ES256", "expected one of RS256, .* that fits the key"),
        ("e: AQAB", "e: AQA=", "e is a number in base64url"),
        ("_" * 341 + "w", "_" * 170 + "8", "an RSA key has at least 2048 bits"),
    ],
)
def test_mistakes_in_published_keys(old, new, message):
    assert old in PUBLISHED
    with pytest.raises(StateFileError, match=message):
        parse_state(PUBLISHED.replace(old, new), "state.yaml")


def test_an_account_has_one_provider_per_issuer():
    with pytest.raises(StateFileError, match="a provider for this issuer already"):
        parse_state(PROVIDER + PROVIDER.removeprefix(WHOLE).partition("\n")[2], "state.yaml")


def test_the_github_job():
    assert parse_state(WHOLE, "state.yaml").github == default_state().github == GitHubJob()
    text = "github: {repository: o/r, ref: refs/tags/v1, environment: prod, actor: a-b, workflow: Go, request_token: t}"
    job = parse_state(WHOLE + text, "state.yaml").github
    assert job == GitHubJob("o/r", "refs/tags/v1", "prod", "a-b", "Go", "t")


SAML = "saml_providers: {'arn:aws:iam::111111111111:saml-provider/Corp': "
ANN = "saml_people: {a@b: {password: a, roles: "
ROLE = "roles: {'arn:aws:iam::111111111111:role/R': {trusts: "
USER = "users: {'arn:aws:iam::111111111111:user/u': "
KEYED = USER + "{access_key_id: AKIAAAAAAAAAAAAAAAAA, secret_access_key: b"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "state.yaml: the file is empty"),
        ("a: [", "this is not YAML"),
        ("a: \x07", "this is not YAML"),
        ("- 1", "line 1: expected a mapping"),
        ("just text", "line 1: expected a mapping"),
        ("person: ann", "accounts is missing"),
        (WHOLE + "acounts: {}", "line 9: acounts: unknown key; known here are access_token_seconds, accounts,"),
        (WHOLE + "person: ann", "person: this key stands here twice"),
        (WHOLE + "[a]: 1", "expected plain keys"),
        (WHOLE + "interval: -1", "interval: expected a whole number from 0"),
        (WHOLE + "interval: 1.5", "interval: expected a whole number"),
        (WHOLE + "interval: soon", "interval: expected a number"),
        (WHOLE + "interval: .inf", "plain decimal number"),
        (WHOLE + "interval: 1.0e+400", "plain decimal number"),
        (WHOLE + "interval: 0x10", "plain decimal number"),
        (WHOLE + "access_token_seconds: 0", "from 1 to"),
        (WHOLE + "page_size: 101", "from 1 to 100, not 101"),
        (WHOLE + "portal_rate: 0", "above 0"),
        (WHOLE + "portal_rate: .nan", "plain decimal number"),
        (WHOLE + "portal_burst: 0", "from 1 to"),
        (WHOLE + "auto_approve: yes", "expected true or false"),
        (WHOLE + "region: Frankfurt", "expected a region"),
        (WHOLE + "start_urls: [https://example.com/]", r"start_urls\[0\]: expected an address that ends in /start"),
        (WHOLE + "start_urls: https://example.com/start", "expected a list"),
        (WHOLE.replace("person: ann", "person: bob"), "'bob' is no person in people"),
        (WHOLE.replace("person: ann", "person: [ann]"), "expected text"),
        (WHOLE.replace('"111111111111": {', "11: {"), "twelve digits, unlike '11'"),
        (WHOLE.replace("name: one, ", ""), "line 3: accounts.111111111111: name is missing"),
        (WHOLE.replace("name: one", "nmae: one"), "nmae: unknown key; known here are email, management, name"),
        (WHOLE.replace("management: true", "management: 1"), "expected true or false"),
        (WHOLE.replace("[Admin]", "[Admin, Other]"), "'Other' is not among permission_sets"),
        (WHOLE.replace('{assignments: {"111', '{assignments: {"211'), "account 211111111111 is not among accounts"),
        (WHOLE.replace("Admin: {}", "A b: {}"), "a permission set's name"),
        (WHOLE.replace("Admin: {}", "Admin: {session_seconds: 899}"), "from 900 to 43200"),
        (WHOLE.replace("Admin: {}", "Admin: {allows: [s3:GetObject]}"), "expected sts:AssumeRole, sts:AssumeRoot, "),
        (WHOLE.replace("ann:", "a:").replace("person: ann", "person: a"), "a person's name"),
        (WHOLE + "roles: {DeployRole: {trusts: []}}", "expected a role ARN"),
        (WHOLE + "roles: {'arn:aws:iam::222222222222:role/R': {trusts: []}}", "is not among accounts"),
        (WHOLE + ROLE + "[], max_session_duration: 3599}}", "from 3600 to 43200"),
        (WHOLE + ROLE + "[{}]}}", "principal is missing"),
        (WHOLE + ROLE + "[{principal: everybody}]}}", "expected the ARN of an account root"),
        (WHOLE + ROLE + "[{permission_set: Admin}]}}", "account is missing"),
        (WHOLE + ROLE + "[{provider: 'arn:x'}]}}", "arn:x is not among oidc_providers and saml_providers"),
        (WHOLE + "users: {u: {access_key_id: A, secret_access_key: b}}", "expected a user ARN"),
        (WHOLE + USER + "{access_key_id: ASIAAAAAAAAAAAAAAAAA, secret_access_key: b}}", "begins with AKIA"),
        (WHOLE + USER + "{access_key_id: AKIAAAAAAAAAAAAAAAAA}}", "secret_access_key is missing"),
        (WHOLE + KEYED + ", denies: [sts:Everything]}}", "expected sts:AssumeRole, sts:GetSessionToken, "),
        (WHOLE + KEYED + ", mfa: {serial: ABC, secret: AAAAAAAA}}}", "an ARN such as arn:aws:iam::111111111111:mfa/n"),
        (WHOLE + KEYED + ", mfa: {serial: 'arn:aws:iam::222222222222:mfa/u', secret: AAAAAAAA}}}", "expected an ARN"),
        (WHOLE + KEYED + ", mfa: {serial: 'arn:aws:iam::111111111111:mfa/u', secret: a1}}}", "expected base32"),
        (WHOLE + KEYED + ", mfa: {serial: 'arn:aws:iam::111111111111:mfa/u'}}}", "secret is missing"),
        (WHOLE + "sign_in_user: arn:aws:iam::111111111111:user/u", "is no user in users"),
        (WHOLE + "github: {}\ngithub: {}", "github: this key stands here twice"),
        (WHOLE + "github: {repo: a/b}", "line 9: github.repo: unknown key; known here are actor, environment, ref, "),
        (WHOLE + "github: {repository: site}", "github.repository: expected a repository such as example-org/site"),
        (WHOLE + "github: {ref: main}", "expected a ref such as refs/heads/main"),
        (WHOLE + "github: {environment: ''}", "expected text"),
        (WHOLE + "github: {actor: a b}", "expected the name of a user of GitHub"),
        (WHOLE + "github: {workflow: a/b}", "expected a workflow's name"),
        (WHOLE + "github: {request_token: a b}", "expected a token without spaces"),
        (WHOLE + "oidc_providers: [{hs256_key: a}]", "hs256_key: unknown key; known here are account, audiences, "),
        (WHOLE + "sign_in_seconds: 901", "from 1 to 900, not 901"),
        (WHOLE + "sign_in_session_seconds: 43201", "from 1 to 43200"),
        (WHOLE + ROLE + "[{principal: 'arn:aws:iam::111111111111:root', mfa: 1}]}}", "expected true or false"),
        (
            WHOLE + "oidc_providers: [{account: '111111111111', issuer: 'http://a', audiences: []}]",
            "an issuer begins with https",
        ),
        (WHOLE + "saml_providers: {Corp: {}}", "expected an ARN"),
        (WHOLE + "saml_providers: []", "expected a mapping"),
        (WHOLE + SAML.replace("1111:", "1112:") + "{}}", "account 111111111112 is not among accounts"),
        (WHOLE + SAML + "{entity_id: a}}", "certificates is missing"),
        (WHOLE + SAML + "{certificates: []}}", "entity_id is missing"),
        (WHOLE + SAML + "{entity_id: a, certificates: []}}", "expected at least one certificate"),
        (
            WHOLE + SAML + "{entity_id: a, certificates: [b]}}",
            r"certificates\[0\]: expected an X.509 certificate",
        ),
        (WHOLE + "saml_people: {ann: {password: a, roles: []}}", "expected an e-mail address, not 'ann'"),
        (WHOLE + "saml_people: {a@b: {roles: []}}", "password is missing"),
        (WHOLE + ANN + "[{role: a, provider: b}]}}", r"line 9: saml_people.a@b.roles\[0\].role: a is not"),
        (WHOLE + ANN + "[{role: a}]}}", "provider is missing"),
        (WHOLE + ANN + "[], session_seconds: 899}}", "from 900 to 43200"),
        (WHOLE + ANN + "[], locked: 1}}", "expected true or false"),
        (WHOLE + ANN + "[], factors: [{fido: a}]}}", "fido: unknown key; known here are push, sms, totp"),
        (WHOLE + ANN + "[], factors: [{}]}}", "expected one of totp, sms and push"),
        (WHOLE + ANN + "[], factors: [{totp: a1}]}}", "expected base32"),
        (WHOLE + ANN + "[], factors: [{sms: '0170'}]}}", "expected a phone number"),
        (WHOLE + ANN + "[], factors: [{push: {}}, {push: {}}]}}", r"factors\[1\]: there is one of this kind already"),
        (WHOLE + ANN + "[], factors: [{push: {number_matching: 1}}]}}", "expected true or false"),
    ],
)
def test_mistakes(text, message):
    with pytest.raises(StateFileError, match=message) as caught:
        parse_state(text, "state.yaml")
    assert str(caught.value).startswith("state.yaml")


def test_two_users_with_one_key():
    users = "users:\n" + "".join(
        f"  arn:aws:iam::111111111111:user/{name}:\n"
        "    {access_key_id: AKIAAAAAAAAAAAAAAAAA, secret_access_key: secret}\n"
        for name in ("a", "b")
    )
    with pytest.raises(StateFileError, match="another user has this key id"):
        parse_state(WHOLE + users, "state.yaml")


def test_two_users_with_one_device():
    device = "{serial: 'arn:aws:iam::111111111111:mfa/one', secret: AAAAAAAA}"
    users = "users:\n" + "".join(
        f"  arn:aws:iam::111111111111:user/{name}:\n"
        f"    {{access_key_id: AKIAAAAAAAAAAAAAAAA{name}, secret_access_key: secret, mfa: {device}}}\n"
        for name in ("A", "B")
    )
    with pytest.raises(StateFileError, match="another user has this device"):
        parse_state(WHOLE + users, "state.yaml")


def test_users():
    text = (
        WHOLE
        + """sign_in_user: arn:aws:iam::111111111111:user/team/u
sign_in_seconds: 60
users:
  arn:aws:iam::111111111111:root:
    {access_key_id: AKIAAAAAAAAAAAAAAAAA, secret_access_key: a}
  arn:aws:iam::111111111111:user/team/u:
    access_key_id: AKIAAAAAAAAAAAAAAAAB
    secret_access_key: b
    denies: [sts:GetSessionToken, signin:CreateOAuth2Token]
    mfa: {serial: "arn:aws:iam::111111111111:mfa/u", secret: AAAAAAAA}
"""
    )
    state = parse_state(text, "state.yaml")
    user = state.users["arn:aws:iam::111111111111:user/team/u"]
    assert user.denies == ["sts:GetSessionToken", "signin:CreateOAuth2Token"]
    assert user.mfa == MfaDevice("arn:aws:iam::111111111111:mfa/u", "AAAAAAAA")
    assert (state.first_user(), state.sign_in_seconds, user.key_active) == (state.sign_in_user, 60, True)
    state.sign_in_user = ""
    assert state.first_user() == "arn:aws:iam::111111111111:root"
    assert parse_state(WHOLE, "state.yaml").first_user() == ""


def test_saml():
    certificate = own_signing_key().certificate
    text = (
        WHOLE
        + f"""saml_providers:
  arn:aws:iam::111111111111:saml-provider/Own: {{}}
  arn:aws:iam::111111111111:saml-provider/Corp:
    entity_id: https://idp.example.com
    certificates: [{json.dumps(certificate)}]
saml_people:
  ann@example.com:
    password: "  spaces count  "
    session_seconds: 900
    locked: true
    factors: [{{push: {{}}}}, {{sms: "+49 170 5550037"}}, {{totp: AAAAAAAA}}]
    roles:
      - role: arn:aws:iam::111111111111:role/Deploy
        provider: arn:aws:iam::111111111111:saml-provider/Corp
roles:
  arn:aws:iam::111111111111:role/Deploy:
    trusts:
      - provider: arn:aws:iam::111111111111:saml-provider/Corp
        conditions: {{"SAML:aud": "https://signin.aws.amazon.com/saml"}}
"""
    )
    state = parse_state(text, "state.yaml")
    own, corp = state.saml_providers.values()
    assert own == SamlProvider()
    assert corp == SamlProvider("https://idp.example.com", [certificate])
    person = state.saml_people["ann@example.com"]
    assert (person.password, person.session_seconds, person.locked) == ("  spaces count  ", 900, True)
    assert person.factors == [PushFactor(), SmsFactor("+49 170 5550037"), TotpFactor("AAAAAAAA")]
    assert [role.role for role in person.roles] == ["arn:aws:iam::111111111111:role/Deploy"]
    assert parse_state(WHOLE, "state.yaml").saml_people == {}


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(StateFileError, match="No such file"):
        load_state(tmp_path / "missing.yaml")
    with pytest.raises(StateFileError, match="Is a directory"):
        load_state(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"person: \xe9")
    with pytest.raises(StateFileError, match="not UTF-8"):
        load_state(tmp_path / "latin.yaml")


def test_secrets_stay_out_of_reprs():
    state = default_state()
    text = repr(state)
    for user in state.users.values():
        assert user.secret_access_key not in text
        assert user.mfa is None or user.mfa.secret not in text
    assert state.github.request_token not in text
