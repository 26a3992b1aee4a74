"""How many bars until a value no longer shows where its history began."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil, exp, log, log1p, pi, sqrt

import msgspec
import numpy as np

from indicators.indicator import Indicator

TOLERANCE = 1e-6  # of the column's size

# Chains of exponential averages, side by side where | parts them. An average of n bars weighs the newest one with
# 2 / (n + 1), with 1 / n after a ~ (Wilder's), with the number after an =; kind@bars is an average of a chosen kind.
# Windows on the way are in the lookback.
# Kaufman's average and FRAMA stand with their slowest weights: (2 / 31) ** 2 and 0.01.
_CHAINS = """
ema period
dema period period
tema period period period
t3 period period period period period period
rma ~period
zlema period
kama =0.00416
kc type@period | atr_type@atr
frama =0.01
alligator ~jaw | ~teeth | ~lips
gator ~jaw | ~teeth | ~lips
ce atr_type@period
cksp atr_type@period
rsi smoothing@period
stochrsi ~period d_type@d
kdj slow_k_type@slow_k d_type@d
stoch slow_k_type@slow_k d_type@d
stochf d_type@d
macd slow signal
macdfix =0.075 signal
ppo type@fast | type@slow
apo type@fast | type@slow
pvo type@fast | type@slow
adosc slow
adx ~period ~period
adxr ~period ~period
dx ~period
plus_di ~period
minus_di ~period
plus_dm ~period
minus_dm ~period
cmo smoothing@period
trix period period period
tsi first second
smi type@fast type@slow type@signal
eri period
atr type@period
natr type@period
cvi period
massi smoothing smoothing
rvi smoothing@period
efi period
ha =0.5
stc slow smoothing smoothing
crsi ~period | ~streak
fisher =0.33 =0.5
pmo first second signal
kvo slow signal
amat slow
vfi =0.5
qqe ~period smoothing ~period ~period
starc atr_type@atr
aberration atr_type@atr
gmma =0.0327
pgo period
inertia ~rvi
thermo period
vwmacd slow signal
ma type@period
macdext fast_type@fast signal_type@signal | slow_type@slow signal_type@signal
bbands type@period
vosc type@fast | type@slow
"""
_AVERAGES = {"ema": 1, "dema": 2, "tema": 3, "t3": 6, "zlema": 1}  # chained averages of each kind
_HILBERT = 400  # bars; measured, at most 260 on seeded walks: the transform steers itself, and no bound is known


# An average begun with one value, or with a bar that lacks its true range, is no sooner settled than one begun later.
_CAREFUL = {("seed", "first"): "sma", ("first_bar", "range"): "skip"}


def settles_after(indicator: Indicator) -> int | None:
    """Return the bars after which a value is within TOLERANCE of the one on the whole history; None if that never is.

    A bound from the weights of the averages inside, as if all that came before were as large as the column itself.
    """
    careful = {name: late for (name, early), late in _CAREFUL.items() if getattr(indicator, name, None) == early}
    if careful:
        return settles_after(msgspec.structs.replace(indicator, **careful))
    if indicator.memory == "window":
        return indicator.lookback()
    rule = _RULES.get(indicator.id)
    bars = None if rule is None or indicator.memory == "anchored" else rule(indicator)
    return None if bars is None else indicator.lookback() + bars


def fade(weights: Iterable[float]) -> int:
    """Return the bars after which a chain of exponential averages gives less than TOLERANCE to what came before.

    One average forgets by (1 - weight) a bar. Of several, the bars' weights are those of a sum of geometric variables,
    whose tail Chernoff's inequality bounds.
    """
    rates = np.array([-log1p(-weight) for weight in weights if weight < 1])
    if rates.size == 0:
        return 0
    plain = -log(TOLERANCE) * (1 / rates).sum()
    if rates.size == 1:
        return ceil(plain)
    slopes = rates.min() * np.linspace(0.01, 0.99, 99)
    moments = np.log((1 - np.exp(-rates)) / (1 - np.exp(slopes[:, None] - rates))).sum(axis=1)
    return ceil(min(plain, ((moments - log(TOLERANCE)) / slopes).min()))


def _weight(word: str, indicator: Indicator) -> float:
    """Return the newest bar's weight in one average of a chain."""
    match word[0]:
        case "=":
            return float(word[1:])
        case "~":
            return 1 / getattr(indicator, word[1:])
    return 2 / (getattr(indicator, word) + 1)


def _chain(words: Sequence[str], indicator: Indicator) -> int | None:
    """Return the bars of one chain; what is known of an average by its kind alone is added up."""
    chosen = [tuple(getattr(indicator, name) for name in word.split("@")) for word in words if "@" in word]
    if len(words) > 1 and "mama" in dict(chosen):  # which steers by what settles itself
        return None
    return sum(_average(*one) for one in chosen) + fade(_weight(word, indicator) for word in words if "@" not in word)


def _chains(text: str) -> Callable[[Indicator], int | None]:
    """Read one line of the table."""
    chains = [chain.split() for chain in text.split("|")]

    def bars(indicator: Indicator) -> int | None:
        found = [_chain(chain, indicator) for chain in chains]
        return None if None in found else max(one for one in found if one is not None)

    return bars


def _average(kind: str, period: int) -> int:
    """Return how long an average of a chosen kind takes, beyond its lookback."""
    if kind in {"rma", "wilder"}:
        return fade([1 / period])
    if kind in {"kama", "mama"}:
        return _HILBERT + fade([0.05]) if kind == "mama" else fade([0.00416])
    return fade([2 / (period + 1)] * _AVERAGES.get(kind, 0))


def _mama(indicator: Indicator) -> int:
    slowest = float(indicator.params()["slow_limit"])
    return _HILBERT + fade([slowest, slowest / 2])


def _ssf(indicator: Indicator) -> int:
    return fade([1 - exp(-sqrt(2) * pi / int(indicator.params()["period"]))] * 2)


def _lrsi(indicator: Indicator) -> int:
    return fade([1 - float(indicator.params()["damping"])] * 4)


def _hilbert(_indicator: Indicator) -> int:
    return _HILBERT


def _mmar(indicator: Indicator) -> int:
    given = indicator.params()
    return fade([2 / (int(given["period"]) + 5 * int(given["step"]) + 1)])


def _hwma(indicator: Indicator) -> int:
    """Level, speed and acceleration feed one another: what fades is the slowest mix of the three."""
    a, b, c = (float(value) for value in indicator.params().values())
    level = np.array([1 - a, 1 - a, (1 - a) / 2])
    speed = b * (level - [1, 0, 0]) + [0, 1 - b, 1 - b]
    acceleration = c * (speed - [0, 1, 0]) + [0, 0, 1 - c]
    slowest = float(np.abs(np.linalg.eigvals(np.array([level, speed, acceleration]))).max())
    return fade([1 - slowest] * 3)


_RULES: dict[str, Callable[[Indicator], int | None]] = {
    **{name: _chains(chains) for name, _, chains in (line.partition(" ") for line in _CHAINS.strip().splitlines())},
    **dict.fromkeys(("ht_trendline", "ht_dcperiod", "ht_dcphase", "ht_phasor", "ht_sine", "ht_trendmode"), _hilbert),
    "mama": _mama,
    "ssf": _ssf,
    "lrsi": _lrsi,
    "mmar": _mmar,
    "hwma": _hwma,
}
