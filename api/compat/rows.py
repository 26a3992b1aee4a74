"""The rows of a question in another service's words: bars or an indicator, of one symbol, newest rows first."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
import numpy as np

from api.access import require_day
from api.choices import Choice, choose
from api.desk import Desk
from api.edition import Edition
from api.problems import Refusal
from api.questions import unknown_parameter
from api.stretches import Page
from indicators import BadParameter, declaration
from indicators.elsewhere.translations import Translation
from indicators.indicator import Value
from warehouse.intervals import IntervalName
from warehouse.resampling import Floats
from warehouse.serving import Adjust

T = TypeVar("T")
SERIES_TYPE = "series_type"
ALL = 2**31
"""More rows than any symbol has."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows are wanted: the newest so many, between two days; days outside the history are no mistake there."""

    symbol: str
    interval: IntervalName
    newest: int
    adjust: Adjust = "split"
    start: int | None = None
    end: int | None = None
    snapshot: str | None = None


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator, as `choose` takes it."""

    id: str
    params: Mapping[str, Value]
    on: str
    against: str | None = None
    profile: str = "talib"
    include_noncausal: bool = False


def page(wanted: Wanted, desk: Desk) -> Page:
    """Return the rows wanted; raises UnknownSymbol, UnknownSnapshot, NoSnapshot, or a Refusal of the tier's history."""
    edition = desk.edition(wanted.snapshot, wanted.interval)
    symbol = listed(wanted.symbol, edition)
    span = edition.reader.span(symbol)
    low, high = edition.row_from(span, edition.window(desk.tier)), span.stop
    if wanted.start is not None:
        start = max(wanted.start, edition.first_days[span.start])
        require_day("start_date", start, edition, desk)
        low = edition.row_from(span, start)
    if wanted.end is not None:
        require_day("end_date", wanted.end, edition, desk)
        high = edition.row_from(span, wanted.end + 1)
    first = min(high, max(low, high - wanted.newest))
    return Page(edition, symbol, wanted.adjust, span, first, high, is_cut=first > low)


def listed(symbol: str, edition: Edition) -> str:
    """Return a symbol as we write it: these services take it in any case."""
    return symbol if symbol in edition.symbols else symbol.upper()


def newest(wanted: Wanted, desk: Desk) -> Page:
    """Return the last rows of a symbol, which must lie within the tier's history."""
    edition = desk.edition(wanted.snapshot, wanted.interval)
    symbol = listed(wanted.symbol, edition)
    span = edition.reader.span(symbol)
    require_day("symbol", edition.days[span.stop - 1], edition, desk)
    first = max(span.start, span.stop - wanted.newest)
    return Page(edition, symbol, wanted.adjust, span, first, span.stop)


def chosen(
    translation: Translation, given: Mapping[str, str], series_type: str, desk: Desk, *, besides: tuple[str, ...]
) -> Choice:
    """Return an indicator that is named in a service's words, `besides` which stand the question's others.

    Raises what `choose` raises, in those words.
    """
    named = _names(translation)
    words = dict(given) | ({SERIES_TYPE: series_type} if SERIES_TYPE in named else {})
    for name in words:
        if name not in named:
            raise unknown_parameter(name, (*named, *besides))
    on = series_type if takes_series(translation) else "close"
    params = translation.params(words)
    try:
        return choose(_Asked(id=translation.id, params=params, on=on), desk)
    except BadParameter as ex:
        raise BadParameter(translation.theirs(ex.name), ex.value, ex.allowed) from ex


def takes_series(translation: Translation) -> bool:
    """Return whether the caller chooses the series that an indicator is computed on."""
    return declaration(translation.id).takes_on and SERIES_TYPE not in _names(translation)


def _names(translation: Translation) -> frozenset[str]:
    return frozenset(one.name for one in translation.parameters)


def needed(name: str, value: T | None) -> T:
    """Return a parameter that a question can't do without; a Refusal if it was not given."""
    if value is None:
        raise Refusal("parameter-out-of-bounds", f"{name} must be given", parameter=name, allowed="a value")
    return value


def present(columns: Sequence[Floats]) -> np.ndarray:
    """Return the places of the rows that have any value, newest first: these services leave out a warm-up."""
    held = ~np.all(np.isnan(np.stack(columns)), axis=0)
    return np.flatnonzero(held)[::-1]
