"""Volatility from closes or from all four prices of a bar, and how much of the way was walked in vain."""

from math import log, log10, sqrt
from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import bars, formula, number
from indicators.indicator import Output
from indicators.own.conventions import Ddof
from indicators.own.steps import deviation, highest, later, lowest, patched, sma, total, true_range, whole

Period = Annotated[int, bars("Bars looked at.")]
Sessions = Annotated[int, number("Bars in a year: 252 sessions, 52 weeks, 12 months.", 1, 366)]
YEARLY = "percent a year"
NULL = "null where a price is not positive."


def _rooted(terms: Array, period: int, sessions: int) -> Array:
    """Return the root of the terms' mean, a year's, in percent; terms below zero can only be rounding."""
    means = sma(patched(terms.copy(), 0), period)
    return 100 * np.sqrt(sessions * whole(np.maximum(means, 0), terms, period))


@formula(
    "Parkinson Volatility",
    "Volatility from highs and lows, annualised.",
    rule="100 * sqrt(sessions * mean of ln(high / low)^2 / (4 ln 2))",
    source="Michael Parkinson, Journal of Business, 1980",
    family="volatility",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("parkinson", YEARLY, f"Volatility; {NULL}", minimum=0),),
    undefined_at_times=True,
)
def parkinson(high: Array, low: Array, *, period: Period = 30, sessions: Sessions = 252) -> Array:
    """Return the volatility."""
    return _rooted(np.log(high / low) ** 2 / (4 * log(2)), period, sessions)


@formula(
    "Garman-Klass Volatility",
    "Volatility from all four prices of the bars, annualised.",
    rule="100 * sqrt(sessions * mean of (ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close / open)^2))",
    source="Mark Garman and Michael Klass, Journal of Business, 1980",
    family="volatility",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("garman_klass", YEARLY, f"Volatility; {NULL}", minimum=0),),
    undefined_at_times=True,
)
def garman_klass(
    open: Array,  # noqa: A002 - the series' name
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Period = 30,
    sessions: Sessions = 252,
) -> Array:
    """Return the volatility."""
    terms = np.log(high / low) ** 2 / 2 - (2 * log(2) - 1) * np.log(close / open) ** 2
    return _rooted(terms, period, sessions)


def _drift_free(open_: Array, high: Array, low: Array, close: Array) -> Array:
    """Return Rogers and Satchell's term of each bar."""
    return np.log(high / close) * np.log(high / open_) + np.log(low / close) * np.log(low / open_)


@formula(
    "Rogers-Satchell Volatility",
    "Volatility from all four prices of the bars, whatever their drift, annualised.",
    rule="100 * sqrt(sessions * mean of (ln(high / close) ln(high / open) + ln(low / close) ln(low / open)))",
    source="Chris Rogers and Stephen Satchell, Annals of Applied Probability, 1991",
    family="volatility",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("rogers_satchell", YEARLY, f"Volatility; {NULL}", minimum=0),),
    undefined_at_times=True,
)
def rogers_satchell(
    open: Array,  # noqa: A002 - the series' name
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Period = 30,
    sessions: Sessions = 252,
) -> Array:
    """Return the volatility."""
    return _rooted(_drift_free(open, high, low, close), period, sessions)


@formula(
    "Yang-Zhang Volatility",
    "Volatility from overnight moves, moves from open to close, and ranges, annualised.",
    rule="100 * sqrt(sessions * (V overnight + k V in session + (1 - k) Rogers-Satchell)), V sample variances,"
    " k = 0.34 / (1.34 + (n + 1) / (n - 1))",
    source="Dennis Yang and Qiang Zhang, Journal of Business, 2000",
    family="volatility",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("yang_zhang", YEARLY, f"Volatility; {NULL}", minimum=0),),
    undefined_at_times=True,
)
def yang_zhang(
    open: Array,  # noqa: A002 - the series' name
    high: Array,
    low: Array,
    close: Array,
    *,
    period: Period = 30,
    sessions: Sessions = 252,
) -> Array:
    """Return the volatility; one missing logarithm makes the bar's whole term missing."""
    overnight, daily = np.log(open / later(close, 1)), np.log(close / open)
    terms = _drift_free(open, high, low, close)
    missing = overnight + daily + terms
    sample = period / (period - 1)
    share = 0.34 / (1.34 + (period + 1) / (period - 1))
    variance = sample * deviation(patched(overnight, 0), period) ** 2
    variance += share * sample * deviation(patched(daily, 0), period) ** 2
    variance += (1 - share) * np.maximum(sma(patched(terms, 0), period), 0)
    return 100 * np.sqrt(sessions * whole(variance, missing, period))


@formula(
    "Choppiness Index",
    "Way walked in true ranges against the range of the window: high while the market goes sideways.",
    rule="100 * log10(sum of true ranges / (highest high - lowest low)) / log10(period)",
    source="Bill Dreiss, 1993",
    family="volatility",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("chop", "index", "0 on a straight way; null where the window is flat.", minimum=0),),
    undefined_at_times=True,
)
def chop(high: Array, low: Array, close: Array, *, period: Period = 14) -> Array:
    """Return the index."""
    way = total(true_range(high, low, close), period)
    return 100 * np.log10(way / (highest(high, period) - lowest(low, period))) / log10(period)


@formula(
    "Historical Volatility",
    "Standard deviation (sample) of log returns, annualised, in percent.",
    rule="100 * sample deviation of the last `period` log returns * sqrt(sessions)",
    source="John Hull, Options, Futures and Other Derivatives, 1989",
    family="volatility",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("hv", YEARLY, "Standard deviation (sample) of log returns, annualised, in percent.", minimum=0),),
    undefined_at_times=True,
)
def hv(
    on: Array,
    *,
    period: Annotated[int, bars("Returns looked at.")] = 20,
    sessions: Sessions = 252,
    ddof: Ddof = 1,
) -> Array:
    """Return the volatility."""
    returns = np.log(on) - np.log(later(on, 1))
    sample = sqrt(period / (period - ddof))  # TA-Lib's deviation is the population's
    return 100 * sqrt(sessions) * sample * whole(deviation(patched(returns.copy(), 0), period), returns, period)


FORMULAS = (hv, parkinson, garman_klass, rogers_satchell, yang_zhang, chop)
