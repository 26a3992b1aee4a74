"""What an expression means once it is checked: the steps that compute it, equal ones as equal records."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from indicators.indicator import Indicator, Memory

Kind = Literal["number", "series", "truth"]
_MEMORIES: tuple[Memory, ...] = ("window", "convergent", "anchored")


class Constant(msgspec.Struct, frozen=True):
    """The same number on every bar; a truth is 1 or 0."""

    value: float


class Series(msgspec.Struct, frozen=True):
    """One of the bars' series, or a formula's `on` or `against`."""

    name: str


class Stored(msgspec.Struct, frozen=True):
    """An output of an indicator of the closes, which the snapshot holds under a name of its own."""

    column: str
    indicator: Indicator
    output: int


class Computed(msgspec.Struct, frozen=True):
    """An output of an indicator; `on` and `against` are None where it takes none."""

    indicator: Indicator
    output: int
    on: "Node | None" = None
    against: "Node | None" = None


class Shifted(msgspec.Struct, frozen=True):
    """What was so many bars ago."""

    inside: "Node"
    bars: int


class Applied(msgspec.Struct, frozen=True):
    """A function of what several steps give on the same bar."""

    function: str
    arguments: tuple["Node", ...]


class Elsewhere(msgspec.Struct, frozen=True):
    """Another symbol's values on the days of the symbol asked for."""

    symbol: str
    inside: "Node"


class Ranked(msgspec.Struct, frozen=True):
    """The share of all symbols of the day whose value is not above the symbol's own."""

    inside: "Node"


Node = Constant | Series | Stored | Computed | Shifted | Applied | Elsewhere | Ranked


class Plan(msgspec.Struct, frozen=True):
    """A checked expression. `indicators` are those its text names, `symbols` the others that it looks at."""

    text: str
    node: Node
    kind: Kind
    indicators: frozenset[str]
    symbols: frozenset[str]

    @property
    def lookback(self) -> int:
        """The bars that every part needs before all of them have values, apart from other symbols'."""
        return lookback(self.node)

    @property
    def memory(self) -> Memory:
        """How far back a value looks."""
        return memory([self.node])


def below(node: Node) -> tuple[Node, ...]:
    """Return the steps that a step is made of."""
    match node:
        case Computed(_, _, on, against):
            return tuple(one for one in (on, against) if one is not None)
        case Shifted(inside) | Elsewhere(_, inside) | Ranked(inside):
            return (inside,)
        case Applied(_, arguments):
            return arguments
    return ()


def steps(node: Node) -> Iterator[Node]:
    """Return a step and all below it."""
    yield node
    for each in below(node):
        yield from steps(each)


def memory(nodes: Iterable[Node]) -> Memory:
    """Return how far back values look: as the part that looks back furthest."""
    found = {each.indicator.memory for node in nodes for each in steps(node) if isinstance(each, Stored | Computed)}
    return max(found, key=_MEMORIES.index, default="window")


def lookback(node: Node) -> int:
    """Return the leading bars on which some part of a step has no value yet."""
    match node:
        case Stored(_, indicator) | Computed(indicator):
            own = indicator.lookback()
        case Shifted(_, bars):
            own = bars
        case Elsewhere():
            return 0
        case _:
            own = 0
    return own + max(map(lookback, below(node)), default=0)
