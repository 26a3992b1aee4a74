"""Indicators composed of others' kernels: a function on arrays, and what must be said about it, as one declaration."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from types import FunctionType
from typing import Any, ClassVar, cast

import msgspec

from indicators.indicator import Family, Hindsight, Indicator, Memory, Output
from indicators.kernels import Columns, blanked, convention
from indicators.memories import ByParameters
from indicators.records import LONGEST

__all__ = ["Columns", "bars", "convention", "formula", "number"]
_THEIRS = {"timeperiod": "period", "fastperiod": "fast", "slowperiod": "slow", "signalperiod": "signal"}


class Composite(Indicator, frozen=True):
    """An indicator computed by a function of arrays; `formula` says in symbols what `meaning` says in words."""

    formula: ClassVar[str]
    function: ClassVar[Callable[..., Columns]]
    warm_up: ClassVar[Callable[..., int]]  # of the indicator, so that it can name parameters

    def lookback(self) -> int:
        """Return the leading bars without a value."""
        return type(self).warm_up(self)

    def kernel(self) -> Callable:
        """Return the function with the parameters bound, silent about divisions by nothing, blank in the warm-up."""
        return partial(blanked, partial(type(self).function, **self.params()), self.lookback(), len(self.outputs))


def bars(description: str, least: int = 2) -> msgspec.Meta:
    """Declare a parameter that counts bars."""
    return msgspec.Meta(ge=least, le=LONGEST, description=description)


def number(description: str, least: float, most: float) -> msgspec.Meta:
    """Declare a parameter that is a number."""
    return msgspec.Meta(ge=least, le=most, description=description)


def formula(
    title: str,
    meaning: str,
    *,
    rule: str,
    source: str,
    family: Family,
    memory: Memory | ByParameters[Memory],
    warm_up: Callable[..., int],
    outputs: tuple[Output, ...],
    hindsight: Hindsight | None = None,
    drawn: Mapping[str, Callable[[Any], int]] = {},
    ascending: tuple[tuple[str, ...], ...] = (),
    undefined_at_times: bool = False,
) -> Callable[[FunctionType], type[Indicator]]:
    """Make an indicator of the decorated function, whose name is the id.

    Its positional arguments name the input series (see Indicator), its keyword-only arguments are the
    parameters. It returns new float arrays, one for each output; what stands in their warm-up does not matter.
    """

    def declared(function: FunctionType) -> type[Indicator]:
        fields = inspect.signature(function).parameters.values()
        inputs = tuple(field.name for field in fields if field.kind is not field.KEYWORD_ONLY)
        own = [(field.name, field.annotation, field.default) for field in fields if field.kind is field.KEYWORD_ONLY]
        names = {name for name, _, _ in own}
        facts = {
            "__doc__": function.__doc__ or meaning,
            "id": function.__name__,
            "title": title,
            "meaning": meaning,
            "formula": rule,
            "source": source,
            "family": family,
            "inputs": inputs,
            "takes_on": "on" in inputs,
            "takes_against": "against" in inputs,
            "outputs": outputs,
            "hindsight": hindsight,
            "drawn": drawn,
            "memory": memory,
            "ascending": ascending,
            "aliases": {theirs: ours for theirs, ours in _THEIRS.items() if ours in names},
            "undefined_at_times": undefined_at_times,
            "function": staticmethod(function),
            "warm_up": staticmethod(warm_up),
        }
        name = function.__name__.title().replace("_", "")
        made = msgspec.defstruct(name, own, bases=(Composite,), namespace=facts, module=__name__, frozen=True)
        return cast("type[Indicator]", made)

    return declared
