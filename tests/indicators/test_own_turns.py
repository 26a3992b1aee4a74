"""Filters, lines that change sides and flows of volume against plain arithmetic."""

import math

from tests.indicators.plain import BARS, CLOSE, HIGH, LOW, VOLUME, check, ema, mean, rma, true_ranges, variance, window


def test_even_better_sinewave():
    """Ehlers's listing: a high pass of 40 bars, a super smoother of 10, the wave of three over their power."""
    alpha = (1 - math.sin(math.radians(9))) / math.cos(math.radians(9))
    a1 = math.exp(-math.sqrt(2) * math.pi / 10)
    b1 = 2 * a1 * math.cos(math.radians(math.sqrt(2) * 180 / 10))
    c2, c3 = b1, -a1 * a1
    passed, filtered = [0.0], [0.0, 0.0, 0.0]
    for at in range(1, len(CLOSE)):
        passed.append(0.5 * (1 + alpha) * (CLOSE[at] - CLOSE[at - 1]) + alpha * passed[-1])
        filtered.append((1 - c2 - c3) * (passed[-1] + passed[-2]) / 2 + c2 * filtered[-1] + c3 * filtered[-2])

    def wave(at):
        three = filtered[at : at + 3]  # two zeros lead the list
        return mean(three) / math.sqrt(mean([one * one for one in three]))

    check(("ebsw", {}), wave, rel=1e-8)


def test_profit_maximizer():
    """Ozbilgic: two stops around an EMA(10), ratcheted while the EMA is beyond them; its crossing turns the trend."""
    middle, reach = ema(CLOSE, 10), [3 * one for one in rma(true_ranges(), 10, start=1)]
    long, short, trend = {10: middle[10] - reach[10]}, {10: middle[10] + reach[10]}, {10: 1}
    for at in range(11, len(CLOSE)):
        lower, higher = middle[at] - reach[at], middle[at] + reach[at]
        long[at] = max(lower, long[at - 1]) if middle[at] > long[at - 1] else lower
        short[at] = min(higher, short[at - 1]) if middle[at] < short[at - 1] else higher
        crossed = 1 if middle[at] > short[at - 1] else -1 if middle[at] < long[at - 1] else 0
        trend[at] = crossed or trend[at - 1]
    check(("pmax", {}), lambda at: (long[at] if trend[at] > 0 else short[at], trend[at]))
    assert set(trend.values()) == {1, -1}


def test_fractal_chaos_bands():
    """The latest high above two on either side, two bars after it; the first five bars' until there is one."""

    def bands(at):
        highs = [HIGH[i] for i in range(2, at - 1) if all(HIGH[i] > HIGH[i + j] for j in (-2, -1, 1, 2))]
        lows = [LOW[i] for i in range(2, at - 1) if all(LOW[i] < LOW[i + j] for j in (-2, -1, 1, 2))]
        return [max(HIGH[:5]), *highs][-1], [min(LOW[:5]), *lows][-1]

    check(("fcb", {}), bands)
    assert len(BARS) > 300


def test_volume_flow():
    """Katsanos with a sum of 40: the noise of 30 log changes, volume cut at 2.5 of the mean before it, EMA(3)."""
    typical = [(h + low + c) / 3 for h, low, c in zip(HIGH, LOW, CLOSE, strict=True)]
    logs = [math.nan] + [math.log(typical[i] / typical[i - 1]) for i in range(1, len(typical))]
    signed, flows = [math.nan] * len(CLOSE), [math.nan] * len(CLOSE)
    for at in range(40, len(CLOSE)):
        noise = 0.2 * math.sqrt(variance(window(logs, at, 30))) * CLOSE[at]
        move = typical[at] - typical[at - 1]
        volume = min(VOLUME[at], 2.5 * mean(window(VOLUME, at - 1, 40)))
        signed[at] = volume if move > noise else -volume if move < -noise else 0.0
    for at in range(79, len(CLOSE)):
        flows[at] = sum(window(signed, at, 40)) / mean(window(VOLUME, at - 1, 40))
    check(("vfi", {"period": 40}), ema(flows, 3, start=79).__getitem__, rel=1e-8)


def test_archer_trends():
    fast, slow = ema(CLOSE, 8), ema(CLOSE, 21)

    def trend(at):
        up = fast[at] > slow[at] and fast[at] > fast[at - 2] and slow[at] > slow[at - 2]
        down = fast[at] < slow[at] and fast[at] < fast[at - 2] and slow[at] < slow[at - 2]
        return 1 if up else -1 if down else 0

    check(("amat", {}), trend)


def test_r_squared():
    """One less the share of the variance that the regression line leaves."""

    def explained(at):
        values = window(CLOSE, at, 14)
        slope = sum((t - 6.5) * v for t, v in enumerate(values)) / sum((t - 6.5) ** 2 for t in range(14))
        left = [v - mean(values) - slope * (t - 6.5) for t, v in enumerate(values)]
        return 1 - variance(left) / variance(values)

    check(("rsquared", {}), explained, rel=1e-8)
