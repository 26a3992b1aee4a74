"""What an indicator is computed on: a series of the bars or a stored column, and the same of another symbol.

They are steps of an expression, so `ema?on=rsi_14` and the expression `ema(rsi_14)` have one value. What has none
there, before a column's first value or on a day that the other symbol lacks, is a gap (`indicators.expressions.gaps`).
"""

from difflib import get_close_matches
from typing import get_args

import msgspec

from api.edition import Edition
from api.plans import SymbolBars
from api.problems import Refusal
from indicators import SERIES, BadParameter, Indicator, UnknownSeries, stored_columns
from indicators.bars import Array
from indicators.expressions import Evaluation
from indicators.expressions.plans import Computed, Elsewhere, Node, Series, Stored, lookback, steps
from indicators.indicator import Memory
from warehouse.serving import Adjust, UnknownSymbol


class Inputs(msgspec.Struct, frozen=True):
    """The input series, and the symbol whose same series it is held against."""

    on: str = "close"
    against: str | None = None

    @property
    def are_usual(self) -> bool:
        """Whether the input is the close alone, as for what is stored."""
        return self.on == "close" and self.against is None

    @property
    def is_column(self) -> bool:
        """Whether the input is a stored column."""
        return self.on not in SERIES

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that the input itself is made of."""
        return (stored_columns()[self.on][0].id,) if self.is_column else ()

    def memory(self, indicator: Indicator) -> Memory:
        """Return how far back a value looks: as the part that looks back furthest."""
        if self.are_usual:
            return indicator.memory
        of = [one.indicator.memory for one in steps(self.step(indicator)) if isinstance(one, Stored | Computed)]
        return max(of, key=get_args(Memory).index)

    def lookback(self, indicator: Indicator) -> int:
        """Return the leading bars without a value: warm-ups add up."""
        return indicator.lookback() if self.are_usual else lookback(self.step(indicator))

    def columns(self, indicator: Indicator, edition: Edition, symbol: str, adjust: Adjust) -> tuple[Array, ...]:
        """Return the indicator's columns over the symbol's whole history."""
        work = Evaluation(SymbolBars(edition, symbol, adjust))
        held = adjust == "split" and self.on in edition.held
        return tuple(work.values(self.step(indicator, place, held=held)) for place in range(len(indicator.outputs)))

    def require(self, symbol: str, edition: Edition) -> None:
        """Raise a Refusal if the other symbol is the symbol itself, or unknown."""
        if self.against is None:
            return
        if self.against == symbol:
            raise Refusal(
                "against-itself",
                f"against={self.against} compares the symbol with itself; allowed: another symbol",
                parameter="against",
                given=self.against,
                allowed="another symbol",
            )
        try:
            edition.reader.span(self.against)
        except UnknownSymbol as ex:
            near = list(ex.near)
            raise Refusal(
                "unknown-symbol", f"against: {ex}", parameter="against", given=self.against, allowed=near
            ) from ex

    def step(self, indicator: Indicator, output: int = 0, *, held: bool = False) -> Computed:
        """Return the step of an expression that gives one of the indicator's outputs."""
        on = self._input(held=held)
        return Computed(
            indicator,
            output,
            on if indicator.takes_on else None,
            None if self.against is None else Elsewhere(self.against, on),
        )

    def _input(self, *, held: bool) -> Node:
        if not self.is_column:
            return Series(self.on)
        indicator, place = stored_columns()[self.on]
        if held:
            return Stored(self.on, indicator, place)
        return Computed(indicator, place, Series("close") if indicator.takes_on else None, None)


def inputs(indicator: Indicator, on: str, against: str | None, *, hindsight: bool) -> Inputs:
    """Return the inputs that a question names; raises UnknownSeries, BadParameter, or a Refusal of what is missing."""
    if on not in SERIES and on not in stored_columns():
        raise UnknownSeries(on, tuple(get_close_matches(on, stored_columns(), n=3)))
    if on != "close" and not indicator.takes_on:
        raise BadParameter("on", on, f"{indicator.id} has fixed inputs ({', '.join(indicator.inputs)}): leave it out")
    if hindsight and on not in SERIES:
        raise BadParameter("on", on, f"with include_noncausal one of {', '.join(SERIES)}")
    if against is not None and not indicator.takes_against:
        raise BadParameter("against", against, f"{indicator.id} looks at one symbol: leave it out")
    if against is None and indicator.takes_against:
        raise Refusal(
            "against-missing",
            f"{indicator.id} compares two symbols; allowed: against=<symbol>",
            parameter="against",
            allowed="a symbol",
        )
    return Inputs(on, against)
