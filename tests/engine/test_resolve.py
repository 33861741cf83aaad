import pytest

from atmos_auth.domain import errors
from atmos_auth.engine.resolve import Resolver

KEY = bytes(32)
CHAIN = """
    providers:
      portal: { kind: aws/iam-identity-center, region: us-east-1, start_url: "https://x.awsapps.com/start" }
    identities:
      base:
        kind: aws/permission-set
        via: { provider: PORTAL }
        principal: { name: Admin, account: { name: dev } }
      Role:
        kind: aws/assume-role
        via: { identity: BASE }
        principal: { assume_role: "arn:aws:iam::123456789012:role/R" }
"""


@pytest.fixture
def resolver_of(catalog_of):
    def make(auth, *, environ=None, realm=""):
        return Resolver(catalog_of(auth), realm=realm, key=lambda: KEY, environ=environ or {})

    return make


def test_via_is_followed_to_the_root_in_any_case_and_names_are_as_written(resolver_of):
    chain = resolver_of(CHAIN).identity("role")
    assert str(chain) == "portal -> base -> Role"
    assert [link.role for link in chain.links] == ["provider", "identity", "identity"]
    assert len(set(chain.fingerprints)) == 3


def test_every_prefix_has_the_fingerprint_it_has_by_itself(resolver_of):
    resolver = resolver_of(CHAIN)
    assert resolver.identity("role").fingerprints[:2] == resolver.identity("base").fingerprints
    assert resolver.identity("base").fingerprints[:1] == resolver.provider("portal").fingerprints


def test_the_realm_enters_the_fingerprint(resolver_of):
    assert resolver_of(CHAIN).identity("role").fingerprint != resolver_of(CHAIN, realm="x").identity("role").fingerprint


@pytest.mark.parametrize(
    ("auth", "failure", "words", "line"),
    [
        ("identities:\n  a: { via: { provider: p } }\n", errors.InvalidSetting, 'kind is required for "a"', 3),
        ("identities:\n  a: { kind: nope }\n", errors.UnknownKind, 'unsupported identity kind: "nope"', 3),
        ("identities:\n  a: { kind: aws/assume-role }\n", errors.InvalidSetting, "has no via configuration", 3),
        ("identities:\n  a:\n    kind: aws/assume-role\n    via: {}\n", errors.InvalidSetting, "exactly one of", 5),
        ("identities:\n  a:\n    kind: aws/assume-role\n    via: p\n", errors.InvalidSetting, "exactly one of", 5),
        (
            "identities:\n  a:\n    kind: aws/assume-role\n    via: { provider: p, identity: b }\n",
            errors.InvalidSetting,
            "mutually exclusive",
            5,
        ),
        (
            "identities:\n  a:\n    kind: aws/assume-role\n    via: { provider: [p] }\n",
            errors.InvalidSetting,
            "exactly one of",
            5,
        ),
        (
            "identities:\n  a:\n    kind: aws/assume-role\n    via:\n      provider: p\n",
            errors.UnknownReference,
            'referenced provider "p" does not exist',
            6,
        ),
        (
            "identities:\n  a:\n    kind: aws/assume-role\n    via:\n      identity: b\n",
            errors.UnknownReference,
            'referenced identity "b" does not exist',
            6,
        ),
        (
            "identities:\n  a:\n    kind: ambient\n    via: { provider: p }\n",
            errors.InvalidSetting,
            "must not have `via`",
            5,
        ),
        (
            "identities:\n  a:\n    kind: aws/assume-role\n    via: { identity: A }\n",
            errors.ChainCycle,
            "identity cycle detected: a -> a",
            5,
        ),
    ],
)
def test_a_broken_chain_says_what_and_where(resolver_of, auth, failure, words, line):
    with pytest.raises(failure, match=words) as caught:
        resolver_of(auth).identity("a")
    assert caught.value.place.line == line
    assert caught.value.hints or "must not" in words or "exactly" in words or "mutually" in words


def test_a_longer_cycle_is_shown_whole(resolver_of):
    names = ["a", "b", "c"]
    entries = "".join(
        f"  {name}: {{ kind: aws/assume-role, via: {{ identity: {other} }} }}\n"
        for name, other in zip(names, [*names[1:], "a"], strict=True)
    )
    with pytest.raises(errors.ChainCycle, match="a -> b -> c -> a"):
        resolver_of(f"identities:\n{entries}").identity("a")


def test_an_unknown_name_is_not_a_broken_reference(resolver_of):
    with pytest.raises(errors.UnknownIdentity):
        resolver_of(CHAIN).identity("nobody")
    with pytest.raises(errors.UnknownProvider):
        resolver_of(CHAIN).provider("nobody")


def test_aws_variables_are_part_of_an_ambient_chain_only(resolver_of):
    auth = CHAIN + "      ci: { kind: aws/ambient }\n"
    one = resolver_of(auth, environ={"AWS_PROFILE": "x", "HOME": "/a"})
    other = resolver_of(auth, environ={"AWS_PROFILE": "y", "HOME": "/a"})
    elsewhere = resolver_of(auth, environ={"AWS_PROFILE": "x", "HOME": "/b"})
    assert one.identity("ci").fingerprint != other.identity("ci").fingerprint
    assert one.identity("ci").fingerprint == elsewhere.identity("ci").fingerprint
    assert one.identity("role").fingerprint == other.identity("role").fingerprint
