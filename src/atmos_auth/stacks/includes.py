"""Put the files that a manifest includes into it while it is read, so that what they hold merges like the rest."""

import os
from shlex import quote
from typing import Any

from atmos_auth.config.functions import Functions
from atmos_auth.config.tags import INCLUDE, INCLUDE_RAW
from atmos_auth.config.tree import COMPOUND, Map, Seq, Tagged
from atmos_auth.config.words import words


class Includes:
    """Reads included files once; `base_path` is where paths start that do not begin with a dot."""

    def __init__(self, functions: Functions, base_path: str) -> None:
        self._functions = functions
        self._base_path = base_path

    def put_into(self, tree: Any) -> Any:
        """Return the tree with every `!include` worked out; shared where there is none. Raises `ConfigError`."""
        if isinstance(tree, Tagged):
            return self._included(tree) if tree.tag in (INCLUDE, INCLUDE_RAW) else tree
        if isinstance(tree, Map):
            below = {key: self.put_into(value) for key, value in tree.items() if isinstance(value, COMPOUND)}
            if all(tree[key] is value for key, value in below.items()):
                return tree
            mapping = tree.copied()
            for key, value in below.items():
                mapping.put(key, value, tree.key_places[key], tree.value_places[key])
            return mapping
        if isinstance(tree, Seq):
            items = [self.put_into(value) for value in tree]
            if all(new is old for new, old in zip(items, tree, strict=True)):
                return tree
            sequence = Seq(tree.place)
            for value, place in zip(items, tree.value_places, strict=True):
                sequence.add(value, place)
            return sequence
        return tree

    def _included(self, function: Tagged) -> Any:
        written, *query = words(function, at_least=1, at_most=2, form=f"`{function.tag} file.yaml`")
        if "://" in written or written.startswith("git::"):
            # Whoever reads files says what is wrong with it.
            return self._functions.whole(function)
        start = os.path.dirname(function.place.file) if written.split("/")[0] in (".", "..") else self._base_path
        path = os.path.normpath(os.path.join(start, os.path.expanduser(written)))
        argument = " ".join(quote(word) for word in (path, *query))
        return self._functions.whole(Tagged(function.tag, argument, function.place))
