import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listings import HOSTILE, SMALL, identity, listings, provider, screen

from atmos_auth.cli.listing.columns import width
from atmos_auth.cli.listing.tree import render
from atmos_auth.usecases.listing import Listing

SHOWN = """\
Authentication Configuration
├── corp (aws/iam-identity-center) [DEFAULT]
│   ├── Region: us-east-1
│   ├── Start URL: https://corp.awsapps.com/start
│   └── dev (aws/permission-set) [ALIAS: Development] ● 2h5m
│       ├── Tags: test
│       └── prod (aws/assume-role) [DEFAULT] ◐ 10m
│           └── Principal
│               └── Assume role: arn:aws:iam::333333333333:role/Deploy
├── gone (not configured)
│   └── lost (aws/assume-role) ✗ broken
│       └── ✗ referenced provider "gone" does not exist
└── breakglass (aws/user) ○ expired
"""
NARROW = """\
Authentication Configuration
├── corp (aws/iam-identity-center)
│   │ [DEFAULT]
│   ├── Region: us-east-1
│   ├── Start URL:
│   │     https://corp.awsapps.com/s
│   │     tart
│   └── dev (aws/permission-set)
│       │ [ALIAS: Development]
│       │ ● 2h5m
│       ├── Tags: test
│       └── prod (aws/assume-role)
│           │ [DEFAULT] ◐ 10m
│           └── Principal
│               └── Assume role:
│                     arn:aws:iam::3
│                     33333333333:ro
│                     le/Deploy
├── gone (not configured)
│   └── lost (aws/assume-role)
│       │ ✗ broken
│       └── ✗ referenced provider
│             "gone" does not exist
└── breakglass (aws/user) ○ expired
"""


def test_the_tree():
    assert render(SMALL, screen()) == render(SMALL, screen(80)) == SHOWN


def test_guides_stay_whole_on_a_narrow_screen():
    assert render(SMALL, screen(36)) == NARROW


def test_nothing_is_drawn_of_nothing():
    assert render(Listing([], []), screen()) == ""


def test_what_is_blocked_names_who_is_at_fault():
    entry = identity("x", ("provider", "p"), problem="unknown kind", blocked_by=("provider", "p"))
    assert '✗ cannot be used: see provider "p"' in render(Listing([provider("p"), entry], []), screen())


def test_colours_are_never_the_only_sign():
    colored = render(SMALL, screen(color=True))
    for color, symbol in (("32", "● 2h5m"), ("33", "◐ 10m"), ("31", "○ expired"), ("31", "✗ broken")):
        assert f"\x1b[{color}m{symbol}\x1b[0m" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == SHOWN


@given(listings(), st.sampled_from([None, 30, 80]))
@settings(deadline=None)
def test_no_name_disturbs_the_tree(listing, columns):
    text = render(listing, screen(columns))
    first, *lines = text.removesuffix("\n").split("\n")
    assert first == "Authentication Configuration"
    assert text.replace("\n", "").isprintable()
    for line in lines:
        assert re.match(r"(?:│   |    )*(?:├── |└── |│ |  )", line)


@pytest.mark.parametrize("columns", [28, 40, 80, 132])
def test_no_line_is_wider_than_the_screen(columns):
    entries = [provider(name, start_url=name) for name in HOSTILE]
    entries += [identity(name, provider(name), tags=[name], alias=name, problem=name) for name in HOSTILE]
    text = render(Listing(entries, []), screen(columns))
    assert max(width(line) for line in text.split("\n")) <= columns


def test_very_long_chains_are_drawn():
    entries = [identity(f"i{n}", ("identity", f"i{n - 1}") if n else None) for n in range(2000)]
    assert render(Listing(entries, []), screen()).count("\n") == 2001
