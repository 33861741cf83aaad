from hypothesis import given, settings
from listings import CORP, DEV, LOST, PROD, SMALL, USER, identity, listings, provider

from atmos_auth.cli.listing.forest import AGAIN, LEFT_OUT, MISSING, SHOWN, forest, walk
from atmos_auth.usecases.listing import Listing


def drawn(listing: Listing) -> list[tuple[int, str, str]]:
    return [(step.depth, step.node.name, step.node.standing) for step in walk(forest(listing))]


def test_trees():
    assert drawn(SMALL) == [
        (0, "corp", SHOWN),
        (1, "dev", SHOWN),
        (2, "prod", SHOWN),
        (0, "gone", MISSING),
        (1, "lost", SHOWN),
        (0, "breakglass", SHOWN),
    ]


def test_what_is_left_out_on_the_way_is_drawn_as_such():
    assert drawn(Listing([PROD], [CORP, DEV, LOST, USER])) == [
        (0, "corp", LEFT_OUT),
        (1, "dev", LEFT_OUT),
        (2, "prod", SHOWN),
    ]


def test_every_circle_is_cut_open_once():
    names = "abcde"
    first = [identity(name, ("identity", names[(n + 1) % 3])) for n, name in enumerate("abc")]
    second = [identity("d", ("identity", "e")), identity("e", ("identity", "d")), identity("hanger", ("identity", "E"))]
    assert drawn(Listing([*second, *first], [])) == [
        (0, "d", SHOWN),
        (1, "e", SHOWN),
        (2, "d", AGAIN),
        (2, "hanger", SHOWN),
        (0, "a", SHOWN),
        (1, "c", SHOWN),
        (2, "b", SHOWN),
        (3, "a", AGAIN),
    ]


def test_one_that_hangs_from_itself():
    assert drawn(Listing([identity("a", ("identity", "a"))], [])) == [(0, "a", SHOWN), (1, "a", AGAIN)]


def test_a_circle_that_is_left_out():
    a, b = identity("a", ("identity", "b")), identity("b", ("identity", "a"))
    hanger = identity("hanger", a)
    assert drawn(Listing([hanger], [a, b])) == [
        (0, "a", LEFT_OUT),
        (1, "hanger", SHOWN),
        (1, "b", LEFT_OUT),
        (2, "a", AGAIN),
    ]


def test_a_chain_may_be_longer_than_python_nests_calls():
    entries = [provider("p"), identity("i0", ("provider", "p"))]
    entries += [identity(f"i{n}", ("identity", f"i{n - 1}")) for n in range(1, 3000)]
    assert drawn(Listing(entries, []))[-1] == (3000, "i2999", SHOWN)


@given(listings())
@settings(deadline=None)
def test_every_entry_is_drawn_exactly_once(listing):
    steps = list(walk(forest(listing)))
    shown = [step.node.entry.key for step in steps if step.node.standing == SHOWN]
    assert sorted(shown) == sorted(entry.key for entry in listing.entries)
    for step in steps:
        if step.parent is not None:
            assert step.node.entry.parent_key == (step.parent.role, step.parent.name.lower())
        elif step.node.standing == SHOWN and step.node.entry.parent is not None:
            # Only the first of a circle.
            below = [s.node for s in steps if s.node.standing == AGAIN]
            assert step.node.name in [node.name for node in below]
