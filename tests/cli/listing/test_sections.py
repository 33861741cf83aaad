import datetime as dt
import json as json_reader

import yaml as yaml_reader
from hypothesis import given, settings
from listings import CORP, DEV, LOST, NOW, SMALL, identity, listings, provider, screen

from atmos_auth.cli.listing import json, yaml
from atmos_auth.cli.listing.sections import sections
from atmos_auth.domain.timestamps import to_text
from atmos_auth.usecases.listing import Listing


def test_the_settings_stand_under_their_names_and_the_status_beside_them():
    found = sections(SMALL, screen())
    assert list(found) == ["providers", "identities", "status"]
    assert found["providers"] == {"corp": CORP.settings}
    assert list(found["identities"]) == ["breakglass", "dev", "lost", "prod"]
    assert found["status"] == {
        "identities": {
            "breakglass": {"state": "expired", "expires_at": to_text(NOW - 1)},
            "dev": {"state": "valid", "expires_at": to_text(NOW + 7500)},
            "lost": {"state": "broken", "problem": LOST.problem},
            "prod": {"state": "soon", "expires_at": to_text(NOW + 600)},
        }
    }


def test_sections_of_nothing_are_left_out():
    assert sections(Listing([], []), screen()) == {}
    assert sections(Listing([CORP], [DEV]), screen()) == {"providers": {"corp": CORP.settings}}


def test_what_is_blocked_names_who_is_at_fault():
    entry = identity("x", CORP, problem="unknown kind", blocked_by=("provider", "corp"))
    assert sections(Listing([entry], []), screen())["status"]["identities"]["x"] == {
        "state": "blocked",
        "problem": "unknown kind",
        "blocked_by": {"provider": "corp"},
    }


@given(listings())
@settings(deadline=None)
def test_readers_read_what_is_listed(listing):
    expected = sections(listing, screen())
    text = json.render(listing, screen())
    assert text.isascii()
    assert json_reader.loads(text) == expected
    for unicode in (True, False):
        text = yaml.render(listing, screen(unicode=unicode))
        assert yaml_reader.safe_load(text) == expected
        assert text.isascii() or unicode


def test_yaml_is_for_people_where_they_can_see_it():
    listing = Listing([provider("münchen")], [])
    assert "münchen:" in yaml.render(listing, screen())
    assert '"m\\xFCnchen":' in yaml.render(listing, screen(unicode=False))
    # What could break a line in the middle of a word never stands as such.
    odd = Listing([provider("a\u2028b\x85c")], [])
    assert yaml_reader.safe_load(yaml.render(odd, screen())) == sections(odd, screen())


def test_what_a_format_lacks_becomes_text():
    entry = provider("p", since=dt.date(2026, 1, 2), ratio=float("inf"), deep=[{"x": float("nan")}], n=1.5)
    found = json_reader.loads(json.render(Listing([entry], []), screen()), parse_constant=str.upper)
    assert found["providers"]["p"] == {
        "kind": "aws/iam-identity-center",
        "since": "2026-01-02",
        "ratio": "inf",
        "deep": [{"x": "nan"}],
        "n": 1.5,
    }
    assert yaml_reader.safe_load(yaml.render(Listing([entry], []), screen())) == found
