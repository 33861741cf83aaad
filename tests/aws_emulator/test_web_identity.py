"""AssumeRoleWithWebIdentity: who comes in with an ID token, and what everyone else is told."""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from functools import cache
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from aws_emulator.github_job import GitHubJob
from aws_emulator.state import OidcProvider, Role, TrustedProvider

CASES = yaml.safe_load(Path(__file__).parents[1].joinpath("data", "token_cases.yaml").read_text())
ROLE = "arn:aws:iam::333333333333:role/GitHubRole"
RELEASE_ROLE = "arn:aws:iam::222222222222:role/GitHubReleaseRole"
AUDIENCE = "sts.amazonaws.com"
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
CURVE_NAMES = {"p256": "P-256", "p384": "P-384", "p521": "P-521"}
HASHES = {"256": SHA256(), "384": SHA384(), "512": SHA512()}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def part(members):
    return encode(json.dumps(members).encode())


# --- keys and tokens ----------------------------------------------------------------------------------------


@cache
def private_key(name):
    if name in CURVES:
        return ec.generate_private_key(CURVES[name])
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name == "rsa-1024" else 2048)


def jwk(name):
    numbers = private_key(name).public_key().public_numbers()
    if name not in CURVES:
        n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8)
        only = {"alg": "RS256"} if name == "rsa-256" else {}
        return {"kid": name, "kty": "RSA", "n": encode(n), "e": encode(numbers.e.to_bytes(3))} | only
    size = (CURVES[name].key_size + 7) // 8
    x, y = (encode(number.to_bytes(size)) for number in (numbers.x, numbers.y))
    return {"kid": name, "kty": "EC", "crv": CURVE_NAMES[name], "x": x, "y": y}


def signature(name, algorithm, signed):
    digest, key = HASHES[algorithm[2:]], private_key(name)
    if name not in CURVES:
        return key.sign(signed.encode(), padding.PKCS1v15(), digest)
    size = (CURVES[name].key_size + 7) // 8
    return b"".join(
        number.to_bytes(size) for number in decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(digest)))
    )


def first_algorithm(name):
    return {"p256": "ES256", "p384": "ES384", "p521": "ES512"}.get(name, "RS256")


def patched(members, changes):
    merged = members | changes
    return {name: value for name, value in merged.items() if value is not None}


def value(text, now):
    """Give what a claim in the file stands for."""
    if isinstance(text, str) and (found := re.fullmatch(r"now([+-][0-9]+)?", text)):
        return now + int(found[1] or 0)
    if isinstance(text, str) and (found := re.fullmatch(r"text of ([0-9]+)", text)):
        return "a" * int(found[1])
    return text


class Tokens:
    """Builds the token of a case for an emulator."""

    def __init__(self, aws):
        self.aws = aws

    def issuer_jwk(self):
        return self.aws._issuer_keys.published()[0]

    def build(self, case):
        if "token" in case:
            return case["token"]
        now = int(time.time())
        changes = {name: value(text, now) for name, text in case.get("claims", {}).items()}
        claims = patched(GitHubJob().claims(AUDIENCE, now), changes)
        token = self.signed(case, claims)
        return ALTERATIONS[case["altered"]](self, token, case) if "altered" in case else token

    def signed(self, case, claims, more_header=None):
        name = case.get("key", "issuer")
        header = case.get("header", {}) | (more_header or {})
        if "kid" in case:
            kids = {"none": None, "issuer": self.issuer_jwk()["kid"]}
            header = {"kid": kids.get(case["kid"], case["kid"])} | header
        if name == "issuer":
            # A member can be replaced there, not taken away.
            return self.reheaded(claims, header) if None in header.values() else self.aws.issue_token(claims, header)
        algorithm = case.get("algorithm", first_algorithm(name))
        whole = patched({"typ": "JWT", "alg": algorithm, "kid": name}, header)
        signed = f"{part(whole)}.{part(claims)}"
        return f"{signed}.{encode(signature(name, algorithm, signed))}"

    def reheaded(self, claims, header):
        key = self.aws._issuer_keys.current()
        signed = f"{part(patched({'typ': 'JWT', 'alg': 'RS256', 'kid': key.key_id}, header))}.{part(claims)}"
        made = key._private.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{encode(made)}"


def with_subject(tokens, token, case):
    header, claims, made = token.split(".")
    return f"{header}.{part(json.loads(decode(claims)) | {'sub': 'repo:example-org/other:ref:refs/heads/main'})}.{made}"


def with_header(tokens, token, case):
    header, claims, made = token.split(".")
    return f"{part(json.loads(decode(header)) | {'typ': 'at+jwt'})}.{claims}.{made}"


def with_signature(change):
    def alter(tokens, token, case):
        signed, _, made = token.rpartition(".")
        return f"{signed}.{encode(change(decode(made)))}"

    return alter


def with_last_character(tokens, token, case):
    # The last of 342 characters holds two bits; the other four are zero.
    assert token[-1] in "AQgw"
    return token[:-1] + chr(ord(token[-1]) + 1)


def with_signature_of_another(tokens, token, case):
    other = tokens.build({name: what for name, what in case.items() if name != "altered"})
    return f"{token.rpartition('.')[0]}.{other.rpartition('.')[2]}"


def hs256_with_the_public_key(tokens, token, case):
    _, claims, _ = token.split(".")
    public = tokens.issuer_jwk()
    signed = f"{part({'alg': 'HS256', 'kid': public['kid']})}.{claims}"
    return f"{signed}.{encode(hmac.digest(json.dumps(public).encode(), signed.encode(), 'sha256'))}"


def with_key_in_the_header(tokens, token, case):
    claims = json.loads(decode(token.split(".")[1]))
    return tokens.signed(case, claims, {"jwk": jwk(case["key"]), "jku": "https://example.com/jwks"})


def in_der(made):
    size = len(made) // 2
    return encode_dss_signature(int.from_bytes(made[:size]), int.from_bytes(made[size:]))


ALTERATIONS = {
    "subject": with_subject,
    "header": with_header,
    "signature": with_signature(lambda made: made[:-1] + bytes([made[-1] ^ 1])),
    "last character": with_last_character,
    "no signature": with_signature(lambda made: b""),
    "signature of another": with_signature_of_another,
    "zeros": with_signature(lambda made: bytes(len(made))),
    "der": with_signature(in_der),
    "padding": lambda tokens, token, case: token + "==",
    "hs256 with the public key": hs256_with_the_public_key,
    "key in the header": with_key_in_the_header,
}


# --- the cases ----------------------------------------------------------------------------------------------


@pytest.fixture
def tokens(aws):
    return Tokens(aws)


@pytest.fixture
def assume(api):
    sts = api.client("sts")

    def call(token, **members):
        return sts.assume_role_with_web_identity(
            **{"RoleArn": ROLE, "RoleSessionName": "job", "WebIdentityToken": token} | members
        )

    return call


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases(aws, tokens, assume, refused, case):
    (provider,) = aws.state.oidc_providers
    if "published" in case:
        provider.jwks = [jwk(name) for name in case["published"]]
    role = ROLE.replace("333333333333", case.get("account", "333333333333"))
    if "conditions" in case:
        aws.state.roles[role] = Role([TrustedProvider(provider.arn, case["conditions"])])
    aws.state.roles.setdefault(role, aws.state.roles[ROLE])
    token = tokens.build(case)
    for _ in range(case.get("rotations", 0)):
        aws.rotate_issuer_key()
    aws.clock.advance(case.get("waiting", 0))
    if case["answer"] == "ok":
        answer = assume(token, RoleArn=role)
        assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::333333333333:assumed-role/GitHubRole/job"
        assert answer["Audience"] == AUDIENCE
        return
    with refused(case["answer"], 403 if case["answer"] == "AccessDenied" else 400) as error:
        assume(token, RoleArn=role)
    said, _, more = case["message"].partition("...")
    assert error["Message"].startswith(said) if case["message"].endswith("...") else error["Message"] == said + more
    # Neither the answer nor the journal repeats what could be used again.
    assert token not in error["Message"] or len(token) < 20
    assert aws.journal.count("sts:AssumeRoleWithWebIdentity", outcome=case["answer"]) == 1
    assert not [entry for entry in aws.journal.entries() if token in str(entry)]


def test_case_names_are_unique():
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))


# --- what comes of it ---------------------------------------------------------------------------------------


@pytest.fixture
def token(tokens):
    return tokens.build({})


def test_what_a_token_gives(api, assume, token):
    answer = assume(token)
    assert answer["SubjectFromWebIdentityToken"] == "repo:example-org/site:ref:refs/heads/main"
    assert answer["Provider"].endswith(":oidc-provider/token.actions.githubusercontent.com")
    identity = api.sts(answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::333333333333:assumed-role/GitHubRole/job"
    (entry,) = api.aws.journal.entries()[:1]
    assert (entry.operation, entry.caller) == ("AssumeRoleWithWebIdentity", answer["SubjectFromWebIdentityToken"])


def test_a_chain_of_two_links_behind_the_token(api, assume, token):
    first = api.sts(assume(token)["Credentials"])
    second = first.assume_role(RoleArn=RELEASE_ROLE, RoleSessionName="job")
    identity = api.sts(second["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::222222222222:assumed-role/GitHubReleaseRole/job"


def test_the_second_role_is_not_for_tokens(api, assume, refused, token):
    api.aws.state.oidc_providers.append(OidcProvider("222222222222", GitHubJob().claims("", 0)["iss"], [AUDIENCE]))
    with refused("AccessDenied", 403):
        assume(token, RoleArn=RELEASE_ROLE)


def test_after_a_rotation_new_tokens_are_good(aws, assume, tokens):
    kid = aws.rotate_issuer_key()
    token = tokens.build({})
    assert json.loads(decode(token.partition(".")[0]))["kid"] == kid
    assert assume(token)


def test_another_provider_is_not_trusted(api, assume, refused, tokens):
    issuer = "https://other.example.com"
    api.aws.state.oidc_providers.append(OidcProvider("333333333333", issuer, [AUDIENCE], [jwk("rsa")]))
    with refused("AccessDenied", 403):
        assume(tokens.build({"key": "rsa", "claims": {"iss": issuer}}))


def test_unknown_role(assume, refused, token):
    with refused("AccessDenied", 403):
        assume(token, RoleArn="arn:aws:iam::333333333333:role/NoSuchRole")


@pytest.mark.parametrize(
    "members",
    [{"DurationSeconds": 899}, {"DurationSeconds": 3601}, {"RoleSessionName": "a b"}],
)
def test_parameters(assume, refused, token, members):
    with refused("ValidationError"):
        assume(token, **members)


def test_an_identity_provider_that_cannot_be_reached(api, assume, refused, token):
    api.aws.faults.add("sts:AssumeRoleWithWebIdentity", code="IDPCommunicationError", status=400, times=1)
    with refused("IDPCommunicationError") as error:
        assume(token)
    assert error["kind"] == "IDPCommunicationErrorException"
    assert assume(token)
