"""Reckon: whole numbers of 64 bits, and fractions."""

import math
import re
from collections.abc import Callable
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import MOST_PARTS, as_fraction, plain, wrapped

WHOLE = r"[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][\d_]*|0)"


def whole(value: Any) -> int:
    """Make a whole number of a number, a truth value or text; 0 where that is not possible."""
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and abs(value) < 2**63 else -(2**63)
    if isinstance(value, int):
        return wrapped(value)
    return _whole_of_text(value) if isinstance(value, str) else 0


def _whole_of_text(text: str) -> int:
    text = re.sub(r"\.0*$", "", text) if re.search(r"\.0+$", text) else text
    if not re.fullmatch(WHOLE, text):
        return 0
    digits = re.sub(r"^([+-]?)0([0-7_]+)$", r"\g<1>0o\2", text)
    try:
        number = int(digits, 0)
    except ValueError:
        return 0
    return number if -(2**63) <= number < 2**63 else 0


def fraction(value: Any) -> float:
    """Make a fraction of a number, a truth value or text; 0 where that is not possible."""
    if isinstance(value, (int, float)):
        return as_fraction(value)
    try:
        return float(value) if isinstance(value, str) and not value[:1].isspace() and not value[-1:].isspace() else 0.0
    except ValueError:
        return 0.0


def atoi(text: str) -> int:
    """Read a decimal number; one that is too large gives the largest, and what is none 0."""
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        return 0
    digits = text.lstrip("+-").lstrip("0")
    number = int(digits or "0") if len(digits) < 20 else 2**63
    return max(-(2**63), min(-number if text[0] == "-" else number, 2**63 - 1))


def add(*values: Any) -> int:
    """Add."""
    return wrapped(sum(map(whole, values)))


def multiply(first: Any, *others: Any) -> int:
    """Multiply."""
    product = whole(first)
    for other in others:
        product = wrapped(product * whole(other))
    return product


def divide(first: Any, other: Any) -> int:
    """Divide, and drop what is behind the point."""
    numerator, denominator = whole(first), _not_zero(whole(other))
    quotient = abs(numerator) // abs(denominator)
    return wrapped(quotient if (numerator < 0) == (denominator < 0) else -quotient)


def remainder(first: Any, other: Any) -> int:
    """Give what a division leaves; its sign is that of the first number."""
    number = whole(first)
    rest: int = abs(number) % abs(_not_zero(whole(other)))
    return -rest if number < 0 else rest


def _not_zero(number: Any) -> Any:
    if not number:
        raise Refused("cannot divide by zero", hints=["The key may be missing: use `default`."])
    return number


def _folded(step: Callable[[Any, Any], Any]) -> Callable[..., float]:
    """Reckon with decimal fractions, so that 0.1 and 0.2 make 0.3."""

    def fold(first: Any, *others: Any) -> float:
        from decimal import Decimal, localcontext

        with localcontext() as context:
            context.prec = 34
            result = Decimal(repr(_finite(fraction(first))))
            for other in others:
                result = step(result, Decimal(repr(_finite(fraction(other)))))
            # Zero has no sign here.
            return float(result) + 0.0

    return fold


def _quotient(first: Any, other: Any) -> Any:
    """Divide to 16 places behind the point, as Sprig's decimals do."""
    from decimal import ROUND_HALF_UP, Decimal

    quotient = first / _not_zero(other)
    return quotient.quantize(Decimal("1e-16"), ROUND_HALF_UP) if abs(quotient) < 10**15 else quotient


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise Refused("cannot reckon with a number that is not finite")
    return number


def rounded(value: Any, places: int, up_from: float = 0.5) -> float:
    """Round to this many places."""
    if not -300 <= places <= 300:
        raise Refused("rounds to 300 places at most")
    power = math.pow(10, places)
    digit = power * fraction(value)
    if not math.isfinite(digit):
        return digit / power
    behind = math.modf(digit)[0]
    return (math.ceil(digit) if behind >= up_from else math.floor(digit)) / power


def _near(rounding: Callable[[float], int]) -> Callable[[Any], float]:
    return lambda value: float(rounding(fraction(value))) if math.isfinite(fraction(value)) else fraction(value)


def until(count: int) -> list[int]:
    """Count from zero to before a number."""
    return until_step(0, count, -1 if count < 0 else 1)


def until_step(start: int, stop: int, step: int) -> list[int]:
    """Count in steps."""
    if step == 0:
        return []
    numbers = range(start, stop, step)
    if (stop - start) // step > MOST_PARTS:
        raise Refused(f"would make a list of more than {MOST_PARTS}")
    return list(numbers)


def seq(*numbers: int) -> str:
    """Count as the program `seq` does: to an end, from a start, in steps."""
    if not 1 <= len(numbers) <= 3:
        return ""
    start = numbers[0] if len(numbers) > 1 else 1
    end = numbers[-1]
    way = -1 if end < start else 1
    step = numbers[1] if len(numbers) == 3 else way
    if (step > 0) != (way > 0):
        return ""
    return " ".join(map(str, until_step(start, end + way, step)))


def octal(value: Any) -> int:
    """Read a number written in octal digits, or give 0."""
    text = plain(value)
    return wrapped(int(text, 8)) if re.fullmatch(r"[+-]?[0-7]{1,21}", text) else 0


FUNCTIONS = (
    Function("add", "any…", add),
    Function("add1", "any", lambda value: add(value, 1)),
    Function("sub", "any any", lambda a, b: wrapped(whole(a) - whole(b))),
    Function("mul", "any any…", multiply),
    Function("div", "any any", divide),
    Function("mod", "any any", remainder),
    Function("max", "any any…", lambda *values: max(map(whole, values))),
    Function("biggest", "any any…", lambda *values: max(map(whole, values))),
    Function("min", "any any…", lambda *values: min(map(whole, values))),
    Function("addf", "any…", lambda *values: _folded(lambda a, b: a + b)(0, *values)),
    Function("add1f", "any", lambda value: _folded(lambda a, b: a + b)(value, 1)),
    Function("subf", "any any…", _folded(lambda a, b: a - b)),
    Function("mulf", "any any…", _folded(lambda a, b: a * b)),
    Function("divf", "any any…", _folded(_quotient)),
    Function("maxf", "any any…", lambda *values: max(map(fraction, values))),
    Function("minf", "any any…", lambda *values: min(map(fraction, values))),
    Function("floor", "any", _near(math.floor)),
    Function("ceil", "any", _near(math.ceil)),
    Function("round", "any int fraction?", rounded),
    Function("int", "any", whole),
    Function("int64", "any", whole),
    Function("float64", "any", fraction),
    Function("atoi", "text", atoi),
    Function("toDecimal", "any", octal),
    Function("until", "int", until),
    Function("untilStep", "int int int", until_step),
    Function("seq", "int…", seq),
)
