"""TA-Lib's functions in symbols: x is the chosen series, y the other symbol's, O H L C V a bar's, [1] the bar before.

Averages begin with the mean of their first window. TR is the true range, ATR its RMA.
"""

from collections.abc import Mapping

TABLE = r"""
SMA | (x + x[1] + ... + x[period - 1]) / period
MA | the average named by `type` over the period
EMA | EMA[1] + 2 / (period + 1) * (x - EMA[1])
WMA | (period x + (period - 1) x[1] + ... + x[period - 1]) / (period (period + 1) / 2)
DEMA | 2 EMA(x) - EMA(EMA(x))
TEMA | 3 EMA(x) - 3 EMA(EMA(x)) + EMA(EMA(EMA(x)))
TRIMA | SMA(SMA(x, a), b), a + b = period + 1 and a = b or b - 1
KAMA | KAMA[1] + c^2 (x - KAMA[1]), c = ER * (2/3 - 2/31) + 2/31, ER = abs(x - x[period]) / sum of abs(x - x[1])
HMA | WMA(2 WMA(x, period / 2) - WMA(x, period), sqrt(period)), both rounded down
T3 | -v^3 e6 + (3 v^2 + 3 v^3) e5 - (6 v^2 + 3 v + 3 v^3) e4 + (1 + 3 v + v^3 + 3 v^2) e3, ek the k-th EMA of an EMA, v the volume factor
RMA | RMA[1] + (x - RMA[1]) / period
VWMA | sum of x * V over the period / sum of V
ZLEMA | EMA(2 x - x[(period - 1) / 2])
MAMA | MAMA[1] + a (x - MAMA[1]), a = fast_limit / change of phase in degrees, within slow_limit and fast_limit; FAMA likewise with a / 2 of MAMA
BBANDS | SMA +- deviations * population deviation of the period
ACCBANDS | SMA(H (1 + 4 (H - L) / (H + L))), SMA(C), SMA(L (1 - 4 (H - L) / (H + L)))
KC | EMA((H + L + C) / 3, period) +- multiplier * ATR(atr)
DONCHIAN | highest H, lowest L, and their mean
SUPERTREND | upper = (H + L) / 2 + multiplier * ATR, which falls only until a close exceeds it; lower = (H + L) / 2 - multiplier * ATR, which rises only until a close is below it; the line is the lower one from a close above the upper on, the upper one from a close below the lower on
SAR | SAR[1] + speed * (extreme - SAR[1]), not beyond the last two bars; speed grows by `acceleration` at each new extreme, up to `maximum`; a bar that reaches the stop turns it to the extreme
SAREXT | SAR with a start, an offset at each turn, and speeds for either side
MIDPOINT | (highest x + lowest x) / 2
MIDPRICE | (highest H + lowest L) / 2
HT_TRENDLINE | (4 t + 3 t[1] + 2 t[2] + t[3]) / 10, t the mean of x over the dominant cycle
RSI | 100 * RMA(gains) / (RMA(gains) + RMA(losses))
STOCH | k = SMA(100 * (C - lowest L) / (highest H - lowest L), slow_k), the extremes over k bars; d = SMA(k, d)
STOCHF | k = 100 * (C - lowest L) / (highest H - lowest L); d = SMA(k, d)
STOCHRSI | k = 100 * (RSI - lowest RSI) / (highest RSI - lowest RSI), the extremes over k bars; d = SMA(k, d)
KDJ | k = RMA(100 * (C - lowest L) / (highest H - lowest L), slow_k); d = RMA(k, d); j = 3 k - 2 d
MACD | macd = EMA(x, fast) - EMA(x, slow), both begun together; signal = EMA(macd, signal); hist = macd - signal
MACDEXT | macd = MA(x, fast) - MA(x, slow); signal = MA(macd, signal); hist = macd - signal; each MA of its own kind
MACDFIX | MACD with the weights 0.15 and 0.075 for the fast and the slow average
PPO | 100 * (EMA(x, fast) - EMA(x, slow)) / EMA(x, slow)
APO | EMA(x, fast) - EMA(x, slow)
ADX | RMA(DX)
ADXR | (ADX + ADX[period - 1]) / 2
DX | 100 * abs(+DI - -DI) / (+DI + -DI)
PLUS_DI | 100 * Wilder's sum of +DM / Wilder's sum of TR
MINUS_DI | 100 * Wilder's sum of -DM / Wilder's sum of TR
PLUS_DM | +DM = H - H[1] if that exceeds 0 and L[1] - L, else 0; summed as S[1] - S[1] / period + DM
MINUS_DM | -DM = L[1] - L if that exceeds 0 and H - H[1], else 0; summed as S[1] - S[1] / period + DM
AROON | up = 100 * (period - bars since the highest H) / period over period + 1 bars; down likewise of the lowest L
AROONOSC | Aroon up - Aroon down
CCI | (p - SMA(p)) / (0.015 * mean of abs(p - SMA(p))), p = (H + L + C) / 3
CMO | 100 * (RMA(gains) - RMA(losses)) / (RMA(gains) + RMA(losses))
CMOU | 100 * (sum of gains - sum of losses) / (sum of gains + sum of losses)
MOM | x - x[period]
ROC | 100 * (x / x[period] - 1)
ROCP | x / x[period] - 1
ROCR | x / x[period]
ROCR100 | 100 * x / x[period]
TRIX | 100 * (e / e[1] - 1), e = EMA(EMA(EMA(x)))
WILLR | -100 * (highest H - C) / (highest H - lowest L)
ULTOSC | 100 * (4 a + 2 b + c) / 7, a, b, c = sum of (C - min(L, C[1])) / sum of TR over the short, medium and long window
MFI | 100 * positive flow / all flow over the period, flow = (H + L + C) / 3 * V, positive where (H + L + C) / 3 rose
BOP | (C - O) / (H - L)
IMI | 100 * sum of (C - O) where C > O / sum of abs(C - O)
AO | SMA((H + L) / 2, fast) - SMA((H + L) / 2, slow)
AC | AO - SMA(AO, signal)
FRACTAL | high: the H `right` bars ago is above those of the `left` bars before it and of the `right` bars since; low: likewise of L
TSI | 100 * EMA(EMA(x - x[1], first), second) / EMA(EMA(abs(x - x[1]), first), second)
SMI | 100 * S(C - (highest H + lowest L) / 2) / (S(highest H - lowest L) / 2), S(v) = EMA(EMA(v, slow), fast); signal = EMA(smi, signal)
COPPOCK | WMA(ROC(x, short) + ROC(x, long), smoothing)
DPO | x[period / 2 + 1] - SMA(x, period)
ER | abs(x - x[period]) / sum of abs(x - x[1])
ERI | bull = H - EMA(C); bear = L - EMA(C)
FOSC | 100 * (x - TSF(x, period)[1]) / x
QSTICK | SMA(C - O)
VHF | (highest x - lowest x) / sum of abs(x - x[1])
VORTEX | plus = sum of abs(H - L[1]) / sum of TR; minus = sum of abs(L - H[1]) / sum of TR
ATR | ATR[1] + (TR - ATR[1]) / period
NATR | 100 * ATR / C
TRANGE | max(H, C[1]) - min(L, C[1])
ADR | SMA(H - L)
CVI | 100 * (e / e[change] - 1), e = EMA(H - L, period)
MASSI | sum over period of e / EMA(e), e = EMA(H - L, smoothing)
RVI | 100 * RMA(up) / (RMA(up) + RMA(down)), up the population deviation of `deviation` bars where x rose, down where it fell
OBV | OBV[1] + V where x rose, OBV[1] - V where it fell; begun with V
AD | AD[1] + V * ((C - L) - (H - C)) / (H - L)
ADOSC | EMA(AD, fast) - EMA(AD, slow), both begun with the first AD
CMF | sum of V * ((C - L) - (H - C)) / (H - L) over the period / sum of V
EFI | EMA(V * (C - C[1]))
VWAP | sum of V * (H + L + C) / 3 since the first bar / sum of V
PVT | PVT[1] + V * (x / x[1] - 1)
NVI | NVI[1] * x / x[1] where V fell, else NVI[1]; begun at 1000
PVI | PVI[1] * x / x[1] where V rose, else PVI[1]; begun at 1000
PVO | 100 * (EMA(V, fast) - EMA(V, slow)) / EMA(V, slow)
RVOL | V / SMA(V, period)[1]
MARKETFI | (H - L) / V
WAD | WAD[1] + C - min(L, C[1]) where C rose, WAD[1] + C - max(H, C[1]) where it fell
HT_DCPERIOD | period of the homodyne discriminator on the Hilbert transform of a smoothed x, smoothed itself
HT_DCPHASE | phase of x over the dominant cycle, by the discrete Fourier transform at its period
HT_PHASOR | in-phase and quadrature component of the Hilbert transform of the detrended x
HT_SINE | sine of the dominant cycle's phase; sine of the phase + 45 degrees
HT_TRENDMODE | 0 for half a cycle after the two sines cross, or while the phase moves on at the cycle's own rate; else 1
LINEARREG | a + b (period - 1), a + b t the least-squares line through x at t = 0 ... period - 1
LINEARREG_SLOPE | b of the least-squares line a + b t
LINEARREG_ANGLE | atan(b) in degrees, b the slope of the least-squares line
LINEARREG_INTERCEPT | a of the least-squares line a + b t, t = 0 at the oldest bar
TSF | a + b period, a + b t the least-squares line through x at t = 0 ... period - 1
STDDEV | multiplier * sqrt(mean of x^2 - (mean of x)^2)
VAR | mean of x^2 - (mean of x)^2
AVGDEV | mean of abs(x - SMA(x))
BETA | covariance of x / x[1] - 1 and y / y[1] - 1 over the period / variance of y / y[1] - 1
CORREL | covariance of x and y over the period / (deviation of x * deviation of y)
PERCENTILE | the value at rank ceil(percentile / 100 * period) of the sorted window, at least the first
PERCENTRANK | 100 * count of the `period` values before x that are below it / period
MAX | highest x of the period
MIN | lowest x of the period
SUM | x + x[1] + ... + x[period - 1]
AVGPRICE | (O + H + L + C) / 4
MEDPRICE | (H + L) / 2
TYPPRICE | (H + L + C) / 3
WCLPRICE | (H + L + 2 C) / 4
HA | close = (O + H + L + C) / 4; open = (open[1] + close[1]) / 2, begun with (O + C) / 2; high = max(H, open, close); low = min(L, open, close)
ADD | x + y
SUB | x - y
MULT | x * y
DIV | x / y
MINMAX | lowest and highest x of the period
MAXINDEX | index of the highest x of the period, 0 for the first bar of all
MININDEX | index of the lowest x of the period, 0 for the first bar of all
MINMAXINDEX | indices of the lowest and the highest x of the period, 0 for the first bar of all
CUMSUM | CUMSUM[1] + x
LN | ln x
LOG10 | log10 x
EXP | e^x
SQRT | sqrt x
CEIL | x rounded up
FLOOR | x rounded down
SIN | sin x
COS | cos x
TAN | tan x
ASIN | asin x
ACOS | acos x
ATAN | atan x
SINH | (e^x - e^-x) / 2
COSH | (e^x + e^-x) / 2
TANH | (e^x - e^-x) / (e^x + e^-x)
"""  # noqa: E501

RULES: Mapping[str, str] = {
    name.strip(): rule.strip() for name, _, rule in (line.partition("|") for line in TABLE.strip().splitlines())
}
