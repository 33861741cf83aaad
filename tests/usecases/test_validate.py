import pytest

from atmos_auth.domain import errors
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.usecases.validate import validate

PORTAL = """\
providers:
  portal:
    kind: aws/iam-identity-center
    region: us-east-1
    start_url: https://x.awsapps.com/start
"""
ROLE = 'principal: { assume_role: "arn:aws:iam::123456789012:role/R" }'
GOOD = (
    PORTAL
    + """\
identities:
  base:
    kind: aws/permission-set
    via: { provider: portal }
    principal: { name: Admin, account: { name: dev } }
  role:
    kind: aws/assume-role
    via: { identity: base }
    """
    + ROLE
    + "\n"
)


@pytest.fixture
def check(catalog_of, resolver_of):
    def make(auth):
        catalog = catalog_of(auth)
        return validate(catalog, resolver_of(catalog))

    return make


def places(failures):
    return [(failure.place.line, failure.place.column) for failure in failures]


def test_a_good_configuration_has_no_findings(check):
    assert check(GOOD) == ((), ())


@pytest.mark.parametrize(
    "auth",
    ["", "realm: acme\n", "providers: {}\nidentities: {}\n", "console: { isolated: true }\n", "delivery: endpoint\n"],
)
def test_there_need_not_be_anything(check, auth):
    assert check(auth) == ((), ())


WRONG_ARN = """\
identities:
  a:
    kind: aws/assume-role
    via: { identity: b }
    principal:
      assume_role: R
  b: { kind: aws/ambient }
"""

# Lines count from 1, and `auth:` is the first; each entry is indented by two more columns.
BROKEN = {
    "a way to deliver that is none": ("delivery: fax\n", InvalidSetting, 'delivery is "fax"', [(2, 13)]),
    "a general setting is wrong": ("realm: BIG\n", InvalidSetting, "realm is", [(2, 10)]),
    "consoles open in a way that is none": (
        "console: { isolated: maybe }\n",
        InvalidSetting,
        "console.isolated is",
        [(2, 24)],
    ),
    "a log level is wrong": ("logs:\n  level: Loud\n", InvalidSetting, "log level", [(3, 12)]),
    "a section is no mapping": ("providers: [a]\n", InvalidSetting, "providers", [(2, 3)]),
    "a kind is missing": ("identities:\n  a: { default: true }\n", errors.ConfigError, "kind is required", [(3, 5)]),
    "a kind is unknown": ("identities:\n  a: { kind: nope }\n", errors.UnknownKind, "unsupported", [(3, 16)]),
    "a kind is in the wrong section": (
        "providers:\n  a:\n    kind: aws/assume-role\n",
        errors.UnknownKind,
        "unsupported provider kind",
        [(4, 13)],
    ),
    "a value is wrong": (
        PORTAL.replace("us-east-1", "mars"),
        InvalidSetting,
        "is not an AWS region",
        [(5, 15)],
    ),
    "a setting is missing": (
        PORTAL.replace("    start_url: https://x.awsapps.com/start\n", ""),
        InvalidSetting,
        "start_url is required",
        [(4, 7)],
    ),
    "a provider does not exist": (
        f"identities:\n  a:\n    kind: aws/assume-role\n    via:\n      provider: p\n    {ROLE}\n",
        errors.UnknownReference,
        'provider "p" does not exist',
        [(6, 19)],
    ),
    "an identity does not exist": (
        f"identities:\n  a:\n    kind: aws/assume-role\n    via:\n      identity: b\n    {ROLE}\n",
        errors.UnknownReference,
        'identity "b" does not exist',
        [(6, 19)],
    ),
    "links do not meet": (
        PORTAL + f"identities:\n  a:\n    kind: aws/assume-role\n    via: {{ provider: portal }}\n    {ROLE}\n",
        errors.LinksDoNotMeet,
        "needs .*, but .* gives",
        [(8, 5)],
    ),
    "a part of principal is wrong": (
        WRONG_ARN,
        errors.InvalidPrincipal,
        "is not the ARN",
        [(7, 22)],
    ),
}


@pytest.mark.parametrize(("auth", "failure", "words", "where"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_said_with_line_and_column(check, auth, failure, words, where):
    findings = check(auth)
    assert places(findings.errors) == where
    with pytest.raises(failure, match=words):
        raise findings.errors[0]
    assert findings.warnings == ()


def test_a_bridge_between_links_that_do_not_meet_is_proposed(check):
    auth, *_ = BROKEN["links do not meet"]
    (error,) = check(auth).errors
    assert error.hints == ("put an identity of kind aws/permission-set in between",)
    assert error.exit_code == 2


def test_a_cycle_is_found_from_every_side(check):
    auth = "identities:\n" + "".join(
        f"  {name}:\n    kind: aws/assume-role\n    via: {{ identity: {other} }}\n    {ROLE}\n"
        for name, other in (("a", "b"), ("b", "a"))
    )
    findings = check(auth)
    assert findings.errors
    assert all(isinstance(error, errors.ChainCycle) for error in findings.errors)
    assert all(error.place for error in findings.errors)


def test_a_fault_is_told_once_however_many_chains_go_through_it(check):
    auth = GOOD.replace("provider: portal", "provider: gone") + "".join(
        f"  r{n}:\n    kind: aws/assume-role\n    via: {{ identity: base }}\n    {ROLE}\n" for n in range(5)
    )
    (error,) = [e for e in check(auth).errors if isinstance(e, errors.UnknownReference)]
    assert 'provider "gone"' in error.message


def test_findings_come_in_the_order_of_their_places(check):
    auth = "identities:\n  z: { kind: nope }\n  a: { kind: nope }\nproviders:\n  p: { kind: nope }\n"
    found = places(check(auth).errors)
    assert found == sorted(found)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("auth", "where", "hint"),
    [
        ("provider: {}\n", [(2, 3)], 'did you mean "providers"?'),
        (PORTAL + "    start_ulr: x\n", [(7, 5)], 'did you mean "start_url"?'),
        ("identities:\n  a:\n    kind: ambient\n    of_tomorrow: 1\n", [(5, 5)], None),
    ],
)
def test_what_is_not_known_is_a_warning_with_a_suggestion(check, auth, where, hint):
    findings = check(auth)
    assert findings.errors == ()
    assert [(place[0]) for place in places(findings.warnings)] == [line for line, _ in where]
    assert hint is None or findings.warnings[0].hints == (hint,)


def test_every_message_says_what_is_expected_or_how_to_mend_it(check):
    for name, (auth, *_) in BROKEN.items():
        for error in check(auth).errors:
            assert error.hints or "not" in error.message, name


def test_a_wrong_secret_is_not_shown(check):
    auth = "identities:\n  a:\n    kind: ambient\n    env:\n      - { key: API_KEY, value: [t0ps3cret] }\n"
    (error,) = check(auth).errors
    assert "t0ps3cret" not in "".join((error.message, *error.details, *error.hints))


FOLLOWING = """\
integrations:
  it:
    kind: aws/ecr
    via: { identity: role }
    spec: { registry: { account_id: "123456789012", region: us-east-1 } }
"""


def test_an_integration_that_follows_something_has_no_findings(check):
    assert check(GOOD + FOLLOWING) == ((), ())


@pytest.mark.parametrize(
    ("was", "wrong", "place", "complaint"),
    [
        ("identity: role", "identity: nobody", (20, 24), 'referenced identity "nobody" does not exist'),
        ("{ identity: role }", "{}", (20, 7), "must define via.identity or via.provider"),
        ("{ identity: role }", "{ identity: role, provider: portal }", (20, 7), "exactly one"),
        ("aws/ecr", "aws/acr", (19, 13), 'unsupported integration kind: "aws/acr"'),
        ('"123456789012"', "12", (21, 39), "spec.registry.account_id is"),
        ("    kind: aws/ecr\n", "", (18, 5), 'integration kind is required for "it"'),
        ("role", "plain", (20, 24), 'needs AWS credentials, but identity "plain" (ambient) gives no credential'),
    ],
)
def test_what_is_wrong_with_an_integration_is_named_with_its_place(check, was, wrong, place, complaint):
    findings = check(GOOD + "  plain: { kind: ambient }\n" + FOLLOWING.replace(was, wrong))
    (error,) = findings.errors
    assert complaint in error.message
    assert places([error]) == [place]


def test_integrations_are_a_mapping(check):
    (error,) = check(GOOD + "integrations: [it]\n").errors
    assert places([error]) == [(16, 3)]


def test_an_integrations_typing_error_is_noticed(check):
    findings = check(GOOD + FOLLOWING.replace("spec: {", "spec: { auto_provison: false,"))
    assert findings.errors == ()
    assert findings.warnings[0].hints == ('did you mean "auto_provision"?',)
