"""What goes wrong inside a template, by its position in the text; `template` turns it into an error with a place."""

from collections.abc import Sequence


class Fault(Exception):
    """A construct of the template is wrong; `at` is its offset in the text. No message holds a value of the data."""

    def __init__(self, message: str, at: int, *, hints: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hints = tuple(hints)


class Refused(Exception):
    """A function does not take what it was given; the evaluation knows which function, and where."""

    def __init__(self, message: str, *, hints: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)
