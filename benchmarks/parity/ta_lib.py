"""TA-Lib itself, asked through its abstract interface, which knows inputs and parameters without our tables."""

from talib.abstract import Function  # ty: ignore[missing-module-member] # its stub leaves it out

from benchmarks.parity.case import AGAINST, Case
from indicators import Bars, catalogue
from indicators.bars import Array
from indicators.records import Wrapped

CASES = tuple(
    Case(cls.id, cls.talib, outputs=tuple(range(len(cls.outputs)))) for cls in catalogue() if issubclass(cls, Wrapped)
)


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return TA-Lib's columns at its own defaults."""
    function = Function(case.function)
    if case.ours().takes_against:  # its beta is of the second series against the first
        pair = (AGAINST, "close") if case.function == "BETA" else ("close", AGAINST)
        function.input_names = dict(zip(("price0", "price1"), pair, strict=True))
    answer = function({name: bars.series(name) for name in ("open", "high", "low", "close", "volume")})
    columns = answer if isinstance(answer, (tuple, list)) else (answer,)
    return tuple(columns[position].astype(float) for position in case.outputs)
