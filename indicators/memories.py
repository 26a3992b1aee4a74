"""How far back a value looks, and other facts that parameters decide."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from indicators.indicator import Memory

_LONGER: tuple[Memory, ...] = ("window", "convergent", "anchored")
_WINDOWS = frozenset({"sma", "wma", "trima", "hma", "plain"})  # of the kinds of average


Fact = TypeVar("Fact")


class ByParameters(Generic[Fact]):
    """A fact that an instance tells of its own parameters, and its class of the defaults."""

    def __init__(self, rule: Callable[[Any], Fact]) -> None:
        self._rule = rule

    def __get__(self, instance: object | None, owner: type) -> Fact:
        return self._rule(owner() if instance is None else instance)


def longest(*memories: Memory) -> Memory:
    """Return the memory of what is made of parts."""
    return max(memories, key=_LONGER.index)


def of_average(kind: str) -> Memory:
    """Return the memory of an average by its kind."""
    return "window" if kind in _WINDOWS else "convergent"


def of_ranges(kind: str, first_bar: str) -> Memory:
    """Return the memory of an average true range; a first bar that lacks its own shows a bar longer than a window."""
    return longest(of_average(kind), "convergent" if first_bar == "range" else "window")


def by_average(*names: str) -> ByParameters[Memory]:
    """Return the memory of an indicator made of averages whose kinds are parameters."""
    return ByParameters(lambda indicator: longest(*(of_average(getattr(indicator, name)) for name in names)))
