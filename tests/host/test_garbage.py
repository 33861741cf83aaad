"""When garbage is searched for."""

import gc

import pytest

from atmos_auth.host.garbage import unsearched


def test_it_is_searched_for_again_afterwards():
    with unsearched():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_searched_for_again_after_an_error():
    with pytest.raises(ValueError, match="wrong"), unsearched():
        raise ValueError("wrong")
    assert gc.isenabled()


def test_whoever_searches_for_none_goes_on_so():
    gc.disable()
    try:
        with unsearched():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
