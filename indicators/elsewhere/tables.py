"""The tables of other systems' indicators, and how one of their lines is read.

A line is `ours | theirs | parameters | outputs`. A parameter is `name=default`, or `name` where it must be given;
`10/0` is a default that is also written 0. By the table's `WORDS`, or by `ours:name=default`, it is one of ours; any
other may have its default alone. `~name` has no effect there, `~name=value` none with that value, and `!ours=value` is
what theirs always is. Outputs are theirs in the order of ours, `-` for one that they lack; without any there is one,
called as the indicator is, and `-` alone says that theirs is another thing than ours.
"""

from functools import cache
from types import ModuleType
from typing import NamedTuple

from indicators.elsewhere import alpha_vantage, pandas_ta, tradingview, twelve_data
from indicators.indicator import Value

SYSTEMS: dict[str, ModuleType] = {
    "TradingView": tradingview,
    "pandas-ta-classic": pandas_ta,
    "Alpha Vantage": alpha_vantage,
    "Twelve Data": twelve_data,
}
NONE = "-"


class Word(NamedTuple):
    """A parameter of theirs as a table has it; `also` is another way to write its default."""

    name: str
    ours: str | None
    default: Value | None
    also: str | None
    has_effect: bool


class Line(NamedTuple):
    """An indicator of theirs as a table has it."""

    id: str
    name: str
    words: tuple[Word, ...]
    constants: dict[str, Value]
    outputs: tuple[str, ...]


@cache
def lines(system: str) -> tuple[Line, ...]:
    """Return the indicators that a system has."""
    return tuple(map(_line, SYSTEMS[system].TABLE.strip().splitlines()))


def _line(text: str) -> Line:
    id_, name, given, *outputs = (part.strip() for part in text.split("|"))
    tokens = given.split()
    constants = (token[1:].partition("=") for token in tokens if token.startswith("!"))
    return Line(
        id_,
        name,
        tuple(_word(token) for token in tokens if not token.startswith("!")),
        {ours: value_of(value) for ours, _, value in constants},
        tuple(one.strip() for one in outputs[0].split(",")) if outputs else (name,),
    )


def _word(token: str) -> Word:
    plain = token.removeprefix("~")
    names, given, written = plain.partition("=")
    ours, _, name = names.rpartition(":")
    value, _, also = written.partition("/")
    return Word(name, ours or None, value_of(value) if given else None, also or None, plain == token)


def value_of(text: str) -> Value:
    """Read a number as one: whole, unless it is written with a point."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and "." not in text else number
