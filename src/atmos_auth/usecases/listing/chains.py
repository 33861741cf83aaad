"""The chain of every identity, or why it has none: each is built once, however many identities hang from each other."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import NamedTuple

from atmos_auth.domain.chain import IDENTITY, Chain
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.usecases.listing.entry import Key


class Fault(NamedTuple):
    """Why an entry cannot be used, and the key of the entry that is at fault: itself, or one before it."""

    message: str
    at: Key


class Chains:
    """Finds the chain or the fault of each identity of one configuration.

    `parents` maps every entry to what it hangs from, `faults` those that are known to be at fault themselves to the
    reason. `chain_of` is asked as little as possible: the chain to an identity holds the chains to all before it, and
    where one is at fault, so is all that hangs from it.
    """

    def __init__(
        self, parents: Mapping[Key, Key | None], faults: Mapping[Key, str], chain_of: Callable[[str], Chain]
    ) -> None:
        self._parents = parents
        self._faults = faults
        self._chain_of = chain_of
        self._found: dict[Key, Chain | Fault] = {}
        self._asked: dict[Key, Chain | str] = {}
        hung_from = set(parents.values())
        # The ends of chains first: theirs hold all the others.
        for key in sorted(parents, key=lambda key: key in hung_from):
            self._settle(key)

    def __getitem__(self, key: Key) -> Chain | Fault:
        """Return the chain to an identity, or its fault."""
        return self._found[key]

    def _settle(self, key: Key) -> None:
        path = self._open_path(key)
        if not path:
            return
        above = self._parents[path[-1]]
        circle = path[path.index(above) :] if above in path else []
        # They all say the same; to ask one is enough.
        reason = str(self._ask(circle[0])) if circle else ""
        for member in circle:
            self._found[member] = Fault(self._faults.get(member) or reason, member)
        # From the root on.
        line = path[: len(path) - len(circle)][::-1]
        before = self._found.get(self._parents[line[0]] or line[0]) if line else None
        sound = 0 if isinstance(before, Fault) else self._sound_length(line)
        for number in range(sound, len(line)):
            if not isinstance(before, Fault):
                before = Fault(self._faults.get(line[number]) or str(self._ask(line[number])), line[number])
            self._found[line[number]] = before
        if sound:
            self._keep(self._ask(line[sound - 1]), line[:sound])

    def _open_path(self, key: Key) -> list[Key]:
        """Keys from this one towards its root, as far as they are not settled."""
        path: dict[Key, None] = {}
        step: Key | None = key
        while step is not None and step not in path and step not in self._found and step in self._parents:
            path[step] = None
            step = self._parents[step]
        return list(path)

    def _sound_length(self, line: list[Key]) -> int:
        """Tell how many of the line, from its root on, can be used."""
        known = next((number for number, key in enumerate(line) if key in self._faults), len(line))
        if not known or not isinstance(self._ask(line[known - 1]), str):
            return known
        # Whoever comes after one at fault is at fault, too.
        return bisect_left(range(known), True, key=lambda number: isinstance(self._ask(line[number]), str))

    def _ask(self, key: Key) -> Chain | str:
        """Return the chain to an identity, or the reason why there is none; a provider is one if it has no fault."""
        if key not in self._asked:
            try:
                self._asked[key] = self._chain_of(key[1]) if key[0] == IDENTITY else Chain((), ())
            except AtmosAuthError as error:
                self._asked[key] = error.message
        return self._asked[key]

    def _keep(self, chain: Chain | str, line: list[Key]) -> None:
        """Note the chains to all that lead to the end of the line."""
        if isinstance(chain, str):
            raise TypeError(chain)
        for key in reversed(line):
            self._found[key] = chain
            chain = chain.parent or chain
