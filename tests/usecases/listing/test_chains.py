from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.domain.chain import Chain, Link
from atmos_auth.domain.errors import ChainCycle, ConfigError
from atmos_auth.usecases.listing.chains import Chains, Fault

SIZE = 7
names = st.integers(0, SIZE - 1)


class Resolver:
    """Builds chains the plain way: one walk for each, and counts the walks."""

    def __init__(self, parents, broken):
        self.parents = parents
        self.broken = broken
        self.walks = 0

    def __call__(self, name: str) -> Chain:
        self.walks += 1
        links, key = [], ("identity", name)
        while key is not None:
            if key in [(link.role, link.name) for link in links]:
                raise ChainCycle("round and round")
            if key in self.broken or key not in self.parents:
                raise ConfigError(f"{key[1]} is broken")
            links.append(Link(key[1], key[0], "kind", {}))
            key = self.parents[key]
        return Chain(tuple(links[::-1]), tuple(link.name for link in links[::-1]))


@st.composite
def configurations(draw):
    """Who hangs from whom, who is at fault, and of whom that is known beforehand."""
    identities = [("identity", f"i{n}") for n in range(SIZE)]
    providers = [("provider", f"p{n}") for n in range(2)]
    parents = dict.fromkeys(providers)
    for key in draw(st.permutations(identities)):
        parents[key] = draw(st.sampled_from([None, *identities, *providers]))
    broken = draw(st.sets(st.sampled_from(identities)))
    known = draw(st.sets(st.sampled_from(sorted(broken)))) if broken else set()
    known |= draw(st.sets(st.sampled_from(providers)))
    return parents, broken | known, known


@given(configurations())
@settings(deadline=None)
def test_it_is_as_if_every_chain_had_been_walked(configuration):
    parents, broken, known = configuration
    plain = Resolver(parents, broken)
    found = Chains(parents, {key: f"{key[1]} is broken" for key in known}, Resolver(parents, broken))
    for key in parents:
        if key[0] == "provider":
            continue
        try:
            assert found[key] == plain(key[1])
        except ConfigError:
            fault = found[key]
            assert isinstance(fault, Fault)
            # Of several that are at fault, any may be the one that is named.
            assert fault.at in (key, *above(parents, key))
            if fault.at not in above(parents, fault.at):
                assert fault.at in broken
                assert fault.message == f"{fault.at[1]} is broken"


def above(parents, key):
    """Whom one hangs from; in a circle that is everybody in it."""
    found = []
    while (key := parents[key]) is not None and key not in found:
        found.append(key)
    return found


def deep(size: int):
    return {("identity", f"i{n}"): (("identity", f"i{n - 1}") if n else None) for n in range(size)}


def test_a_long_chain_is_walked_once():
    resolver = Resolver(deep(300), set())
    found = Chains(deep(300), {}, resolver)
    assert resolver.walks == 1
    assert len(found["identity", "i299"].links) == 300
    assert len(found["identity", "i7"].links) == 8


def test_a_fault_in_a_long_chain_is_found_in_few_walks():
    resolver = Resolver(deep(300), {("identity", "i100")})
    found = Chains(deep(300), {}, resolver)
    assert resolver.walks < 15
    assert isinstance(found["identity", "i99"], Chain)
    assert {found["identity", f"i{n}"] for n in range(100, 300)} == {Fault("i100 is broken", ("identity", "i100"))}


def test_a_large_circle_is_walked_once():
    parents = {("identity", f"i{n}"): ("identity", f"i{(n + 1) % 300}") for n in range(300)}
    resolver = Resolver(parents, set())
    found = Chains(parents, {}, resolver)
    assert resolver.walks == 1
    assert all(found[key] == Fault("round and round", key) for key in parents)


def test_a_known_fault_needs_no_walk():
    parents = {("provider", "p"): None} | {("identity", f"i{n}"): ("provider", "p") for n in range(100)}
    resolver = Resolver(parents, {("provider", "p")})
    found = Chains(parents, {("provider", "p"): "unknown kind"}, resolver)
    assert resolver.walks == 0
    assert found["identity", "i5"] == Fault("unknown kind", ("provider", "p"))
