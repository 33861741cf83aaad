from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.testing import chain

PORTAL, BASE, ROLE = Link("p", PROVIDER, "x", {}), Link("b", IDENTITY, "y", {}), Link("r", IDENTITY, "z", {})


def test_a_chain_knows_its_ends_and_its_parent():
    whole = chain(PORTAL, BASE, ROLE)
    assert (whole.root, whole.tip) == (PORTAL, ROLE)
    assert whole.parent == chain(PORTAL, BASE)
    assert whole.parent.parent == chain(PORTAL)
    assert chain(PORTAL).parent is None
    assert whole.fingerprint == whole.fingerprints[2]


def test_words_for_messages():
    assert str(chain(PORTAL, BASE, ROLE)) == "p -> b -> r"
    assert str(ROLE) == 'identity "r" (z)'
