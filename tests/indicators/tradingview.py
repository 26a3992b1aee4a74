"""What TradingView's scripts give on a walk with their own inputs, by Pine's functions: EXPECTED, by our ids."""

import math

from tests.indicators import pine
from tests.indicators.made import walk

BARS = walk(400, seed=31)
OPENS, H, L, C, V = (getattr(BARS, name).tolist() for name in ("open", "high", "low", "close", "volume"))
HL2 = pine.each(lambda h, low: (h + low) / 2, H, L)
HLC3 = pine.each(lambda h, low, c: (h + low + c) / 3, H, L, C)


def less(one, other):
    return pine.each(lambda a, b: a - b, one, other)


def over(one, other, scale=100):
    return pine.each(lambda a, b: scale * a / b, one, other)


def emas(values, *lengths):
    for length in lengths:
        values = pine.ema(values, length)
    return values


def dema():
    return less([2 * one for one in emas(C, 9)], emas(C, 9, 9))


def tema():
    one, two, three = emas(C, 9), emas(C, 9, 9), emas(C, 9, 9, 9)
    return pine.each(lambda a, b, c: 3 * (a - b) + c, one, two, three)


def hma():
    return pine.wma(less([None if v is None else 2 * v for v in pine.wma(C, 4)], pine.wma(C, 9)), 3)


def mcgd():
    told = [C[0]]
    for value in C[1:]:
        told.append(told[-1] + (value - told[-1]) / (14 * (value / told[-1]) ** 4))
    return told


def bands(length=20, width=2.0):
    middle, spread = pine.sma(C, length), pine.stdev(C, length)
    return (
        pine.each(lambda m, s: m + width * s, middle, spread),
        middle,
        pine.each(lambda m, s: m - width * s, middle, spread),
    )


def keltner():
    middle, reach = pine.ema(C, 20), pine.atr(H, L, C, 10)
    return pine.each(lambda m, r: m + 2 * r, middle, reach), middle, pine.each(lambda m, r: m - 2 * r, middle, reach)


def chande_kroll():
    reach = pine.atr(H, L, C, 10)
    return pine.highest(less(pine.highest(H, 10), reach), 9), pine.lowest(
        pine.each(lambda a, b: a + b, pine.lowest(L, 10), reach), 9
    )


def ichimoku():
    def middle(length):
        return pine.each(lambda h, low: (h + low) / 2, pine.highest(H, length), pine.lowest(L, length))

    short, medium, long = middle(9), middle(26), middle(52)
    lead = pine.each(lambda a, b: (a + b) / 2, short, medium)
    return short, medium, pine.back(lead, 25), pine.back(long, 25)


def connors():
    signs = [0.0]
    for now, last in zip(C[1:], C, strict=False):
        run = signs[-1]
        signs.append(0.0 if now == last else max(run, 0) + 1 if now > last else min(run, 0) - 1)
    growth = over(pine.change(C), pine.back(C, 1))
    parts = pine.rsi(C, 3), pine.rsi(signs, 2), pine.percentrank(growth, 100)
    return pine.each(lambda *three: sum(three) / 3, *parts)


def stochastic(line, smooth):
    k = pine.sma(line, smooth)
    return k, pine.sma(k, 3)


def momentum_index():
    top, bottom = pine.highest(H, 10), pine.lowest(L, 10)
    away = pine.each(lambda c, t, b: c - (t + b) / 2, C, top, bottom)
    line = over(emas(away, 3, 3), emas(less(top, bottom), 3, 3), 200)
    return line, pine.ema(line, 3)


def macd():
    line = less(pine.ema(C, 12), pine.ema(C, 26))
    signal = pine.ema(line, 9)
    return line, signal, less(line, signal)


def directions():
    up, down = pine.change(H), [None if one is None else -one for one in pine.change(L)]
    plus = pine.each(lambda u, d: u if u > d and u > 0 else 0, up, down)
    minus = pine.each(lambda u, d: d if d > u and d > 0 else 0, up, down)
    reach = pine.rma(pine.true_range(H, L, C, first=False), 14)
    plus, minus = over(pine.rma(plus, 14), reach), over(pine.rma(minus, 14), reach)
    strength = pine.each(lambda p, m: abs(p - m) / ((p + m) or 1), plus, minus)
    return plus, minus, [None if one is None else 100 * one for one in pine.rma(strength, 14)]


def chande(length):
    moved = pine.change(C)
    up = pine.total(pine.each(lambda m: max(m, 0), moved), length)
    down = pine.total(pine.each(lambda m: max(-m, 0), moved), length)
    return pine.each(lambda u, d: 100 * (u - d) / (u + d), up, down)


def strength_index():
    moved = pine.change(C)
    return over(emas(moved, 25, 13), emas(pine.each(abs, moved), 25, 13))


def historical():
    logs = pine.each(lambda now, last: math.log(now / last), C, pine.back(C, 1))
    return [None if one is None else 100 * one * math.sqrt(365) for one in pine.stdev(logs, 10)]


def mass():
    once = pine.ema(less(H, L), 9)
    return pine.total(over(once, pine.ema(once, 9), 1), 10)


def klinger():
    signed = pine.each(lambda moved, v: v if moved >= 0 else -v, pine.change(HLC3), V)
    line = less(pine.ema(signed, 34), pine.ema(signed, 55))
    return line, pine.ema(line, 13)


def balance_of_volume():
    signed = pine.each(lambda moved, v: math.copysign(v, moved) if moved else 0.0, pine.change(C), V)
    sums, told = 0.0, []
    for one in signed:
        sums += one or 0.0
        told.append(sums)
    return told


def volatility_index():
    """From the first deviation on; Pine's averages run before it on the zeros of bars that count for the other side."""
    moved, spread = pine.change(C), pine.stdev(C, 10)
    known = range(9, len(C))
    up = [None] * 9 + [spread[at] if moved[at] > 0 else 0 for at in known]
    down = [None] * 9 + [0 if moved[at] > 0 else spread[at] for at in known]
    up, down = pine.ema(up, 14), pine.ema(down, 14)
    return pine.each(lambda u, d: 100 * u / (u + d), up, down)


def legoux():
    weights = [math.exp(-((i - 0.85 * 8) ** 2) / (2 * (9 / 6) ** 2)) for i in range(9)]
    return pine.windowed(
        lambda part: math.fsum(w * v for w, v in zip(weights, part, strict=True)) / math.fsum(weights), C, 9
    )


def line_end(part):
    """ta.linreg's value on the newest bar."""
    times, length = range(len(part)), len(part)
    centre, middle = (length - 1) / 2, math.fsum(part) / length
    slope = math.fsum((t - centre) * (v - middle) for t, v in zip(times, part, strict=True)) / math.fsum(
        (t - centre) ** 2 for t in times
    )
    return middle + slope * centre


def correlated(xs, ys):
    mx, my = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    both = math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
    return both / math.sqrt(math.fsum((x - mx) ** 2 for x in xs) * math.fsum((y - my) ** 2 for y in ys))


def aroon():
    """100 * (ta.highestbars(high, 15) + 14) / 14, and the same of lows: down, up."""
    down = pine.windowed(lambda part: 100 * max(i for i, v in enumerate(part) if v == min(part)) / 14, L, 15)
    up = pine.windowed(lambda part: 100 * max(i for i, v in enumerate(part) if v == max(part)) / 14, H, 15)
    return down, up


def ultimate():
    last = pine.back(C, 1)
    bottom = pine.each(min, L, last)
    pressure, reach = less(C, bottom), less(pine.each(max, H, last), bottom)
    parts = [over(pine.total(pressure, n), pine.total(reach, n), 1) for n in (7, 14, 28)]
    return pine.each(lambda a, b, c: 100 * (4 * a + 2 * b + c) / 7, *parts)


def money_flow():
    moved = pine.change(HLC3)
    flows = [pine.each(lambda m, p, v, s=s: v * p if m * s > 0 else 0.0, moved, HLC3, V) for s in (1, -1)]
    up, down = (pine.total(one, 14) for one in flows)
    return pine.each(lambda u, d: 100 - 100 / (1 + u / d), up, down)


def coppock():
    rates = [over(less(C, pine.back(C, n)), pine.back(C, n)) for n in (14, 11)]
    return pine.wma(pine.each(lambda a, b: a + b, *rates), 10)


def vortex():
    reach = pine.total(pine.true_range(H, L, C), 14)
    up = pine.each(lambda h, low: abs(h - low), H, pine.back(L, 1))
    down = pine.each(lambda low, h: abs(low - h), L, pine.back(H, 1))
    return over(pine.total(up, 14), reach, 1), over(pine.total(down, 14), reach, 1)


def sure_thing():
    parts = [
        pine.sma(over(less(C, pine.back(C, n)), pine.back(C, n)), mean)
        for n, mean in ((10, 10), (15, 10), (20, 10), (30, 15))
    ]
    line = pine.each(lambda a, b, c, d: a + 2 * b + 3 * c + 4 * d, *parts)
    return line, pine.sma(line, 9)


def fisher():
    value = line = 0.0
    lines = []
    for middle, top, bottom in zip(HL2, pine.highest(HL2, 9), pine.lowest(HL2, 9), strict=True):
        if top is None:
            lines.append(None)
            continue
        value = 0.66 * ((middle - bottom) / (top - bottom) - 0.5) + 0.67 * value
        value = 0.999 if value > 0.99 else -0.999 if value < -0.99 else value
        line = 0.5 * math.log((1 + value) / (1 - value)) + 0.5 * line
        lines.append(line)
    return lines, pine.back(lines, 1)


def swma(values):
    """ta.swma"""
    return pine.windowed(lambda part: math.fsum(w * v for w, v in zip((1, 2, 2, 1), part, strict=True)) / 6, values, 4)


def vigour():
    line = over(pine.total(swma(less(C, OPENS)), 10), pine.total(swma(less(H, L)), 10), 1)
    return line, swma(line)


def smoothed(length, shift):
    return pine.back(pine.rma(HL2, length), shift)


def distribution():
    sums, told = 0.0, []
    for h, low, c, v in zip(H, L, C, V, strict=True):
        sums += v * (2 * c - low - h) / (h - low) if h > low else 0.0
        told.append(sums)
    return told


def chaikin_flow():
    flows = pine.each(lambda h, low, c, v: v * (2 * c - low - h) / (h - low) if h > low else 0.0, H, L, C, V)
    return over(pine.total(flows, 20), pine.total(V, 20), 1)


def volume_trend():
    sums, told = 0.0, [0.0]
    for now, last, v in zip(C[1:], C, V[1:], strict=False):
        sums += (now - last) / last * v
        told.append(sums)
    return told


def choppiness():
    way, reach = pine.total(pine.true_range(H, L, C), 14), less(pine.highest(H, 14), pine.lowest(L, 14))
    return pine.each(lambda w, r: 100 * math.log10(w / r) / math.log10(14), way, reach)


PLUS, MINUS, STRENGTH = directions()
RSI = pine.rsi(C, 14)
EXPECTED = {
    "sma": pine.sma(C, 9),
    "ema": pine.ema(C, 9),
    "wma": pine.wma(C, 9),
    "dema": dema(),
    "tema": tema(),
    "hma": hma(),
    "rma": pine.rma(C, 7),
    "vwma": over(pine.sma(pine.each(lambda c, v: c * v, C, V), 20), pine.sma(V, 20), 1),
    "mcgd": mcgd(),
    "bbands": bands(),
    "percentb": pine.each(lambda c, u, low: (c - low) / (u - low), C, bands()[0], bands()[2]),
    "bbw": pine.each(lambda u, m, low: 100 * (u - low) / m, *bands()),
    "kc": keltner(),
    "donchian": (
        pine.highest(H, 20),
        pine.each(lambda h, low: (h + low) / 2, pine.highest(H, 20), pine.lowest(L, 20)),
        pine.lowest(L, 20),
    ),
    "maenv": tuple([None if one is None else one * k for one in pine.sma(C, 20)] for k in (1.1, 1, 0.9)),
    "cksp": chande_kroll(),
    "supertrend": pine.supertrend(H, L, C, 3.0, 10),
    "sar": pine.sar(H, L, C),
    "ichimoku": ichimoku(),
    "rsi": RSI,
    "crsi": connors(),
    "stoch": stochastic(pine.stoch(C, H, L, 14), 1),
    "stochrsi": stochastic(pine.stoch(RSI, RSI, RSI, 14), 3),
    "smi": momentum_index(),
    "macd": macd(),
    "ppo": over(less(pine.ema(C, 12), pine.ema(C, 26)), pine.ema(C, 26)),
    "plus_di": PLUS,
    "minus_di": MINUS,
    "adx": STRENGTH,
    "cci": pine.each(lambda p, m, d: (p - m) / (0.015 * d), HLC3, pine.sma(HLC3, 20), pine.mean_deviation(HLC3, 20)),
    "cmo": chande(9),
    "cmou": chande(9),
    "mom": less(C, pine.back(C, 10)),
    "roc": over(less(C, pine.back(C, 9)), pine.back(C, 9)),
    "willr": pine.each(lambda c, h, low: 100 * (c - h) / (h - low), C, pine.highest(H, 14), pine.lowest(L, 14)),
    "ao": less(pine.sma(HL2, 5), pine.sma(HL2, 34)),
    "tsi": strength_index(),
    "dpo": less(C, pine.back(pine.sma(C, 21), 11)),
    "atr": pine.atr(H, L, C, 14),
    "adr": pine.sma(less(H, L), 14),
    "hv": historical(),
    "massi": mass(),
    "rvi": volatility_index(),
    "obv": balance_of_volume(),
    "efi": pine.ema(pine.each(lambda moved, v: moved * v, pine.change(C), V), 13),
    "emv": pine.sma(pine.each(lambda moved, r, v: 10_000 * moved * r / v, pine.change(HL2), less(H, L), V), 14),
    "kvo": klinger(),
    "vosc": over(less(pine.ema(V, 5), pine.ema(V, 10)), pine.ema(V, 10)),
    "stddev": pine.stdev(C, 5),
    "percentrank": pine.percentrank(C, 100),
    "alma": legoux(),
    "linearreg": pine.windowed(line_end, C, 25),
    "alligator": (smoothed(13, 8), smoothed(8, 5), smoothed(5, 3)),
    "aroon": aroon(),
    "aroonosc": less(aroon()[1], aroon()[0]),
    "ultosc": ultimate(),
    "mfi": money_flow(),
    "bop": pine.each(lambda c, o, h, low: (c - o) / (h - low), C, OPENS, H, L),
    "coppock": coppock(),
    "vortex": vortex(),
    "kst": sure_thing(),
    "fisher": fisher(),
    "rvgi": vigour(),
    "cg": pine.windowed(lambda part: -math.fsum(v * (10 - i) for i, v in enumerate(part)) / math.fsum(part), C, 10),
    "cti": pine.windowed(lambda part: correlated(part, range(len(part))), C, 14),
    "chop": choppiness(),
    "ad": distribution(),
    "adosc": less(pine.ema(distribution(), 3), pine.ema(distribution(), 10)),
    "cmf": chaikin_flow(),
    "pvt": volume_trend(),
    "correl": [None] * 19 + [correlated(C[at - 19 : at + 1], OPENS[at - 19 : at + 1]) for at in range(19, len(C))],
    "var": pine.each(lambda one: one * one, pine.stdev(C, 5)),
}
