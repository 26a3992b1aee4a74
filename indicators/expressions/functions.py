"""The language's own functions: what each takes, what it gives, and of which steps it is made."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import msgspec

from indicators.catalogue import build, declaration
from indicators.expressions.plans import Applied, Computed, Kind, Node, Ranked, Shifted
from indicators.indicator import parameters


class Taken(NamedTuple):
    """What a function takes: values, a condition, or how many bars (a whole number within bounds)."""

    name: str
    kind: Literal["values", "condition", "bars"] = "values"
    least: int = 1
    default: int | None = None


class Function(msgspec.Struct, frozen=True):
    """A function of the language: `makes` builds its steps.

    `more` lets its last argument come again; one `over_time` looks at other bars than the one it answers for.
    """

    name: str
    takes: tuple[Taken, ...]
    gives: Kind
    makes: Callable[..., Node]
    meaning: str
    more: bool = False
    over_time: bool = False

    def taken(self, count: int) -> tuple[Taken, ...]:
        """Return what a call with so many arguments takes."""
        beyond = range(len(self.takes), count) if self.more else ()
        return (*self.takes, *(self.takes[-1]._replace(name=f"{self.takes[-1].name}{at}") for at in beyond))

    @property
    def usage(self) -> str:
        """How it is called: `lag(x, n=1)`."""
        told = [one.name if one.default is None else f"{one.name}={one.default}" for one in self.takes]
        return f"{self.name}({', '.join([*told, *(['...'] if self.more else [])])})"


X = Taken("x")
PAIR = (Taken("a"), Taken("b"))
BACK = Taken("n", "bars", default=1)


def _applied(function: str) -> Callable[..., Node]:
    return lambda *arguments: Applied(function, arguments)


def _folded(function: str) -> Callable[..., Node]:
    def made(first: Node, *rest: Node) -> Node:
        for each in rest:
            first = Applied(function, (first, each))
        return first

    return made


def _change(x: Node, bars: int) -> Node:
    return Applied("-", (x, Shifted(x, bars)))


def _crossing(now: str, before: str) -> Callable[[Node, Node], Node]:
    def made(a: Node, b: Node) -> Node:
        then = Applied(before, (Shifted(a, 1), Shifted(b, 1)))
        return Applied("and", (Applied(now, (a, b)), then))

    return made


def _window(name: str, indicator: str, meaning: str) -> Function:
    """Return a function that is an indicator under a plainer name."""
    (period,) = parameters(declaration(indicator))
    takes = (X, Taken("n", "bars", least=int(period.minimum or 1)))
    return Function(
        name,
        takes,
        "series",
        lambda x, n: Computed(build(indicator, {period.name: n}), 0, on=x),
        meaning,
        over_time=True,
    )


_ALL = (
    Function("abs", (X,), "series", _applied("abs"), "The value without its sign."),
    Function("log", (X,), "series", _applied("log"), "Natural logarithm; null unless the value is positive."),
    Function("sqrt", (X,), "series", _applied("sqrt"), "Square root; null of a negative value."),
    Function("min", PAIR, "series", _folded("min"), "The smallest of the values of a bar.", more=True),
    Function("max", PAIR, "series", _folded("max"), "The largest of the values of a bar.", more=True),
    Function("lag", (X, BACK), "series", Shifted, "The value n bars ago.", over_time=True),
    Function("change", (X, BACK), "series", _change, "The value less the one n bars ago.", over_time=True),
    _window("highest", "max", "The highest of the last n values."),
    _window("lowest", "min", "The lowest of the last n values."),
    _window("sum", "sum", "The sum of the last n values."),
    _window("mean", "sma", "The mean of the last n values."),
    Function(
        "cross_above", PAIR, "truth", _crossing(">", "<="), "a is above b, and was not a bar ago.", over_time=True
    ),
    Function(
        "cross_below", PAIR, "truth", _crossing("<", ">="), "a is below b, and was not a bar ago.", over_time=True
    ),
    Function(
        "where",
        (Taken("condition", "condition"), *PAIR),
        "series",
        _applied("where"),
        "a where the condition holds, b where it does not, null where it is null.",
    ),
    Function(
        "rank",
        (X,),
        "series",
        Ranked,
        "The share of the day's symbols whose value is not above this one's; in screens.",
        over_time=True,  # over symbols, to be exact: a rank of ranks is none
    ),
)
FUNCTIONS: Mapping[str, Function] = {one.name: one for one in _ALL}
