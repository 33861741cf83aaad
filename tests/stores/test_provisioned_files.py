"""What was found at portals, on disk."""

import os
import stat

import pytest

from atmos_auth.domain.names import Assignment, named
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.host.paths import Paths
from atmos_auth.stores.provisioned_files import UNFINISHED_SECONDS, ProvisionedFiles, Unfinished

PORTAL = Portal("https://x.awsapps.com/start", "us-east-1")
NOW = 1_700_000_000.0
FOUND = Provisioned("corp", PORTAL, NOW, 1, named([Assignment("1" * 12, "dev", "Admin")]))
HALF = Unfinished(PORTAL, NOW, {"111111111111": ("Admin", "Billing"), "222222222222": ()})


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def files(environ, warnings) -> ProvisionedFiles:
    return ProvisionedFiles(Paths(environ), warn=warnings.append)


def test_what_was_found_is_found_again(files):
    assert files.read("corp", PORTAL) is None
    files.write(FOUND)
    assert files.read("corp", PORTAL) == FOUND
    assert files.providers() == ["corp"]


def test_nobody_else_can_read_it(files):
    files.write(FOUND)
    files.keep("corp", HALF)
    folder = os.path.dirname(files.path("corp"))
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    for name in os.listdir(folder):
        assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600


@pytest.mark.parametrize("portal", [PORTAL._replace(region="eu-west-1"), PORTAL._replace(start_url="https://y")])
def test_another_portals_list_is_none(files, portal, warnings):
    """Two projects may have a provider of the same name."""
    files.write(FOUND)
    assert files.read("corp", portal) is None
    assert files.layers({"corp": portal}, None) == {"corp": None}
    assert warnings == []
    assert files.read("corp", PORTAL) == FOUND


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"auth: !exec 'id'", b"[" * 100_000])
def test_a_file_that_cannot_be_understood_is_set_aside_once(files, warnings, content):
    files.write(FOUND)
    with open(files.path("corp"), "wb") as file:
        file.write(content)
    assert files.layers({"corp": PORTAL}, None) == {"corp": None}
    assert files.read("corp", PORTAL) is None
    (warning,) = warnings
    assert files.path("corp") in warning
    files.write(FOUND)
    assert files.read("corp", PORTAL) == FOUND


def test_a_path_that_is_no_file_is_a_warning(files, warnings):
    os.makedirs(files.path("corp"))
    assert files.layers({"corp": PORTAL}, None) == {"corp": None}
    assert files.path("corp") in warnings[0]


@pytest.mark.parametrize("provider", ["a/b", "..", "a\\b", "Mein Konto ☁"])
def test_writer_and_reader_mean_the_same_file_whatever_the_providers_name(files, environ, provider):
    files.write(FOUND._replace(provider=provider))
    assert files.read(provider, PORTAL).provider == provider
    assert files.path(provider).startswith(os.path.join(environ["XDG_CACHE_HOME"], "atmos", "auth", ""))
    assert files.remove(files.providers()[0])
    assert not files.exists(provider)


def test_an_unfinished_look_is_gone_on_with(files):
    files.keep("corp", HALF)
    assert files.unfinished("corp", PORTAL, NOW + 60) == HALF
    assert files.exists("corp")
    assert files.finish("corp")
    assert files.unfinished("corp", PORTAL, NOW + 60) is None


@pytest.mark.parametrize("now", [NOW + UNFINISHED_SECONDS, NOW - 1])
def test_an_unfinished_look_of_another_time_is_not(files, now):
    files.keep("corp", HALF)
    assert files.unfinished("corp", PORTAL, now) is None


def test_an_unfinished_look_at_another_portal_is_not(files):
    files.keep("corp", HALF)
    assert files.unfinished("corp", PORTAL._replace(region="eu-west-1"), NOW) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"1", b'{"roles": []}', b"\xff", b"[" * 100_000])
def test_an_unfinished_look_that_cannot_be_understood_costs_time_only(files, content, warnings):
    files.keep("corp", HALF)
    folder = os.path.dirname(files.path("corp"))
    (name,) = os.listdir(folder)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)
    assert files.unfinished("corp", PORTAL, NOW) is None
    assert warnings == []


def test_removing_leaves_nothing(files):
    assert not files.remove("corp")
    files.write(FOUND)
    files.keep("corp", HALF)
    assert files.remove("corp")
    assert not os.path.exists(os.path.dirname(files.path("corp")))
    assert files.providers() == []


def test_what_was_set_aside_goes_too(files):
    files.write(FOUND)
    with open(files.path("corp"), "wb"):
        pass
    assert files.read("corp", PORTAL) is None
    assert files.providers() == ["corp"]
    assert files.remove("corp")
    assert not os.path.exists(os.path.dirname(files.path("corp")))


def test_realms_do_not_see_each_other(environ, files):
    files.write(FOUND)
    other = ProvisionedFiles(Paths(environ, realm="acme"), warn=print)
    assert other.read("corp", PORTAL) is None
    assert other.providers() == []


def test_a_name_that_several_portals_gave_leads_to_none_by_itself(files):
    other = Portal("https://y.awsapps.com/start", "us-east-1")
    files.write(FOUND)
    more = [Assignment("2" * 12, "DEV", "Admin"), Assignment("2" * 12, "DEV", "Billing")]
    files.write(Provisioned("sub", other, NOW, 1, named(more)))
    portals = {"corp": PORTAL, "sub": other}
    assert files.shared_names(portals) == {"dev/admin"}
    layers = files.layers(portals, None)
    names = {provider: list(layer["auth"]["identities"]) for provider, layer in layers.items()}
    assert names == {"corp": ["dev/Admin (corp)"], "sub": ["DEV/Admin (sub)", "DEV/Billing"]}
    assert files.shared_names({"corp": PORTAL}) == frozenset()


def test_two_providers_of_one_portal_share_their_names(files):
    files.write(FOUND)
    files.write(FOUND._replace(provider="twin"))
    assert files.shared_names({"corp": PORTAL, "twin": PORTAL}) == frozenset()
