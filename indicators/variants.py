"""Which indicators are computed ahead and stored: each one's defaults and the variants in common use; every pattern."""

from collections.abc import Sequence
from functools import cache

from indicators import shelf
from indicators.catalogue import build, catalogue, declaration
from indicators.indicator import Indicator, parameters

_VARIANTS = """
sma 5 | 10 | 20 | 30 | 50 | 100 | 200
ema 5 | 10 | 12 | 20 | 26 | 30 | 50 | 100 | 200
wma 20 | 30
dema
tema
trima
kama 10 | 30
hma
t3
alma
rma
vwma 20 | 30
zlema
bbands
percentb
bbw
kc
donchian
supertrend
ce
sar
ichimoku
pivots
midpoint
midprice
mama
ht_trendline
rsi 7 | 14 | 21
stoch 5 3 3 | 14 3 3
stochf
stochrsi
macd
ppo
apo
adx
adxr
dx
plus_di
minus_di
aroon 14 | 25
aroonosc
cci 14 | 20
cmo
mom
roc 10 | 20
rocp
trix 15 | 30
willr
ultosc
mfi
bop
ao
tsi
kst
stc
crsi
fisher
squeeze
atr 14 | 20
natr
trange
hv
chop
ulcer
obv
ad
adosc
cmf
efi
pvt
vwap
rvol
avgvol
ht_dcperiod
linearreg
linearreg_slope
tsf
stddev 5 1 | 20 1
var
zscore 20 | 30
max 252
min 252
avgprice
medprice
typprice
wclprice
log_return
percent_return
drawdown
"""


@cache
def stored() -> tuple[Indicator, ...]:
    """Return the indicators stored by default, each with its parameters."""
    lines = (line.partition(" ") for line in _VARIANTS.strip().splitlines())
    listed = [_instance(name, variant.split()) for name, _, variants in lines for variant in variants.split("|")]
    patterns = (cls() for cls in catalogue() if cls.family == "patterns")
    return (*listed, *patterns, *shelf.held().stored)


@cache
def stored_columns() -> dict[str, tuple[Indicator, int]]:
    """Return, for every stored column, the indicator it comes from and the position among its outputs."""
    return {name: (one, at) for one in stored() for at, name in enumerate(one.column_names())}


@cache
def stored_names() -> dict[Indicator, tuple[str, ...]]:
    """Return the stored columns of every stored indicator, one for each output."""
    return {one: one.column_names() for one in stored()}


def forget() -> None:
    """Look at the installation's own indicators anew."""
    for each in (stored, stored_columns, stored_names):
        each.cache_clear()


def _instance(id: str, values: Sequence[str]) -> Indicator:  # noqa: A002
    names = (field.name for field in parameters(declaration(id)))
    return build(id, dict(zip(names, values, strict=False)))
