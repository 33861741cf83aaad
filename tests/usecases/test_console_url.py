import json
from typing import Any

import pytest

from atmos_auth.domain import errors
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.domain.credentials import Ambient, AwsCredentials
from atmos_auth.domain.ports import WebAnswer
from atmos_auth.testing import NOW, FakeClock, FakeWeb, RecordingLog, aws_credentials, chain
from atmos_auth.usecases.console_url import PORTAL, ConsoleUrls, Wish, opens_isolated

TOKEN = WebAnswer("", 200, json.dumps({"SigninToken": "canary-token"}))
REFUSAL = WebAnswer("", 400, "")
HOUR = 3600
ROLE = "arn:aws:sts::123456789012:assumed-role/Sample/session"


def portal(**console: Any) -> Link:
    settings: dict[str, Any] = {"region": "us-east-1", "start_url": "https://x.awsapps.com/start"}
    return Link("portal", PROVIDER, "aws/iam-identity-center", settings | ({"console": console} if console else {}))


def permission_set(**account: str) -> Link:
    principal = {"name": "Admin Access", "account": account or {"name": "development"}}
    return Link("dev", IDENTITY, "aws/permission-set", {"principal": principal})


def role(name: str = "prod") -> Link:
    return Link(name, IDENTITY, "aws/assume-role", {"principal": {"assume_role": "arn:aws:iam::123456789012:role/A"}})


DEV = chain(portal(), permission_set())
PROD = chain(portal(), permission_set(), role())
SAML = chain(Link("okta", PROVIDER, "aws/saml", {}), role())
JOB = chain(Link("job", PROVIDER, "github/oidc", {}), role())
USER = chain(Link("me", IDENTITY, "aws/user", {}))
OF_USER = chain(Link("me", IDENTITY, "aws/user", {}), role())
HERE = chain(Link("here", IDENTITY, "aws/ambient", {}))
OF_HERE = chain(Link("here", IDENTITY, "aws/ambient", {}), role())
NOTHING = chain(Link("nothing", IDENTITY, "ambient", {}))


class User:
    """The kind of an IAM user with keys."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def federate(self, duration_seconds: int) -> AwsCredentials:
        self.asked.append(duration_seconds)
        arn = "arn:aws:sts::123456789012:federated-user/me"
        return aws_credentials(principal=arn, expires_at=NOW + duration_seconds)


class Desk:
    """The use case over fakes; `found` is what a chain gives."""

    def __init__(self, *answers: WebAnswer, found: Any = None, delivered: Any = None, caller: str = ROLE) -> None:
        self.web = FakeWeb(*(answers or (TOKEN,)))
        self.log = RecordingLog()
        self.user = User()
        self.obtained: list[str] = []
        self._found = found or aws_credentials()
        self.urls = ConsoleUrls(
            obtain=self._obtain,
            delivered=lambda _: delivered,
            caller=lambda _: (caller, "210987654321"),
            build=lambda _: self.user,
            web=lambda: self.web,
            log=lambda: self.log,
            clock=FakeClock(),
        )

    def _obtain(self, of: Chain) -> Any:
        self.obtained.append(of.tip.name)
        return self._found

    def make(self, of: Chain = DEV, *wishes: Any, **wish: Any) -> Any:
        return self.urls.make(of, Wish(*wishes, **wish))

    @property
    def durations(self) -> list[str | None]:
        return [dict(request.form).get("SessionDuration") for request in self.web.requests]


def test_an_address_and_what_is_to_be_said_of_it():
    desk = Desk()
    made = desk.make()
    assert made.url == (
        "https://signin.aws.amazon.com/federation?Action=login&Issuer=atmos"
        "&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-west-1"
        "&SigninToken=canary-token"
    )
    assert made[1:] == (
        "dev",
        "portal",
        "https://console.aws.amazon.com/console/home?region=eu-west-1",
        "123456789012",
        HOUR,
        NOW + HOUR,
        (),
    )
    assert desk.durations == ["3600"]
    assert {"canary-token", made.url} <= set(desk.log.hidden)
    assert "canary" not in repr(made)


# --- for how long -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("of", "sent"), [(DEV, "7200"), (SAML, "7200"), (JOB, "7200"), (PROD, None), (OF_USER, None)])
def test_the_duration_is_sent_where_aws_takes_it(of, sent):
    desk = Desk()
    made = desk.make(of, duration="2h")
    assert desk.durations == [sent]
    assert made.session_seconds == (2 * HOUR if sent else HOUR)
    assert [("AWS takes no console session duration" in remark) for remark in made.remarks] == ([] if sent else [True])


@pytest.mark.parametrize("of", [HERE, OF_HERE])
def test_where_it_is_not_known_it_is_tried(of):
    taken = Desk().make(of, duration="2h")
    assert (taken.session_seconds, taken.remarks) == (2 * HOUR, ())
    desk = Desk(REFUSAL, TOKEN)
    refused = desk.make(of, duration="2h")
    assert desk.durations == ["7200", None]
    assert refused.session_seconds == HOUR
    assert "for these credentials: the session ends with the credentials" in refused.remarks[0]


def test_nobody_who_did_not_ask_is_told_of_durations():
    assert Desk().make(PROD).remarks == ()
    asked = chain(portal(session_duration="8h"), permission_set(), role())
    assert len(Desk().make(asked).remarks) == 1


@pytest.mark.parametrize(("flag", "sent"), [(None, "28800"), ("30m", "1800"), (7200, "7200")])
def test_the_flag_wins_over_the_providers_setting(flag, sent):
    desk = Desk()
    desk.make(chain(portal(session_duration="8h"), permission_set()), duration=flag)
    assert desk.durations == [sent]


@pytest.mark.parametrize(
    ("written", "sent", "word"),
    [
        ("1s", "900", "15m, the shortest"),
        ("899", "900", "15m"),
        ("43201", "43200", "12h, the longest"),
        ("7d", "43200", "12h"),
    ],
)
def test_a_duration_out_of_bounds_is_cut(written, sent, word):
    desk = Desk()
    (remark,) = desk.make(duration=written).remarks
    assert desk.durations == [sent]
    assert written in remark
    assert word in remark


@pytest.mark.parametrize("written", ["", "x", "0", "-1h", "1 h"])
def test_a_duration_that_is_none(written):
    desk = Desk()
    with pytest.raises(errors.UsageError, match="invalid duration") as caught:
        desk.make(duration=written)
    assert caught.value.hints
    assert desk.obtained == []
    with pytest.raises(errors.InvalidSetting, match=r"console\.session_duration: invalid duration"):
        desk.make(chain(portal(session_duration=written or "x"), permission_set()))


def test_credentials_without_an_end():
    made = Desk(found=aws_credentials(expires_at=None)).make(PROD)
    assert (made.session_seconds, made.expires_at) == (None, None)


# --- as whom ------------------------------------------------------------------------------------------------


def test_a_user_is_federated_for_the_duration():
    desk = Desk()
    made = desk.make(USER, duration="2h")
    assert desk.user.asked == [2 * HOUR]
    assert desk.durations == [None]
    assert (made.session_seconds, made.remarks, made.provider) == (2 * HOUR, (), "aws-user")
    assert desk.obtained == [], "a session of a user would be of no use"


def test_what_the_environment_gives_is_asked_who_it_is():
    made = Desk(found=aws_credentials(principal=None, account_id=None)).make(HERE)
    assert made.account == "210987654321"


@pytest.mark.parametrize(
    ("of", "found", "what"),
    [
        (NOTHING, Ambient(), "gives no credential of its own"),
        (HERE, aws_credentials(session_token=None, expires_at=None), "gives long-lived keys"),
        (HERE, aws_credentials(principal="arn:aws:iam::123456789012:user/me"), "a session of arn:aws:iam::1234"),
        (PROD, aws_credentials(principal="arn:aws:iam::123456789012:root"), "a session of arn:aws:iam::1234"),
    ],
)
def test_credentials_that_cannot_sign_in_are_not_sent(of, found, what):
    desk = Desk(found=found)
    with pytest.raises(errors.AuthenticationFailed, match=what) as caught:
        desk.make(of)
    assert caught.value.hints
    assert desk.web.requests == []


def test_a_user_that_aws_names_cannot_sign_in():
    desk = Desk(found=aws_credentials(principal=None), caller="arn:aws:iam::123456789012:user/me")
    with pytest.raises(errors.AuthenticationFailed, match="only roles and federated users"):
        desk.make(HERE)


def test_a_refusal_says_how_to_get_new_credentials():
    with pytest.raises(errors.AccessDenied) as caught:
        Desk(REFUSAL, REFUSAL).make(DEV)
    assert caught.value.hints == ("get new ones: atmos auth login --identity dev",)


# --- where --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "endpoint", "page"),
    [
        ({"region": None, "principal": None}, "https://signin.aws.amazon.com", "https://console.aws.amazon.com/"),
        (
            {"region": "us-gov-west-1", "principal": None},
            "https://signin.amazonaws-us-gov.com",
            "https://console.amazonaws-us-gov.com/console/home?region=us-gov-west-1",
        ),
        (
            {"region": None, "principal": ROLE.replace(":aws:", ":aws-cn:")},
            "https://signin.amazonaws.cn",
            "https://console.amazonaws.cn/",
        ),
        (
            {"region": "eusc-de-east-1", "principal": None},
            "https://eusc-de-east-1.signin.amazonaws-eusc.eu",
            "https://console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
        ),
        (
            {"endpoint_url": "http://127.0.0.1:8765/"},
            "http://127.0.0.1:8765",
            "https://console.aws.amazon.com/console/home?region=eu-west-1",
        ),
    ],
)
def test_each_partition_has_its_hosts(found, endpoint, page):
    desk = Desk(found=aws_credentials(**found))
    made = desk.make(PROD)
    assert made.url.startswith(f"{endpoint}/federation?")
    assert desk.web.requests[0].url == f"{endpoint}/federation"
    assert made.destination == page


def test_nobody_signs_in_for_a_page_that_there_is_not():
    desk = Desk()
    for wrong in ("s33", "https://example.com/"):
        with pytest.raises(errors.UsageError):
            desk.make(DEV, wrong)
    assert desk.obtained == []


# --- through the portal -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start_url", ["https://x.awsapps.com/start", "https://x.awsapps.com/start/", "https://x.awsapps.com/start/#/"]
)
def test_the_portals_shortcut(start_url):
    root = portal()
    root = root._replace(settings={**root.settings, "start_url": start_url})
    desk = Desk()
    made = desk.make(chain(root, permission_set(id="111122223333")), via=PORTAL)
    assert made.url == "https://x.awsapps.com/start/#/console?account_id=111122223333&role_name=Admin+Access"
    assert (made.session_seconds, made.expires_at, made.account) == (None, None, "111122223333")
    assert (desk.obtained, desk.web.requests) == ([], [])


def test_an_account_that_is_known_is_not_looked_up():
    desk = Desk(delivered=aws_credentials(expires_at=NOW - 1))
    assert desk.make(DEV, via=PORTAL).account == "123456789012"
    assert desk.obtained == []
    assert Desk().make(DEV, via=PORTAL).account == "123456789012"


def test_the_shortcut_leads_to_a_page():
    made = Desk().make(DEV, "elb", via=PORTAL)
    page = "https%3A%2F%2Fconsole.aws.amazon.com%2Fec2%2Fv2%2Fhome%3Fregion%3Dus-east-1%23LoadBalancers"
    assert made.url.endswith(f"&destination={page}")


@pytest.mark.parametrize("of", [PROD, SAML, USER, HERE, NOTHING])
def test_only_a_permission_set_has_a_shortcut(of):
    desk = Desk()
    with pytest.raises(errors.UsageError, match="--via portal needs a permission set"):
        desk.make(of, via=PORTAL)
    assert desk.obtained == []


def test_without_an_account_there_is_no_shortcut():
    with pytest.raises(errors.InvalidSetting, match="does not say in which account"):
        Desk(found=aws_credentials(account_id=None)).make(DEV, via=PORTAL)


# --- settings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "isolated"),
    [
        ("realm: x", False),
        ("console: {}", False),
        ("console: { isolated: true }", True),
        ("console: { isolated_sessions: true }", True),
        ("console: { isolated: false, isolated_sessions: true }", True),
        ("console: { isolated: false }", False),
    ],
)
def test_isolation_by_either_name(catalog_of, written, isolated):
    assert opens_isolated(catalog_of(written)) is isolated


@pytest.mark.parametrize("word", ["perhaps", "1", "[]"])
def test_isolation_is_true_or_false(catalog_of, word):
    with pytest.raises(errors.InvalidSetting, match="not true or false") as caught:
        opens_isolated(catalog_of(f"console: {{ isolated: {word} }}"))
    assert caught.value.place is not None
