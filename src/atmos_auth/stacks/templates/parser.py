"""Read a template: tokens in, nodes out; what Go refuses when it parses is refused here."""

from atmos_auth.stacks.templates import literals
from atmos_auth.stacks.templates.fault import Fault
from atmos_auth.stacks.templates.lexer import Token
from atmos_auth.stacks.templates.nodes import Action, Body, If, Invoke, Leave, Node, Parsed, Range, Text, With
from atmos_auth.stacks.templates.pipelines import KEYWORDS, PipelineReader

CONTROLS: dict[str, type[If | With | Range]] = {"if": If, "with": With, "range": Range}


def parse(text: str, left: str, right: str) -> Parsed:
    """Read `text`. Raises Fault."""
    return _Parser(text, left, right).template()


class _Parser(PipelineReader):
    """One reading of what a template consists of."""

    def __init__(self, text: str, left: str, right: str) -> None:
        super().__init__(text, left, right)
        self._ranges = 0
        self._defined: dict[str, Body] = {}

    def template(self) -> Parsed:
        """Read everything."""
        nodes, closing = self._list(top=True)
        if closing is not None:
            hint = "Remove it, or write the if, range, with or define that it belongs to."
            raise Fault(f"this {closing.text} belongs to nothing", closing.at, hints=[hint])
        return Parsed(Body(nodes, self._slots), self._defined, tuple(self._words))

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


def _is_empty(body: Body) -> bool:
    """Tell whether a template prints nothing but blanks; such a one may be defined again."""
    return all(isinstance(node, Text) and not node.text.strip() for node in body.nodes)
