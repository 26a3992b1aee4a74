"""Where the field splits on one of TA-Lib's indicators: what it gives under a convention that is not TA-Lib's."""

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import msgspec

from indicators.indicator import Memory, Value
from indicators.kernels import Columns


class Split(msgspec.Struct, frozen=True):
    """The conventions added to an indicator, and its columns whenever one of them is not TA-Lib's, its default."""

    id: str
    inputs: tuple[str, ...]
    conventions: tuple[tuple[str, Any, Value], ...]  # name, annotated type, default
    function: Callable[..., Columns]
    warm_up: Callable[[Any], int]
    memory: Callable[[Any], Memory]

    def concerns(self, indicator: msgspec.Struct) -> bool:
        """Say whether the indicator follows another convention than TA-Lib's."""
        return any(getattr(indicator, name) != default for name, _, default in self.conventions)


def split(warm_up: Callable[[Any], int], memory: Memory | Callable[[Any], Memory]) -> Callable[[FunctionType], Split]:
    """Make a split of the decorated function, whose name is the indicator's id.

    Its positional arguments are the indicator's inputs, its keyword-only arguments all parameters. Those with a default
    are conventions that TA-Lib does not know; the others are the parameters that TA-Lib has anyway.
    """

    def declared(function: FunctionType) -> Split:
        fields = inspect.signature(function).parameters.values()
        return Split(
            id=function.__name__,
            inputs=tuple(one.name for one in fields if one.kind is not one.KEYWORD_ONLY),
            conventions=tuple(
                (one.name, one.annotation, one.default) for one in fields if one.default is not one.empty
            ),
            function=function,
            warm_up=warm_up,
            memory=memory if callable(memory) else lambda _: memory,
        )

    return declared
