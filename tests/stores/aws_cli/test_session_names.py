import pytest

from atmos_auth.stores.aws_cli.session_names import names_of
from atmos_auth.testing import sso_token

TOKEN = sso_token()
URL = TOKEN.start_url


@pytest.fixture
def names(home):
    def read(config: str | None, environ: dict[str, str] | None = None) -> list[str]:
        if config is not None:
            (home / ".aws").mkdir(exist_ok=True)
            (home / ".aws" / "config").write_text(config)
        return list(names_of(str(home), environ or {})(TOKEN))

    return read


def section(name: str, url: str = URL, region: str = "us-east-1") -> str:
    return f"[{name}]\nsso_start_url = {url}\nsso_region={region}\n"


def test_without_a_configuration_it_is_the_portals_address(names):
    assert names(None) == [URL]


def test_every_session_of_the_portal_is_named(names):
    text = section("sso-session one") + section("sso-session other", "https://x.awsapps.com/start")
    assert names(text + section('sso-session "two words"')) == [URL, "one", "two words"]


def test_a_session_of_another_region_is_not(names):
    assert names(section("sso-session one", region="eu-west-1")) == [URL]


def test_an_address_may_be_spelled_otherwise(names):
    """And a profile without a session is looked up by just that spelling."""
    text = section("sso-session one", f"{URL}/#/") + section("profile older", f"{URL}/") + section("default", f"{URL}#")
    assert names(text) == [URL, "one", f"{URL}/", f"{URL}#"]


def test_the_file_that_the_environment_names_is_read_too(names, home):
    (home / "mine").write_text(section("sso-session mine"))
    assert names(section("sso-session usual"), {"AWS_CONFIG_FILE": "~/mine"}) == [URL, "usual", "mine"]


@pytest.mark.parametrize(
    "text",
    [
        "sso_start_url = x\n",
        "[sso-session\n",
        "[sso-session 'one]\nsso_start_url=x\n",
        "[sso-session]\n" + section("sso-session a b"),
        "[sso-session x]\nsso_region=us-east-1\n",
        "[sso-session x]\nsso_start_url\nsso_region\n",
        "[sso-session x]\nsso_start_url = %(y)s\nsso_region=us-east-1\n",
        f"[services x]\nsso_start_url = {URL}\nsso_region = us-east-1\n",
        "[DEFAULT]\nsso_region = us-east-1\n",
        "\x00\x01",
    ],
)
def test_what_cannot_be_understood_names_nothing(names, text):
    assert names(text) == [URL]


def test_bytes_that_are_no_text_name_nothing(names, home):
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_bytes(b"\xff\xfe[sso-session x]")
    assert names(None) == [URL]


def test_keys_that_are_there_twice_and_comments_do_no_harm(names):
    text = (
        f"# mine\n[sso-session x]\nsso_start_url = y\nsso_start_url = {URL}\nsso_region = us-east-1\n[profile p]\na\n"
    )
    assert names(text) == [URL, "x"]
