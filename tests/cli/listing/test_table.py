import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listings import HOSTILE, SMALL, identity, listings, provider, screen

from atmos_auth.cli.listing.columns import width
from atmos_auth.cli.listing.table import render
from atmos_auth.usecases.listing import Listing

SHOWN = """\
PROVIDERS
  NAME  KIND                     REGION     START URL / URL                 DEFAULT
  corp  aws/iam-identity-center  us-east-1  https://corp.awsapps.com/start  ✓

IDENTITIES
   NAME        KIND                VIA PROVIDER  VIA IDENTITY  DEFAULT  ALIAS        EXPIRES
○  breakglass  aws/user            aws-user      -             -        -            expired
●  dev         aws/permission-set  corp          -             -        Development  2h5m
✗  lost        aws/assume-role     gone          -             -        -            broken
◐  prod        aws/assume-role     -             dev           ✓        -            10m

✗ lost: referenced provider "gone" does not exist
"""
AT_80 = """\
PROVIDERS
  NAME  KIND                     REGION     START URL / URL               DEFAULT
  corp  aws/iam-identity-center  us-east-1  https://corp.awsapps.com/st…  ✓

IDENTITIES
   NAME        KIND                VIA       DEFAULT  ALIAS        EXPIRES
○  breakglass  aws/user            aws-user  -        -            expired
●  dev         aws/permission-set  corp      -        Development  2h5m
✗  lost        aws/assume-role     gone      -        -            broken
◐  prod        aws/assume-role     dev       ✓        -            10m

✗ lost: referenced provider "gone" does not exist
"""
AT_30 = """\
PROVIDERS
corp
  KIND:
    aws/iam-identity-center
  REGION: us-east-1
  START URL / URL:
    https://corp.awsapps.com/s
    tart
  DEFAULT: ✓

IDENTITIES
○ breakglass
  KIND: aws/user
  VIA: aws-user
  EXPIRES: expired
● dev
  KIND: aws/permission-set
  VIA: corp
  ALIAS: Development
  EXPIRES: 2h5m
✗ lost
  KIND: aws/assume-role
  VIA: gone
  EXPIRES: broken
◐ prod
  KIND: aws/assume-role
  VIA: dev
  DEFAULT: ✓
  EXPIRES: 10m

✗ lost: referenced provider
  "gone" does not exist
"""


@pytest.mark.parametrize(("columns", "shown"), [(None, SHOWN), (100, SHOWN), (81, AT_80), (30, AT_30)])
def test_tables_fit_the_screen(columns, shown):
    assert render(SMALL, screen(columns)) == shown


def test_colours_are_never_the_only_sign():
    colored = render(SMALL, screen(color=True))
    assert "\x1b[31m○\x1b[0m  breakglass" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == SHOWN


def test_where_the_encoding_lacks_an_ellipsis_another_mark_of_one_column_stands():
    assert "https://corp.awsapps.com/st~  ✓" in render(SMALL, screen(81, unicode=False))


def test_a_reason_is_told_once_for_all_that_share_it():
    entries = [identity(f"i{n}", problem="unknown kind") for n in range(100)]
    assert render(Listing(entries, []), screen()).splitlines()[-1] == "✗ i0, i1, i2, i3, i4 and 95 more: unknown kind"


def test_nothing_is_shown_of_nothing():
    assert render(Listing([], []), screen()) == ""


@given(listings(), st.integers(20, 200))
@settings(deadline=None)
def test_columns_stand_one_below_the_other(listing, columns):
    text = render(listing, screen(columns))
    assert text.replace("\n", "").isprintable()
    for block in text.split("\n\n"):
        title, header, *rows = block.removesuffix("\n").split("\n")
        if header.split()[:2] != ["NAME", "KIND"]:
            continue
        assert title in ("PROVIDERS", "IDENTITIES")
        assert max(map(width, rows)) <= columns
        begins = width(header[: header.index("NAME")])
        for row in rows:
            # Of wide characters two columns are one character: count columns up to where the name begins.
            assert width(row[:begins]) == begins
            assert row[begins - 2 : begins] == "  "


@pytest.mark.parametrize("columns", [20, 24, 40, 80, 132])
def test_no_line_is_wider_than_the_screen(columns):
    entries = [provider(name, start_url=name, region=name) for name in HOSTILE]
    entries += [identity(name, provider(name), alias=name, problem=name) for name in HOSTILE]
    text = render(Listing(entries, []), screen(columns))
    assert max(width(line) for line in text.split("\n")) <= columns
