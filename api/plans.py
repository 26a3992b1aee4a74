"""Expressions of a question: checked for one snapshot and one caller, and the bars that they are computed on."""

from functools import cached_property

from api.access import require_indicators
from api.desk import Desk
from api.edition import Edition
from api.problems import Refusal
from indicators import Bars
from indicators.bars import Array
from indicators.expressions import Days, ExpressionError, Plan, Vocabulary, check
from warehouse.intervals import DAILY
from warehouse.serving import Adjust

MOST_COST = 1_500_000_000
"""What one question may cost to compute: about two seconds."""


def plan(text: str, parameter: str, desk: Desk, edition: Edition, *, adjust: Adjust = "split") -> Plan:
    """Return what an expression means; a Refusal names its place, or the indicator that the tier does not have."""
    held = edition.held if adjust == "split" else frozenset()
    return _checked(text, parameter, Vocabulary(symbols=edition.symbols, held=held), desk)


def screened(text: str, parameter: str, desk: Desk, edition: Edition, *, condition: bool = False) -> Plan:
    """Return what an expression of a screen means, which may rank symbols; a Refusal as `plan`."""
    found = _checked(text, parameter, Vocabulary(symbols=edition.symbols, held=edition.held, ranks=True), desk)
    if condition and found.kind != "truth":
        raise mistaken(ExpressionError("this is no condition, as rsi_14 < 30 is one", text, 0), parameter)
    return found


def _checked(text: str, parameter: str, vocabulary: Vocabulary, desk: Desk) -> Plan:
    try:
        found = check(text, vocabulary)
    except ExpressionError as ex:
        raise mistaken(ex, parameter) from ex
    require_indicators(sorted(found.indicators), desk)
    return found


def mistaken(ex: ExpressionError, parameter: str) -> Refusal:
    """Return the refusal of an expression without a meaning."""
    return Refusal(
        "bad-expression",
        f"{parameter}, {ex}",
        parameter=parameter,
        given=ex.text[:100],
        position=ex.position,
        allowed=list(ex.near) or None,
    )


def too_costly(detail: str, parameter: str, **members: object) -> Refusal:
    """Return the refusal of what would take too long to compute."""
    return Refusal("expression-too-costly", detail, parameter=parameter, **members)  # ty: ignore[invalid-argument-type]


class SymbolBars:
    """One symbol's whole history in a snapshot, as expressions are computed on it."""

    def __init__(self, edition: Edition, symbol: str, adjust: Adjust = "split") -> None:
        self._edition, self._symbol, self._adjust = edition, symbol, adjust
        self._span = edition.reader.span(symbol)

    def __len__(self) -> int:
        return self._span.stop - self._span.start

    @cached_property
    def _bars(self) -> Bars:
        return self._edition.bars(self._symbol, self._adjust)

    def series(self, name: str) -> Array:
        """Return one of the bars' series."""
        return self._bars.series(name)

    def stored(self, column: str) -> Array:
        """Return a stored column."""
        return self._edition.reader.column(column)[self._span]

    def days(self) -> Days:
        """Return what bars of other symbols are held against: the days, or the periods, whose last days may differ."""
        interval, days = self._edition.reader.interval, self._edition.reader.days[self._span]
        return days if interval == DAILY else interval.periods(days)

    def other(self, symbol: str) -> "SymbolBars":
        """Return another symbol's bars."""
        return SymbolBars(self._edition, symbol, self._adjust)
