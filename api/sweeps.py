"""Sweeps: `period=5:50:5` asks for an indicator with each of many values of a parameter."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product

from api.problems import Refusal
from indicators import BadParameter

MOST = 100
"""Values, or combinations of them, of one question."""
_LARGEST, _SMALLEST = Decimal(10**12), Decimal("1e-9")
_ALLOWED = "a number, or first:last:step with first <= last and step > 0"
Value = str | int | float


def is_swept(params: Mapping[str, Value]) -> bool:
    """Whether a parameter stands for several values."""
    return any(isinstance(value, str) and ":" in value for value in params.values())


def each(params: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """Return the parameters once for every combination of values, the last one changing first.

    Raises BadParameter for a sweep that can't be read, or a Refusal of too many values.
    """
    values = {
        name: _values(name, value) if isinstance(value, str) and ":" in value else [value]
        for name, value in params.items()
    }
    count = 1
    for name, found in values.items():
        count *= len(found)
        if count > MOST:
            raise _too_many(name, params[name], count)
    return (dict(zip(values, combination, strict=True)) for combination in product(*values.values()))


def _values(name: str, text: str) -> list[Value]:
    """Return the values from first to last, exactly as written: 0.1:0.3:0.1 ends with 0.3."""
    try:
        first, last, step = (Decimal(part) for part in text.split(":"))
        # SEC a number of a million digits is written in nine characters
        is_right = -_LARGEST <= first <= last <= _LARGEST and _SMALLEST <= step <= _LARGEST
    except (ArithmeticError, ValueError) as ex:
        raise BadParameter(name, text, f"must be {_ALLOWED}") from ex
    if not is_right:
        raise BadParameter(name, text, f"must be {_ALLOWED}")
    steps = int((last - first) / step)
    if steps >= MOST:
        raise _too_many(name, text, steps + 1)
    return [_number(first + step * place) for place in range(steps + 1)]


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _too_many(name: str, given: Value, count: int) -> Refusal:
    return Refusal(
        "parameter-out-of-bounds",
        f"{name}={given!r} makes {count} values; allowed: at most {MOST} in one question",
        parameter=name,
        given=given,
        allowed=f"at most {MOST} values",
    )
