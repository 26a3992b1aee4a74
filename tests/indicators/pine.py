"""Pine Script's functions in plain Python, as its reference manual defines them (v5, v6): lists, None for na.

Worked from the manual's own definitions, without NumPy, TA-Lib or our code: what `profile=tradingview` is held against.
Like Pine's, a series that begins with na begins later.
"""

import math


def each(function, *series):
    """The function on every bar that has all the values."""
    return [None if None in bar else function(*bar) for bar in zip(*series, strict=True)]


def back(values, bars):
    """values[bars]"""
    return ([None] * bars + values)[: len(values)]


def change(values):
    return each(lambda now, last: now - last, values, back(values, 1))


def windowed(function, values, length):
    """The function of each whole window without na."""
    return [
        None if at + 1 < length or None in (part := values[at + 1 - length : at + 1]) else function(part)
        for at in range(len(values))
    ]


def sma(values, length):
    return windowed(lambda part: math.fsum(part) / length, values, length)


def total(values, length):
    return windowed(math.fsum, values, length)


def highest(values, length):
    return windowed(max, values, length)


def lowest(values, length):
    return windowed(min, values, length)


def wma(values, length):
    weights = range(1, length + 1)
    return windowed(
        lambda part: math.fsum(w * v for w, v in zip(weights, part, strict=True)) / sum(weights), values, length
    )


def stdev(values, length, *, biased=True):
    lost = 0 if biased else 1

    def spread(part):
        middle = math.fsum(part) / length
        return math.sqrt(math.fsum((one - middle) ** 2 for one in part) / (length - lost))

    return windowed(spread, values, length)


def mean_deviation(values, length):
    """ta.dev"""

    def spread(part):
        middle = math.fsum(part) / length
        return math.fsum(abs(one - middle) for one in part) / length

    return windowed(spread, values, length)


def _fading(values, alpha, first):
    """An average that begins with `first` where that is no na any more."""
    told, average = [], None
    for value, start in zip(values, first, strict=True):
        average = start if average is None else alpha * value + (1 - alpha) * average
        told.append(average)
    return told


def ema(values, length):
    """sum := na(sum[1]) ? src : alpha * src + (1 - alpha) * sum[1], alpha = 2 / (length + 1)"""
    return _fading(values, 2 / (length + 1), values)


def rma(values, length):
    """The same with alpha = 1 / length, begun with ta.sma(src, length)."""
    return _fading(values, 1 / length, sma(values, length))


def true_range(high, low, close, *, first=True):
    """ta.tr(first): on the first bar high - low, or na."""
    known = [max(h, c) - min(low_, c) for h, low_, c in zip(high[1:], low[1:], close, strict=False)]
    return [high[0] - low[0] if first else None, *known]


def atr(high, low, close, length):
    return rma(true_range(high, low, close), length)


def percentrank(values, length):
    """Percent of the `length` values before that are less than or equal to the newest."""

    def rank(part):
        *before, newest = part
        return 100 * sum(one <= newest for one in before) / length

    return windowed(rank, values, length + 1)


def rsi(values, length):
    up = rma(each(lambda moved: max(moved, 0), change(values)), length)
    down = rma(each(lambda moved: -min(moved, 0), change(values)), length)
    return each(lambda u, d: 100 if d == 0 else 0 if u == 0 else 100 - 100 / (1 + u / d), up, down)


def stoch(source, high, low, length):
    return each(
        lambda s, h, bottom: 100 * (s - bottom) / (h - bottom), source, highest(high, length), lowest(low, length)
    )


def supertrend(high, low, close, factor, length):
    """The line, and 1 in a rising trend, -1 in a falling one: Pine's direction the other way round."""
    reach = atr(high, low, close, length)
    lines, trends = [], []
    above = below = line = None
    for at, one in enumerate(reach):
        if one is None:
            lines.append(None)
            trends.append(None)
            continue
        centre = (high[at] + low[at]) / 2
        top, bottom = centre + factor * one, centre - factor * one
        last_above, last_below, last_line = above or 0.0, below or 0.0, line
        below = bottom if bottom > last_below or close[at - 1] < last_below else last_below
        above = top if top < last_above or close[at - 1] > last_above else last_above
        if last_line is None:
            down = True
        elif last_line == last_above:
            down = not close[at] > above
        else:
            down = close[at] < below
        line = above if down else below
        lines.append(line)
        trends.append(-1 if down else 1)
    return lines, trends


def sar(high, low, close, *, start=0.02, step=0.02, most=0.2):
    """The stop, None on the first bar."""
    below = close[1] > close[0]
    stop, extreme = (low[0], high[1]) if below else (high[0], low[1])
    speed, stops = start, [None]
    for at in range(1, len(close)):
        fresh = at == 1
        stop += speed * (extreme - stop)
        if below and stop > low[at]:
            fresh, below, stop, extreme, speed = True, False, max(high[at], extreme), low[at], start
        elif not below and stop < high[at]:
            fresh, below, stop, extreme, speed = True, True, min(low[at], extreme), high[at], start
        if not fresh and (high[at] > extreme if below else low[at] < extreme):
            extreme, speed = high[at] if below else low[at], min(speed + step, most)
        recent = (low if below else high)[max(at - 2, 0) : at]
        stop = min(stop, *recent) if below else max(stop, *recent)
        stops.append(stop)
    return stops
