import inspect

import pytest

from atmos_auth.domain import errors
from atmos_auth.domain.place import Place

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.AtmosAuthError)]
EXIT_CODES = {
    "InvalidPrincipal": 2,
    "LinksDoNotMeet": 2,
    "ProfileNotFound": 2,
    "NeedsPerson": 2,
    "UnclearPath": 2,
    "PartialLogout": 0,
    "CommandNotFound": 127,
    "CommandNotExecutable": 126,
}


@pytest.mark.parametrize("error", CLASSES, ids=lambda c: c.__name__)
def test_the_exit_code_is_on_the_class_and_the_class_in_the_drawn_tree(error):
    assert error.exit_code == EXIT_CODES.get(error.__name__, 1)
    assert error.__name__ in (errors.__doc__ or "")
    assert error.__doc__


def test_a_place_leads_the_message():
    placed = errors.ConfigError("no", place=Place("atmos.yaml", 3, 7), hints=["mend it"], details=["because"])
    assert str(placed) == "atmos.yaml:3:7: no"
    assert (placed.message, placed.hints, placed.details) == ("no", ("mend it",), ("because",))
    assert str(errors.ConfigError("no")) == "no"
