import pytest

from atmos_auth.delivery.profiles_at_once import ProfilesAtOnce
from atmos_auth.domain.chain import Chain
from atmos_auth.domain.errors import StoreError
from atmos_auth.testing import NOW, aws_credentials
from atmos_auth.usecases.listing import listing

AUTH = """
    providers:
      portal: { kind: aws/iam-identity-center, region: us-east-1 }
    identities:
      zeta: { kind: aws/permission-set, via: { provider: PORTAL } }
      Alpha: { kind: aws/assume-role, via: { identity: zeta }, session: { token: t0ps3cret } }
      alone: { kind: aws/user, via: { provider: portal } }
"""


def nothing(chain: Chain) -> None:
    return None


def standing(entries) -> dict[str, tuple[str | None, tuple[str, str] | None]]:
    return {entry.name: (entry.problem, entry.blocked_by) for entry in entries if entry.problem}


@pytest.fixture
def listed(catalog_of, resolver_of):
    """List a configuration as the product does; `stored` is what was delivered for a chain."""

    def of(auth: str, stored=nothing):
        catalog = catalog_of(auth)
        return listing(catalog, chain_of=resolver_of(catalog).identity, stored=stored)

    return of


def test_providers_come_first_then_identities_each_sorted(listed):
    assert [(entry.role, entry.name, entry.kind, entry.parent) for entry in listed(AUTH)] == [
        ("provider", "portal", "aws/iam-identity-center", None),
        ("identity", "alone", "aws/user", None),
        ("identity", "Alpha", "aws/assume-role", ("identity", "zeta")),
        ("identity", "zeta", "aws/permission-set", ("provider", "PORTAL")),
    ]


def test_the_end_of_what_was_delivered_is_told(listed):
    delivered = {"zeta": aws_credentials(), "alone": aws_credentials()._replace(expires_at=None)}
    entries = listed(AUTH, lambda chain: delivered.get(chain.tip.name))
    assert {entry.name: (entry.delivered, entry.expires_at) for entry in entries} == {
        "portal": (False, None),
        "Alpha": (False, None),
        "alone": (True, None),
        "zeta": (True, NOW + 3600),
    }


def test_every_identity_is_looked_up_by_its_own_chain(catalog_of, resolver_of):
    catalog = catalog_of(AUTH)
    resolver = resolver_of(catalog)
    seen = []
    listing(catalog, chain_of=resolver.identity, stored=seen.append)
    assert {chain.tip.name: chain for chain in seen} == {
        name: resolver.identity(name) for name in ("Alpha", "alone", "zeta")
    }


BROKEN = """
    providers:
      good: { kind: aws/iam-identity-center, region: us-east-1, start_url: "https://x.awsapps.com/start" }
      odd: { kind: aws/iam-identity-centre, region: !env REGION, password: !env NAME }
      text: just text
    identities:
      sound: { kind: aws/permission-set, via: { provider: good } }
      behind-odd: { kind: aws/permission-set, via: { provider: odd } }
      far-behind-odd: { kind: aws/assume-role, via: { identity: behind-odd } }
      lost: { kind: aws/assume-role, via: { provider: gone } }
      kindless: { via: { identity: sound } }
      behind-kindless: { kind: aws/assume-role, via: { identity: KINDLESS } }
      torn: { kind: aws/assume-role, via: { provider: good, identity: sound } }
      nowhere: { kind: aws/assume-role }
      a: { kind: aws/assume-role, via: { identity: b } }
      b: { kind: aws/assume-role, via: { identity: a } }
      hanger: { kind: aws/assume-role, via: { identity: b } }
      "no]name": { kind: aws/user }
      failing: { kind: aws/user, alias: seen, tags: [x], region: !exec "exit 3" }
"""


def test_each_entry_tells_its_own_fault_or_whose_it_is(listed):
    entries = listed(BROKEN)
    assert len(entries) == 16
    faults = standing(entries)
    assert {name for name, (_, blocked) in faults.items() if blocked is None} == {
        "odd", "text", "lost", "kindless", "torn", "nowhere", "a", "b", "no]name", "failing",
    }  # fmt: skip
    assert {name: blocked for name, (_, blocked) in faults.items() if blocked} == {
        "behind-odd": ("provider", "odd"),
        "far-behind-odd": ("provider", "odd"),
        "behind-kindless": ("identity", "kindless"),
        "hanger": ("identity", "b"),
    }
    assert faults["a"][0] == faults["b"][0] == "identity cycle detected: a -> b -> a"
    assert faults["lost"][0].endswith('referenced provider "gone" does not exist')
    assert "mutually exclusive" in faults["torn"][0]
    assert "has no via" in faults["nowhere"][0]
    assert "must be a mapping of settings, not text" in faults["text"][0]
    assert "exit code 3" in faults["failing"][0]


def test_what_a_broken_entry_says_is_shown_as_far_as_it_can_be_read(listed):
    (failing,) = (entry for entry in listed(BROKEN) if entry.name == "failing")
    assert failing.settings == {"kind": "aws/user", "alias": "seen", "tags": ["x"], "region": "!exec"}


def test_a_function_runs_once_however_many_hang_from_it(listed, tmp_path):
    count = tmp_path / "count"
    children = "".join(f"\n      c{n}: {{ kind: aws/permission-set, via: {{ provider: p }} }}" for n in range(5))
    listed(f"""
    providers:
      p: {{ kind: aws/iam-identity-center, region: !exec "echo x >>{count}; echo eu-west-1" }}
    identities:{children}
""")
    assert count.read_text() == "x\n"


def test_a_file_that_cannot_be_read_is_told_and_hides_nothing(listed):
    def stored(chain: Chain):
        if chain.tip.name == "zeta":
            raise StoreError("cannot read the file")

    assert standing(listed(AUTH, stored)) == {"zeta": ("cannot read the file", None)}


def test_a_secret_variable_is_masked(listed):
    variables = "[{ key: API_TOKEN, value: t0ps3cret }, { key: TEAM, value: x }]"
    (entry,) = listed(f"identities:\n  a:\n    kind: ambient\n    env: {variables}\n")
    assert "t0ps3cret" not in repr(entry)
    assert entry.settings["env"][1] == {"key": "TEAM", "value": "x"}


def test_a_secret_from_a_function_is_masked(listed):
    (entry,) = listed("identities:\n  a:\n    kind: aws/user\n    credentials: { secret_access_key: !exec echo hu }\n")
    assert entry.settings["credentials"] == {"secret_access_key": "***REDACTED***"}


def test_a_thousand_identities_read_each_file_once(listed, tmp_path):
    reads = []

    class Locations:
        def __call__(self, chain: Chain):
            from atmos_auth.delivery.aws_files import ProfileLocation

            reads.append(chain.tip.name)
            return ProfileLocation(chain.tip.name, str(tmp_path / "credentials"), "")

    identities = "".join(f"\n      i{n}: {{ kind: aws/user }}" for n in range(1000))
    profiles = ProfilesAtOnce(Locations())
    assert len(listed(f"identities:{identities}", profiles.read)) == 1000
    assert len(reads) == 1000
    assert len(profiles._files) == 1
