"""What a template consists of, after it was read; every `at` is an offset in the text."""

from typing import Any, NamedTuple, TypeAlias


class Literal(NamedTuple):
    """A text, number, character or truth value."""

    value: Any
    at: int


class Nil(NamedTuple):
    """The word `nil`."""

    at: int


class Dot(NamedTuple):
    """The value that `.` stands for."""

    at: int


class Field(NamedTuple):
    """`.a.b`, below the dot."""

    names: tuple[str, ...]
    at: int


class Variable(NamedTuple):
    """`$name.a.b`; `slot` is where its value is kept while a template runs."""

    slot: int
    names: tuple[str, ...]
    at: int


class Chain(NamedTuple):
    """`(…).a.b`, below the value of what stands in parentheses."""

    base: "Pipe"
    names: tuple[str, ...]
    at: int


class Word(NamedTuple):
    """The name of a function, with the dotted names that follow it: `now.Year`, `atmos.Component`."""

    names: tuple[str, ...]
    at: int


class Command(NamedTuple):
    """A function with its arguments, or one value."""

    words: tuple["Operand", ...]
    at: int


class Pipe(NamedTuple):
    """Commands, each of which passes its value on as the last argument of the next; `targets` are variables set."""

    targets: tuple[int, ...]
    commands: tuple[Command, ...]
    at: int


Operand: TypeAlias = Literal | Nil | Dot | Field | Variable | Chain | Word | Pipe


class Text(NamedTuple):
    """What is printed as it stands."""

    text: str
    at: int


class Action(NamedTuple):
    """A pipeline whose value is printed, unless it sets a variable."""

    pipe: Pipe


class If(NamedTuple):
    """`if`, with its `else`."""

    pipe: Pipe
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]


class With(NamedTuple):
    """`with`: the value becomes the dot unless it is empty."""

    pipe: Pipe
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]


class Range(NamedTuple):
    """`range`, with its `else`."""

    pipe: Pipe
    body: tuple["Node", ...]
    otherwise: tuple["Node", ...]


class Invoke(NamedTuple):
    """`template "name" pipeline`."""

    name: str
    pipe: Pipe | None
    at: int


class Leave(NamedTuple):
    """`break`, or `continue` if `only_this_round`."""

    only_this_round: bool


Node: TypeAlias = Text | Action | If | With | Range | Invoke | Leave


class Body(NamedTuple):
    """A template: what it consists of, and how many variables it has."""

    nodes: tuple[Node, ...]
    slots: int


class Parsed(NamedTuple):
    """A text, read: its own body, those it defines, and the functions it names with their places."""

    main: Body
    defined: dict[str, Body]
    words: tuple[Word, ...]
