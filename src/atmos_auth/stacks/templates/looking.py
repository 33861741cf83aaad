"""What of its data a template looks at."""

from collections.abc import Iterable, Iterator

from atmos_auth.stacks.templates.nodes import (
    Action,
    Chain,
    Dot,
    Field,
    If,
    Invoke,
    Node,
    Operand,
    Parsed,
    Pipe,
    Range,
    Variable,
    With,
    Word,
)

# A way into the data; an empty one leads to all of it.
Way = tuple[str, ...]
_ROOT = 0
# Whoever asks for another component may be answered with anything.
_ASKS_OTHERS = "atmos"


def looked_at(parsed: Parsed) -> frozenset[Way]:
    """Return every way that the template goes, as far as it is written; what it defines gets its data from others."""
    return frozenset(_of_nodes(parsed.main.nodes, is_top=True))


def _of_nodes(nodes: Iterable[Node], *, is_top: bool) -> Iterator[Way]:
    for node in nodes:
        if isinstance(node, Action | If | With | Range):
            yield from _of_pipe(node.pipe, is_top=is_top)
        if isinstance(node, Invoke) and node.pipe is not None:
            yield from _of_pipe(node.pipe, is_top=is_top)
        if isinstance(node, If | With | Range):
            # The dot of a body is what the pipeline gave; that of `else` is the one outside.
            yield from _of_nodes(node.body, is_top=is_top and isinstance(node, If))
            yield from _of_nodes(node.otherwise, is_top=is_top)


def _of_pipe(pipe: Pipe, *, is_top: bool) -> Iterator[Way]:
    for command in pipe.commands:
        for word in command.words:
            yield from _of_operand(word, is_top=is_top)


def _of_operand(operand: Operand, *, is_top: bool) -> Iterator[Way]:
    if isinstance(operand, Field) and is_top:
        yield operand.names
    elif isinstance(operand, Dot) and is_top:
        yield ()
    elif isinstance(operand, Variable) and operand.slot == _ROOT:
        yield operand.names
    elif isinstance(operand, Chain):
        yield from _of_pipe(operand.base, is_top=is_top)
    elif isinstance(operand, Pipe):
        yield from _of_pipe(operand, is_top=is_top)
    elif isinstance(operand, Word) and operand.names[0] == _ASKS_OTHERS:
        yield ()
