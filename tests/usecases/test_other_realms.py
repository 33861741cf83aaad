from pathlib import Path

import pytest

from atmos_auth.delivery.aws_files import AwsFiles
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.host.paths import Paths
from atmos_auth.stores.notices import Notices
from atmos_auth.testing import NOW, FakeClock, aws_credentials, chain
from atmos_auth.usecases.other_realms import OtherRealms


def chain_to(name: str, provider: str = "portal"):
    return chain(
        Link(provider, PROVIDER, "aws/iam-identity-center", {}), Link(name, IDENTITY, "aws/permission-set", {})
    )


DEV = chain_to("dev")


class Desk:
    def __init__(self, home: Path) -> None:
        self.paths = Paths({"HOME": str(home)})
        self.clock = FakeClock()
        self.warnings: list[str] = []

    def deliver(self, realm: str, to=DEV, **fields) -> None:
        files = AwsFiles(self.paths.in_realm(realm), clock=self.clock, config_directory="")
        files.write(to, aws_credentials(**fields))

    def in_realm(self, realm: str) -> OtherRealms:
        notices = Notices(self.paths.notices)
        return OtherRealms(self.paths.in_realm(realm), clock=self.clock, notices=notices, warn=self.warnings.append)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_where_no_realm_holds_anything_nothing_is_said(desk):
    desk.deliver("acme", chain_to("another"))
    desk.deliver("acme", expires_at=NOW - 1)
    desk.in_realm("").point_out(DEV)
    assert desk.in_realm("").words(DEV) == []
    assert desk.warnings == []


def test_the_realms_that_hold_it_are_named_whatever_the_provider_and_the_case(desk):
    desk.deliver("acme")
    desk.deliver("zeta", chain_to("DEV", "elsewhere"))
    desk.deliver("")
    assert desk.in_realm("mine").holding(DEV) == ["", "acme", "zeta"]
    assert desk.in_realm("acme").holding(DEV) == ["", "zeta"]
    first, way = desk.in_realm("mine").words(DEV)
    assert first == (
        'identity "dev" has credentials without a realm and in realm "acme" and in realm "zeta", '
        'but none in realm "mine"'
    )
    assert "no `auth.realm`, and no ATMOS_AUTH_REALM" in way


def test_it_is_said_once_and_again_when_there_is_something_new_to_say(desk):
    desk.deliver("acme")
    for _ in range(2):
        desk.in_realm("").point_out(DEV)
    assert len(desk.warnings) == 1
    assert 'identity "dev" has credentials in realm "acme", but none without a realm' in desk.warnings[0]
    assert "ATMOS_AUTH_REALM=acme" in desk.warnings[0]
    desk.deliver("beta")
    desk.in_realm("").point_out(DEV)
    desk.in_realm("gamma").point_out(DEV)
    assert len(desk.warnings) == 3
