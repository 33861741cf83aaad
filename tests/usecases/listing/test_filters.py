import pytest

from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.domain.errors import SelectionError, UnknownIdentity, UnknownProvider, UsageError
from atmos_auth.usecases.listing import Entry, Filters, chosen

ENTRIES = [
    Entry(PROVIDER, "corp", {"tags": ["Blue"]}),
    Entry(PROVIDER, "Other", {}),
    Entry(IDENTITY, "dev", {"tags": ["blue", "test"]}),
    Entry(IDENTITY, "prod", {"tags": ["production"]}),
    Entry(IDENTITY, "one", {"tags": "single"}),
    Entry(IDENTITY, "odd", {"tags": [{"a": 1}, ["b"], 7]}),
]


def names(filters: Filters, entries=ENTRIES) -> list[str]:
    listing = chosen(entries, filters)
    assert len(listing.entries) + len(listing.left_out) == len(entries)
    return [entry.name for entry in listing.entries]


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (Filters(), ["corp", "Other", "dev", "prod", "one", "odd"]),
        (Filters(PROVIDER), ["corp", "Other"]),
        (Filters(PROVIDER, ("OTHER",)), ["Other"]),
        (Filters(IDENTITY, ("prod", "DEV", "prod")), ["prod", "dev"]),
        (Filters(tags=("BLUE",)), ["corp", "dev"]),
        (Filters(tags=("blue", "production", "nobody")), ["corp", "dev", "prod"]),
        (Filters(tags=("single", "7")), ["one", "odd"]),
        (Filters(IDENTITY, (), ("blue",)), ["dev"]),
        (Filters(IDENTITY, ("dev", "prod"), ("production",)), ["prod"]),
    ],
)
def test_what_passes(filters, shown):
    assert names(filters) == shown


@pytest.mark.parametrize(
    ("filters", "error", "message", "hints"),
    [
        (
            Filters(PROVIDER, ("crop",)),
            UnknownProvider,
            "provider not found: crop",
            ('did you mean "corp"?', "there are: corp, Other"),
        ),
        (
            Filters(PROVIDER, ("oter", "corp")),
            UnknownProvider,
            "provider not found: oter",
            ('did you mean "Other"?', "there are: corp, Other"),
        ),
        (
            Filters(IDENTITY, ("corp", "zzz")),
            UnknownIdentity,
            "identity not found: corp, zzz",
            ("there are: dev, prod, one, odd",),
        ),
        (
            Filters(tags=("prodction",)),
            SelectionError,
            "no providers or identities match the specified tags: prodction",
            ('did you mean "production"?',),
        ),
        (
            Filters(PROVIDER, (), ("production",)),
            SelectionError,
            "no providers match the specified tags: production",
            (),
        ),
        (Filters(tags=()), UsageError, "--tags names no tag", ("name one or several: --tags production,blue",)),
    ],
)
def test_what_is_refused(filters, error, message, hints):
    with pytest.raises(error) as caught:
        chosen(ENTRIES, filters)
    assert (caught.value.message, caught.value.hints) == (message, hints)


def test_tags_that_match_nothing_tell_which_there_are():
    with pytest.raises(SelectionError) as caught:
        chosen(ENTRIES, Filters(IDENTITY, (), ("zzz",)))
    assert caught.value.details == ("tags of identities: 7, blue, production, single, test",)


def test_names_beside_tags_do_not_narrow_what_tags_there_are():
    with pytest.raises(SelectionError) as caught:
        chosen(ENTRIES, Filters(IDENTITY, ("prod",), ("test",)))
    assert caught.value.details == ("tags of identities: 7, blue, production, single, test",)
    assert caught.value.hints == ()


def test_of_nothing_no_tag_matches():
    with pytest.raises(SelectionError, match="no providers or identities match the specified tags: x"):
        chosen([], Filters(tags=("x",)))


def test_where_there_are_no_tags_it_says_how_to_write_them():
    with pytest.raises(SelectionError) as caught:
        chosen(ENTRIES[1:2], Filters(tags=("x",)))
    assert caught.value.hints == ("no providers have tags: write `tags: [production]` below one",)


def test_of_very_many_names_only_some_are_told():
    many = [Entry(IDENTITY, f"i{n}", {}) for n in range(1000)]
    with pytest.raises(UnknownIdentity) as caught:
        chosen(many, Filters(IDENTITY, ("#",)))
    assert len(caught.value.hints[-1]) < 200
    assert caught.value.hints[-1].endswith("and 980 more (atmos auth list)")
