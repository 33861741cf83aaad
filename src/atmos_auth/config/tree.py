"""YAML values that know where they were written."""

from collections.abc import Callable, Sequence
from typing import Any

from atmos_auth.domain.place import Place

# The place of a value that no file holds.
NOWHERE = Place("", 0, 0)


class Map(dict[str, Any]):
    """A mapping with its place and, for every key, the places of the key and of its value.

    Readers use it as a plain dict. Writers use `put`, so that no key is without a place. `place` is where the
    mapping begins.
    """

    __slots__ = ("key_places", "place", "value_places")

    place: Place
    key_places: dict[str, Place]
    value_places: dict[str, Place]

    def __init__(self, place: Place = NOWHERE) -> None:
        super().__init__()
        self.place = place
        self.key_places = {}
        self.value_places = {}

    def put(self, key: str, value: Any, key_place: Place, value_place: Place) -> None:
        """Set a key together with its places."""
        self[key] = value
        self.key_places[key] = key_place
        self.value_places[key] = value_place

    def copied(self) -> "Map":
        """Return a mapping of the same, whose keys may be changed; what is below is shared."""
        copy = Map(self.place)
        copy.update(self)
        copy.key_places.update(self.key_places)
        copy.value_places.update(self.value_places)
        return copy

    def drop(self, key: str) -> None:
        """Remove a key together with its places; a missing key is fine."""
        self.pop(key, None)
        self.key_places.pop(key, None)
        self.value_places.pop(key, None)


class Seq(list[Any]):
    """A list with its place and the place of every element."""

    __slots__ = ("place", "value_places")

    place: Place
    value_places: list[Place]

    def __init__(self, place: Place = NOWHERE) -> None:
        super().__init__()
        self.place = place
        self.value_places = []

    def add(self, value: Any, place: Place) -> None:
        """Append an element together with its place."""
        self.append(value)
        self.value_places.append(place)


class Tagged:
    """A YAML function that is not worked out yet: its tag (`!env`), its argument, its place."""

    __slots__ = ("argument", "place", "tag")

    def __init__(self, tag: str, argument: "str | Seq | Map", place: Place) -> None:
        self.tag = tag
        self.argument = argument
        self.place = place

    def __repr__(self) -> str:
        """Show the function the way it is written."""
        return f"{self.tag} {self.argument}".rstrip()


class Later(Tagged):
    """Plain values that are made, and become a tree, when somebody looks at them: of thousands, most runs look at one.

    No file can hold one; whoever meets it treats it as any other function.
    """

    __slots__ = ("made",)

    def __init__(self, made: Callable[[], Any], place: Place) -> None:
        super().__init__("", "", place)
        self.made = made


# What may hold other values; all else is a single value.
COMPOUND = (Map, Seq, Tagged)


def lookup(mapping: Map, key: str) -> tuple[str, Any] | None:
    """Find a key whatever its case; an exact spelling wins.

    Returns the key as it was first written and its value, or None.
    """
    if key in mapping:
        return key, mapping[key]
    folded = key.lower()
    for written, value in mapping.items():
        if written.lower() == folded:
            return written, value
    return None


def _as_it_is(tagged: Tagged) -> Any:
    return tagged


def place_of(tree: Any, path: Sequence[str | int], opened: Callable[[Tagged], Any] = _as_it_is) -> Place | None:
    """Tell where the value at `path` was written, or its nearest ancestor that exists.

    A mapping or list is shown at its key, any other value where it begins. `opened` may give what a YAML
    function on the way stands for. Returns None when no file holds any of it.
    """
    place: Place | None = getattr(tree, "place", None)
    for step in path:
        if isinstance(tree, Tagged):
            tree = opened(tree)
        if isinstance(tree, Map) and isinstance(step, str):
            found = lookup(tree, step)
            if found is None:
                break
            key, tree_below = found
            places = tree.key_places if isinstance(tree_below, Map | Seq) else tree.value_places
            place, tree = places.get(key, place), tree_below
        elif isinstance(tree, Seq) and isinstance(step, int) and -len(tree) <= step < len(tree):
            place, tree = tree.value_places[step], tree[step]
        else:
            break
    return None if place == NOWHERE else place


def planted(value: Any, place: Place) -> Any:
    """Turn plain dicts and lists (from JSON, from a command) into a tree that stands wholly at one place."""
    if isinstance(value, dict):
        mapping = Map(place)
        for key, below in value.items():
            mapping.put(str(key), planted(below, place), place, place)
        return mapping
    if isinstance(value, list):
        sequence = Seq(place)
        for below in value:
            sequence.add(planted(below, place), place)
        return sequence
    return value
