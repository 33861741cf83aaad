import pytest

from atmos_auth.usecases.listing import Entry

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (3600, "valid"),
        (900, "valid"),
        (899.9, "soon"),
        (0.1, "soon"),
        (0, "expired"),
        (-5, "expired"),
    ],
)
def test_how_it_stands_by_the_clock(left, state):
    assert Entry("identity", "x", {}, None, NOW + left, True).state(NOW) == state


def test_how_it_stands_without_a_clock():
    assert Entry("identity", "x", {}).state(NOW) == "none"
    assert Entry("identity", "x", {}, delivered=True).state(NOW) == "valid"
    assert Entry("identity", "x", {}, problem="bad").state(NOW) == "broken"
    assert Entry("identity", "x", {}, problem="bad", blocked_by=("provider", "p")).state(NOW) == "blocked"


def test_a_name_is_the_same_in_any_case():
    entry = Entry("identity", "Dev", {}, ("provider", "Corp"))
    assert (entry.key, entry.parent_key) == (("identity", "dev"), ("provider", "corp"))
