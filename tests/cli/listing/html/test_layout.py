from hypothesis import given, settings
from listings import CORP, DEV, LOST, PROD, SMALL, USER, identity, listings, provider

from atmos_auth.cli.listing.forest import forest
from atmos_auth.cli.listing.html.layout import BOX_HEIGHT, BOX_WIDTH, laid_out
from atmos_auth.usecases.listing import Listing


def columns(listing: Listing) -> dict[str, int]:
    return {box.node.name: box.column for box in laid_out(forest(listing)).boxes}


def test_providers_are_on_the_left_and_identities_in_columns_by_depth():
    assert columns(SMALL) == {"corp": 0, "dev": 1, "prod": 2, "gone": 0, "lost": 1, "breakglass": 1}


def test_without_providers_no_column_stays_empty():
    assert columns(Listing([USER, identity("role", USER)], [])) == {"breakglass": 0, "role": 1}


def test_nothing_takes_no_room():
    assert laid_out([]) == ([], 0, 0)


def test_a_box_stands_midway_before_its_own():
    boxes = {box.node.name: box for box in laid_out(forest(Listing([CORP, DEV, PROD, LOST], []))).boxes}
    assert boxes["corp"].y == boxes["dev"].y == boxes["prod"].y
    children = [identity(name, CORP) for name in "abc"]
    boxes = {box.node.name: box for box in laid_out(forest(Listing([CORP, *children], []))).boxes}
    assert boxes["corp"].y == boxes["b"].y
    assert boxes["a"].y < boxes["b"].y < boxes["c"].y


def test_a_box_with_very_many_after_it_is_seen_beside_the_first():
    children = [identity(f"i{n}", CORP) for n in range(1000)]
    boxes = {box.node.name: box for box in laid_out(forest(Listing([CORP, *children], []))).boxes}
    assert boxes["i0"].y < boxes["corp"].y < boxes["i5"].y


@given(listings())
@settings(deadline=None)
def test_no_two_boxes_overlap_and_all_are_within(listing):
    layout = laid_out(forest(listing))
    for number, box in enumerate(layout.boxes):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + BOX_WIDTH <= layout.width
        assert box.y + BOX_HEIGHT <= layout.height
        for other in layout.boxes[:number]:
            assert box.x != other.x or abs(box.y - other.y) >= BOX_HEIGHT
        if box.parent is not None:
            assert box.column == layout.boxes[box.parent].column + 1


def test_a_long_chain_is_laid_out():
    entries = [
        provider("p"),
        *(identity(f"i{n}", ("identity", f"i{n - 1}") if n else ("provider", "p")) for n in range(2000)),
    ]
    boxes = laid_out(forest(Listing(entries, []))).boxes
    assert boxes[-1].column == 2000
    assert {box.y for box in boxes} == {boxes[0].y}
