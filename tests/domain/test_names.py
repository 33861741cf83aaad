"""Names for what a portal has."""

from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.names import Assignment, is_usable, named

# Few letters, so that names collide; and whatever else a name might hold.
awkward = st.text(st.sampled_from("aA/()[]\"'\\;#\n\t\0\x7f\u2028 -1İ\u0131\ud800"), max_size=6) | st.text(max_size=12)
ids = st.integers(1, 9).map(lambda number: f"{number:012}")
accounts = st.dictionaries(ids, awkward, max_size=6)
roles = st.lists(awkward.filter(bool), min_size=1, max_size=4)


@st.composite
def findings(draw):
    return [Assignment(i, name, role) for i, name in draw(accounts).items() for role in draw(roles)]


@given(findings())
def test_everything_has_one_name_that_can_be_used(found):
    names = named(found)
    assert set(names.values()) == set(found)
    assert len({name.lower() for name in names}) == len(names) == len(set(found))
    assert all(is_usable(name) and name.isprintable() for name in names)
    assert all("/" in name and not name.startswith("-") for name in names)


@given(findings(), st.randoms())
def test_the_same_findings_have_the_same_names(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert list(named(shuffled).items()) == list(named(found).items())


@given(findings(), ids, awkward)
def test_a_new_account_never_takes_over_a_name(found, account_id, name):
    """A name that still exists still leads to the same role of the same account."""
    before = named(found)
    if any(assignment.account_id == account_id for assignment in found):
        return
    after = named([*found, Assignment(account_id, name, "Admin")])
    for key in before.keys() & after.keys():
        assert before[key] == after[key]


def test_a_plain_name_is_account_and_role():
    found = [Assignment("2" * 12, "Log Archive", "Admin"), Assignment("1" * 12, "dev", "ReadOnly")]
    assert list(named(found)) == ["dev/ReadOnly", "Log Archive/Admin"]


def test_accounts_that_share_a_name_have_their_numbers_in_it():
    found = [Assignment("1" * 12, "sandbox", "Admin"), Assignment("2" * 12, "Sandbox", "Admin")]
    assert list(named(found)) == ["sandbox (111111111111)/Admin", "Sandbox (222222222222)/Admin"]


def test_an_account_that_looks_like_a_numbered_one_gets_its_own_number_too():
    found = [Assignment(n * 12, name, "A") for n, name in (("1", "x"), ("2", "x"), ("3", "x (111111111111)"))]
    assert set(named(found)) == {
        "x (111111111111)/A",
        "x (222222222222)/A",
        "x (111111111111) (333333333333)/A",
    }


def test_no_account_can_be_named_so_that_it_takes_the_place_of_another():
    impostor = Assignment("9" * 12, "x (222222222222)", "A")
    assert list(named([impostor])) == ["x (222222222222) (999999999999)/A"]
    both = named([impostor, *(Assignment(n * 12, "x", "A") for n in "23")])
    assert both["x (222222222222)/A"].account_id == "2" * 12


def test_an_account_without_a_name_goes_by_its_number():
    assert list(named([Assignment("1" * 12, " ", "A")])) == ["111111111111/A"]


def test_roles_that_differ_in_case_only_are_counted():
    found = [Assignment("1" * 12, "x", role) for role in ("admin", "Admin", "ADMIN")]
    assert {name: a.role for name, a in named(found).items()} == {
        "x/ADMIN": "ADMIN",
        "x/Admin (2)": "Admin",
        "x/admin (3)": "admin",
    }


def test_what_a_name_cannot_have_becomes_a_dash():
    assert list(named([Assignment("1" * 12, '-a/b[c]"d"\n', "R;#")])) == ["_-a-b-c--d--/R--"]
