"""Read a template: tokens in, nodes out; what Go refuses when it parses is refused here."""

from atmos_auth.stacks.templates import literals
from atmos_auth.stacks.templates.fault import Fault
from atmos_auth.stacks.templates.lexer import Token, tokens
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
    Nil,
    Node,
    Operand,
    Parsed,
    Pipe,
    Range,
    Text,
    Variable,
    With,
    Word,
)

# Nobody writes deeper by hand; a generated bomb must not exhaust the stack.
DEEPEST = 100
CONTROLS: dict[str, type[If | With | Range]] = {"if": If, "with": With, "range": Range}
CONSTANTS = {"true": True, "false": False}
KEYWORDS = {*CONTROLS, "else", "end", "define", "block", "template", "break", "continue"}


def parse(text: str, left: str, right: str) -> Parsed:
    """Read `text`. Raises Fault."""
    return _Parser(text, left, right).template()


class _Parser:
    """One reading; the variables that are in sight are kept as (name, slot), the innermost last."""

    def __init__(self, text: str, left: str, right: str) -> None:
        self._tokens = list(tokens(text, left, right))
        self._next = 0
        self._right = right
        self._depth = 0
        self._ranges = 0
        self._in_sight = [("$", 0)]
        self._slots = 1
        self._defined: dict[str, Body] = {}
        self._words: list[Word] = []

    def template(self) -> Parsed:
        """Read everything."""
        nodes, closing = self._list(top=True)
        if closing is not None:
            hint = "Remove it, or write the if, range, with or define that it belongs to."
            raise Fault(f"this {closing.text} belongs to nothing", closing.at, hints=[hint])
        return Parsed(Body(nodes, self._slots), self._defined, tuple(self._words))

    # --- tokens

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _skip_space(self) -> Token:
        """Pass over blanks, and give what comes then without taking it."""
        if self._peek().kind == "space":
            self._next += 1
        return self._peek()

    def _close(self, what: str) -> None:
        token = self._skip_space()
        if token.kind != "right":
            raise Fault(
                f"{_named(token)} does not belong after {what}", token.at, hints=[f"End it with `{self._right}`."]
            )
        self._take()

    # --- lists of nodes

    def _list(self, *, top: bool = False) -> tuple[tuple[Node, ...], Token | None]:
        """Read up to the `else` or `end` that belongs to no inner construct, and give that too."""
        nodes: list[Node] = []
        while True:
            token = self._take()
            if token.kind == "end":
                return tuple(nodes), None
            if token.kind == "text":
                nodes.append(Text(token.text, token.at))
                continue
            first = self._skip_space()
            if first.kind == "word" and first.text in ("else", "end"):
                self._take()
                return tuple(nodes), first
            node = self._action(first, top=top)
            if node is not None:
                nodes.append(node)

    def _action(self, first: Token, *, top: bool) -> Node | None:
        if first.kind != "word" or first.text not in KEYWORDS:
            return Action(self._whole_pipe("the action", declares=1))
        self._take()
        if first.text in CONTROLS:
            return self._control(first)
        if first.text == "define":
            self._define(first, top=top)
            return None
        if first.text == "block":
            return self._block(first)
        if first.text == "template":
            return self._invoke(first)
        self._close(f"`{first.text}`")
        if not self._ranges:
            raise Fault(f"{first.text} stands outside of a range", first.at, hints=["Move it between range and end."])
        return Leave(first.text == "continue")

    def _control(self, opened: Token) -> Node:
        """Read what follows `if`, `with` or `range`."""
        self._deeper(opened)
        in_sight = len(self._in_sight)
        pipe = self._whole_pipe(f"`{opened.text}`", declares=2 if opened.text == "range" else 1)
        after_pipe = len(self._in_sight)
        self._ranges += opened.text == "range"
        body, closing = self._list()
        self._ranges -= opened.text == "range"
        del self._in_sight[after_pipe:]
        otherwise: tuple[Node, ...] = ()
        if closing is not None and closing.text == "else":
            otherwise, closing = self._else(opened)
        if closing is None or closing.text == "else":
            raise self._unended(opened, closing)
        self._ended()
        del self._in_sight[in_sight:]
        self._depth -= 1
        return CONTROLS[opened.text](pipe, body, otherwise)

    def _else(self, opened: Token) -> tuple[tuple[Node, ...], Token | None]:
        following = self._skip_space()
        if following.kind == "word" and following.text in ("if", "with") and following.text == opened.text:
            self._take()
            # It shares its `end` with the one that it belongs to: leave that to be read once more.
            node = self._control(following)
            self._next -= 1
            return (node,), Token("word", "end", following.at)
        self._close("`else`")
        return self._list()

    def _ended(self) -> None:
        self._close("`end`")

    def _unended(self, opened: Token, closing: Token | None) -> Fault:
        if closing is not None:
            return Fault("a second else", closing.at, hints=[f"Use `else {opened.text}`, or remove it."])
        return Fault(f"this {opened.text} has no end", opened.at, hints=["Add the `end`."])

    def _define(self, opened: Token, *, top: bool) -> None:
        if not top:
            raise Fault(
                "define stands inside of something else", opened.at, hints=["Move it to the top level of the text."]
            )
        name = self._name(opened)
        self._close("the name")
        self._own_body(name, opened)

    def _block(self, opened: Token) -> Invoke:
        name = self._name(opened)
        pipe = self._whole_pipe("`block`", declares=1)
        self._own_body(name, opened)
        return Invoke(name, pipe, opened.at)

    def _own_body(self, name: str, opened: Token) -> None:
        """Read a template that is defined inside the text; it sees no variable but `$`."""
        self._deeper(opened)
        outside = self._in_sight, self._slots, self._ranges
        self._in_sight, self._slots, self._ranges = [("$", 0)], 1, 0
        nodes, closing = self._list()
        if closing is None or closing.text != "end":
            raise self._unended(opened, closing)
        self._ended()
        body = Body(nodes, self._slots)
        self._in_sight, self._slots, self._ranges = outside
        self._depth -= 1
        if name in self._defined and not _is_empty(self._defined[name]) and not _is_empty(body):
            raise Fault(f'the template "{name}" is defined twice', opened.at, hints=["Give one of them another name."])
        if name not in self._defined or not _is_empty(body):
            self._defined[name] = body

    def _invoke(self, opened: Token) -> Invoke:
        name = self._name(opened)
        if self._skip_space().kind == "right":
            self._take()
            return Invoke(name, None, opened.at)
        return Invoke(name, self._whole_pipe("`template`", declares=1), opened.at)

    def _name(self, opened: Token) -> str:
        token = self._skip_space()
        if token.kind not in ("string", "raw"):
            raise Fault(f"{opened.text} lacks a name", token.at, hints=[f'Write {opened.text} "name" …'])
        return literals.text(self._take())

    # --- pipelines

    def _whole_pipe(self, what: str, *, declares: int) -> Pipe:
        pipe = self._pipe("right", what, declares=declares)
        self._take()
        return pipe

    def _pipe(self, until: str, what: str, *, declares: int) -> Pipe:
        """Read commands up to `until`, which stays to be taken."""
        start = self._skip_space().at
        names, declared = self._targets(declares)
        commands: list[Command] = []
        while True:
            token = self._skip_space()
            # Go lets a `|` stand before the end.
            if commands and token.kind == until:
                break
            if token.kind in (until, "|", "right"):
                hint = "Write a value, or a function with its arguments."
                raise Fault(f"{what} lacks a value", token.at if commands else start, hints=[hint])
            commands.append(self._command())
            if commands[1:] and not isinstance(commands[-1].words[0], (Word, Field, Variable, Chain, Pipe)):
                hint = "After a `|` stands a function, which gets the value as its last argument."
                raise Fault("a value cannot take what is piped into it", commands[-1].at, hints=[hint])
            token = self._skip_space()
            if token.kind == until:
                break
            if token.kind != "|":
                raise Fault(
                    f"{_named(token)} does not belong here", token.at, hints=["Put a blank or a `|` between values."]
                )
            self._take()
        # The names come into sight after the value was read: `$x := $x` means the outer one.
        targets = tuple(
            self._slot(name) if sets else self._declared(name) for name, sets in zip(names, declared, strict=True)
        )
        return Pipe(targets, tuple(commands), start)

    def _targets(self, most: int) -> tuple[list[Token], list[bool]]:
        """Read `$x :=`, `$x =` or, in a range, `$i, $x :=`; for each name, whether it exists already."""
        back = self._next
        names: list[Token] = []
        while self._peek().kind == "variable":
            names.append(self._take())
            sign = self._skip_space()
            if sign.kind in ("declare", "="):
                self._take()
                if len(names) > most:
                    raise Fault(
                        "too many variables are set at once",
                        names[0].at,
                        hints=["A range sets two at most, anything else one."],
                    )
                return names, [sign.kind == "="] * len(names)
            if sign.kind != "," or most == 1:
                break
            self._take()
            self._skip_space()
        self._next = back
        return [], []

    def _declared(self, name: Token) -> int:
        slot = self._slots
        self._slots += 1
        self._in_sight.append((name.text, slot))
        return slot

    def _slot(self, name: Token) -> int:
        for known, slot in reversed(self._in_sight):
            if known == name.text:
                return slot
        raise Fault(f"the variable {name.text} is not set", name.at, hints=[f"Set it before: {name.text} := …"])

    def _command(self) -> Command:
        start = self._peek().at
        words: list[Operand] = []
        while True:
            token = self._skip_space()
            if token.kind in ("right", ")", "|"):
                break
            words.append(self._operand())
            if self._peek().kind not in ("space", "right", ")", "|"):
                following = self._peek()
                raise Fault(
                    f"{_named(following)} does not belong here", following.at, hints=["Put a blank between values."]
                )
        first = words[0]
        if isinstance(first, (Literal, Nil, Dot)) and len(words) > 1:
            raise Fault(
                "a value cannot take arguments", first.at, hints=["The first word of a command is its function."]
            )
        if isinstance(first, Nil):
            raise Fault("nil is not a command", first.at, hints=["It can only be an argument of a function."])
        return Command(tuple(words), start)

    def _operand(self) -> Operand:
        token = self._take()
        if token.kind == "field":
            return Field((token.text[1:], *self._fields()), token.at)
        if token.kind == "variable":
            return Variable(self._slot(token), self._fields(), token.at)
        if token.kind == "word":
            return self._word(token)
        if token.kind == "(":
            return self._parenthesis(token)
        value = self._value(token)
        if self._peek().kind == "field":
            raise Fault(f"{_named(token)} has no fields", self._peek().at, hints=["Put a blank before the `.`."])
        return value

    def _value(self, token: Token) -> Operand:
        if token.kind in ("string", "raw"):
            return Literal(literals.text(token), token.at)
        if token.kind == "number":
            return Literal(literals.number(token), token.at)
        if token.kind == "char":
            return Literal(literals.character(token), token.at)
        if token.kind == ".":
            return Dot(token.at)
        raise Fault(f"{_named(token)} does not belong here", token.at, hints=["A value or a function is expected."])

    def _word(self, token: Token) -> Operand:
        if token.text in CONSTANTS or token.text == "nil":
            if self._peek().kind == "field":
                raise Fault(f"{token.text} has no fields", self._peek().at, hints=["Put a blank before the `.`."])
            return Nil(token.at) if token.text == "nil" else Literal(CONSTANTS[token.text], token.at)
        if token.text in KEYWORDS:
            raise Fault(f"{token.text} is not a value", token.at, hints=["It begins an action of its own."])
        word = Word((token.text, *self._fields()), token.at)
        self._words.append(word)
        return word

    def _parenthesis(self, opened: Token) -> Operand:
        self._deeper(opened)
        pipe = self._pipe(")", "the parenthesis", declares=1)
        self._take()
        self._depth -= 1
        names = self._fields()
        return Chain(pipe, names, opened.at) if names else pipe

    def _fields(self) -> tuple[str, ...]:
        names: list[str] = []
        while self._peek().kind == "field":
            names.append(self._take().text[1:])
        return tuple(names)

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Fault(f"this is nested more than {DEEPEST} deep", token.at, hints=["Put a part of it into a define."])


def _named(token: Token) -> str:
    """Name a token, without showing a text that may be secret."""
    if token.kind in ("string", "raw", "char"):
        return "this text"
    return f"`{token.text}`" if token.text.strip() else "the end"


def _is_empty(body: Body) -> bool:
    """Tell whether a template prints nothing but blanks; such a one may be defined again."""
    return all(isinstance(node, Text) and not node.text.strip() for node in body.nodes)
