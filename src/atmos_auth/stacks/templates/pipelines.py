"""Read what stands inside the actions of a template: pipelines, commands, values and variables."""

from atmos_auth.stacks.templates import literals
from atmos_auth.stacks.templates.fault import Fault
from atmos_auth.stacks.templates.lexer import Token, tokens
from atmos_auth.stacks.templates.nodes import Chain, Command, Dot, Field, Literal, Nil, Operand, Pipe, Variable, Word

# Nobody writes deeper by hand; a generated bomb must not exhaust the stack.
DEEPEST = 100
CONSTANTS = {"true": True, "false": False}
KEYWORDS = frozenset(("if", "with", "range", "else", "end", "define", "block", "template", "break", "continue"))


class PipelineReader:
    """One reading; the variables that are in sight are kept as (name, slot), the innermost last."""

    def __init__(self, text: str, left: str, right: str) -> None:
        self._tokens = list(tokens(text, left, right))
        self._next = 0
        self._right = right
        self._depth = 0
        self._in_sight = [("$", 0)]
        self._slots = 1
        self._words: list[Word] = []

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
