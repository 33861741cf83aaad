"""Run a template: walk its nodes, evaluate its pipelines, print what comes out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from atmos_auth.stacks.templates.fault import Fault, Refused
from atmos_auth.stacks.templates.functions.function import Function, fitted
from atmos_auth.stacks.templates.functions.names import named
from atmos_auth.stacks.templates.near import near
from atmos_auth.stacks.templates.nodes import (
    Action,
    Body,
    Chain,
    Command,
    Dot,
    Field,
    If,
    Invoke,
    Leave,
    Literal,
    Node,
    Operand,
    Pipe,
    Range,
    Text,
    Variable,
    With,
    Word,
)
from atmos_auth.stacks.templates.values import LONGEST_TEXT, MOST_PARTS, TOO_LONG, described, is_true, pairs, shown

# Far more than a manifest needs; whoever gets there has a loop that does not end in a lifetime.
MOST_STEPS = 1_000_000
DEEPEST_TEMPLATE = 60
# What a template may print in all.
LONGEST_OUTPUT = 4 * LONGEST_TEXT
# Nothing was piped in; not even nil.
NOTHING: Any = object()


class Run:
    """One rendering of a template; `pieces` is what it printed so far."""

    def __init__(
        self,
        defined: Mapping[str, Body],
        functions: Mapping[str, Function],
        *,
        missing_is_error: bool,
    ) -> None:
        self.pieces: list[str] = []
        self._defined = defined
        self._functions = functions
        self._missing_is_error = missing_is_error
        self._frame: list[Any] = []
        self._steps = 0
        self._printed = 0
        self._depth = 0

    def body(self, body: Body, dot: Any) -> None:
        """Print a template with `dot`. Raises Fault."""
        outside = self._frame
        self._frame = [dot, *[None] * (body.slots - 1)]
        self._walk(body.nodes, dot)
        self._frame = outside

    # --- what prints

    def _walk(self, nodes: Iterable[Node], dot: Any) -> Leave | None:
        """Print nodes, up to a `break` or `continue`, which is given back."""
        for node in nodes:
            if isinstance(node, Text):
                self._print(node.text, node.at)
            elif isinstance(node, Action):
                value = self._pipe(node.pipe, dot)
                if not node.pipe.targets:
                    self._print_value(value, node.pipe.at)
            else:
                left = self._control(node, dot)
                if left is not None:
                    return left
        return None

    def _control(self, node: Node, dot: Any) -> Leave | None:
        if isinstance(node, If):
            return self._walk(node.body if is_true(self._pipe(node.pipe, dot)) else node.otherwise, dot)
        if isinstance(node, With):
            value = self._pipe(node.pipe, dot)
            return self._walk(node.body, value) if is_true(value) else self._walk(node.otherwise, dot)
        if isinstance(node, Range):
            return self._range(node, dot)
        if isinstance(node, Invoke):
            self._invoke(node, dot)
            return None
        return node if isinstance(node, Leave) else None

    def _range(self, node: Range, dot: Any) -> Leave | None:
        value = self._pipe(node.pipe, dot)
        rounds = self._rounds(value, node.pipe)
        targets = node.pipe.targets
        empty = True
        for key, item in rounds:
            empty = False
            self._step(node.pipe.at)
            if targets:
                self._frame[targets[-1]] = item
                if len(targets) > 1:
                    self._frame[targets[0]] = key
            left = self._walk(node.body, item)
            if left is not None and not left.only_this_round:
                break
        return self._walk(node.otherwise, dot) if empty else None

    def _rounds(self, value: Any, pipe: Pipe) -> Iterable[tuple[Any, Any]]:
        if isinstance(value, list):
            return enumerate(list(value))
        if isinstance(value, dict):
            return pairs(value)
        if value is None:
            return ()
        if isinstance(value, int) and not isinstance(value, bool) and len(pipe.targets) < 2:
            return ((number, number) for number in range(value))
        hint = "It goes over lists, maps, and with one variable over whole numbers."
        raise Fault(f"range cannot go over {described(value)}", pipe.at, hints=[hint])

    def _invoke(self, node: Invoke, dot: Any) -> None:
        body = self._defined.get(node.name)
        if body is None:
            like = near(node.name, self._defined)
            hint = f"Did you mean {like}?" if like else f'Write it: define "{node.name}" … end.'
            raise Fault(f'the template "{node.name}" is not defined', node.at, hints=[hint])
        if self._depth >= DEEPEST_TEMPLATE:
            hint = "A template that calls itself needs an `if` or `range` that ends it."
            raise Fault(f"templates call each other more than {DEEPEST_TEMPLATE} deep", node.at, hints=[hint])
        value = self._pipe(node.pipe, dot) if node.pipe else None
        self._step(node.at)
        self._depth += 1
        self.body(body, value)
        self._depth -= 1

    def _print_value(self, value: Any, at: int) -> None:
        try:
            text = value if isinstance(value, str) else shown(value)
        except Refused as refused:
            raise Fault(refused.message, at, hints=refused.hints) from None
        self._print(text, at)

    def _print(self, text: str, at: int) -> None:
        self._printed += len(text)
        if self._printed > LONGEST_OUTPUT:
            hint = "Look for a loop that repeats itself."
            raise Fault(f"more than {LONGEST_OUTPUT} characters are printed", at, hints=[hint])
        self.pieces.append(text)

    def _step(self, at: int) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            hint = "Look for loops inside of loops."
            raise Fault(f"this was still running after {MOST_STEPS} steps", at, hints=[hint])

    # --- what has a value

    def _pipe(self, pipe: Pipe, dot: Any) -> Any:
        value = NOTHING
        for command in pipe.commands:
            value = self._command(command, dot, value)
        for slot in pipe.targets:
            self._frame[slot] = value
        return value

    def _command(self, command: Command, dot: Any, piped: Any) -> Any:
        first = command.words[0]
        if isinstance(first, Word):
            return self._call(first, command.words[1:], dot, piped)
        if len(command.words) > 1 or piped is not NOTHING:
            return self._method(first, command.words[1:], dot, piped)
        return self._operand(first, dot)

    def _operand(self, operand: Operand, dot: Any) -> Any:
        if isinstance(operand, Field):
            return self._fields(dot, operand.names, operand.at)
        if isinstance(operand, Literal):
            return operand.value
        if isinstance(operand, Variable):
            value = self._frame[operand.slot]
            return self._fields(value, operand.names, operand.at) if operand.names else value
        if isinstance(operand, Pipe):
            return self._pipe(operand, dot)
        if isinstance(operand, Word):
            return self._call(operand, (), dot, NOTHING)
        if isinstance(operand, Chain):
            return self._fields(self._pipe(operand.base, dot), operand.names, operand.at)
        return dot if isinstance(operand, Dot) else None

    def _fields(self, value: Any, names: tuple[str, ...], at: int) -> Any:
        """Follow `.a.b` into a value: keys of maps, and what a time tells of itself."""
        for number, name in enumerate(names):
            if isinstance(value, dict):
                if name in value:
                    value = value[name]
                    if value is None and number + 1 < len(names):
                        raise _below_null(name, names[number + 1], at)
                    continue
                if self._missing_is_error:
                    raise _no_key(name, value, at)
                return None
            if value is None:
                if self._missing_is_error:
                    raise _no_key(name, {}, at)
                return None
            if isinstance(value, datetime):
                value = self._ask(value, name, at, [])
                continue
            hint = "Only maps have fields; use `index` for lists."
            raise Fault(f"there is no field `{name}` in {described(value)}", at, hints=[hint])
        return value

    def _method(self, first: Operand, words: tuple[Operand, ...], dot: Any, piped: Any) -> Any:
        """Call what a time can do with arguments; no other value takes any."""
        names = first.names if isinstance(first, (Field, Variable, Chain)) else ()
        if names:
            base = self._operand(_without_last(first), dot)
            if isinstance(base, datetime):
                return self._ask(base, names[-1], first.at, self._arguments(words, dot, piped))
        hint = "Only a function takes arguments; names of functions have no dot or $ before them."
        raise Fault("this value is not a function, so it takes no arguments", first.at, hints=[hint])

    def _arguments(self, words: tuple[Operand, ...], dot: Any, piped: Any) -> list[Any]:
        arguments = [self._operand(word, dot) for word in words]
        if piped is not NOTHING:
            arguments.append(piped)
        return arguments

    def _call(self, word: Word, words: tuple[Operand, ...], dot: Any, piped: Any) -> Any:
        name, fields = named(word.names, self._functions)
        if name in ("and", "or"):
            return self._either(name, word, words, dot, piped)
        if not fields:
            return self._apply(name, word.at, self._arguments(words, dot, piped))
        value = self._fields(self._apply(name, word.at, []), fields[:-1], word.at)
        if isinstance(value, datetime) and (words or piped is not NOTHING):
            return self._ask(value, fields[-1], word.at, self._arguments(words, dot, piped))
        if words or piped is not NOTHING:
            whole = ".".join(word.names)
            raise Fault(f"`{whole}` takes no arguments", word.at, hints=[f"Write ({whole})."])
        return self._fields(value, fields[-1:], word.at)

    def _either(self, name: str, word: Word, words: tuple[Operand, ...], dot: Any, piped: Any) -> Any:
        """Give the operand that decides; what comes after it is not evaluated."""
        if not words and piped is NOTHING:
            raise Fault(f"`{name}` takes at least 1 argument, and here is none", word.at, hints=_form(name, "any any…"))
        value = None
        for operand in words:
            value = self._operand(operand, dot)
            if is_true(value) is (name == "or"):
                return value
        return value if piped is NOTHING else piped

    def _apply(self, name: str, at: int, arguments: list[Any]) -> Any:
        self._step(at)
        function = self._functions[name]
        try:
            value = function.call(*fitted(function.takes, arguments))
        except Refused as refused:
            raise Fault(f"`{name}` {refused.message}", at, hints=refused.hints or _form(name, function.takes)) from None
        except RecursionError:
            raise Fault(f"`{name}` was given a value that is nested too deeply", at) from None
        if isinstance(value, (str, list)) and len(value) > (LONGEST_TEXT if isinstance(value, str) else MOST_PARTS):
            raise Fault(
                f"`{name}` makes {described(value)} of {len(value)} parts, which is too long", at, hints=[TOO_LONG]
            )
        return value

    def _ask(self, moment: datetime, name: str, at: int, arguments: list[Any]) -> Any:
        from atmos_auth.stacks.templates.functions.time import METHODS, asked

        try:
            return asked(moment, name, arguments)
        except Refused as refused:
            form = _form(name, METHODS[name][0]) if name in METHODS else ()
            raise Fault(f"`{name}` {refused.message}", at, hints=refused.hints or form) from None


def _form(name: str, takes: str) -> tuple[str, ...]:
    """Show how a function is written; `fail` has said all that its author wanted."""
    return (f"It is written: {name} {takes.replace('target', 'map')}".rstrip(),) if name != "fail" else ()


def _without_last(operand: Field | Variable | Chain | Operand) -> Operand:
    if isinstance(operand, Field):
        return Field(operand.names[:-1], operand.at) if operand.names[1:] else Dot(operand.at)
    if isinstance(operand, Variable):
        return operand._replace(names=operand.names[:-1])
    if isinstance(operand, Chain):
        return operand._replace(names=operand.names[:-1]) if operand.names[1:] else operand.base
    return operand


def _below_null(name: str, below: str, at: int) -> Fault:
    hint = "Give it a value, or ask for it with `with`."
    return Fault(f"`{name}` is null, so it has no field `{below}`", at, hints=[hint])


def _no_key(name: str, there: Mapping[Any, Any], at: int) -> Fault:
    like = near(name, there)
    if like:
        hint = f"Did you mean {like}?"
    else:
        hint = "Set it, or write `index` or `get` with `default` where it may be missing."
    return Fault(f"there is no key `{name}`", at, hints=[hint])
