"""Which indicators are computed ahead and stored: each one's defaults and the variants in common use; every pattern."""

from collections.abc import Sequence
from functools import cache

from indicators import shelf
from indicators.catalogue import build, catalogue, declaration
from indicators.indicator import Indicator, parameters

_VARIANTS = """
sma 5 | 10 | 20 | 30 | 50 | 100 | 150 | 200
ema 5 | 9 | 10 | 12 | 20 | 21 | 26 | 30 | 50 | 100 | 200
wma 20 | 30
dema
tema
trima
kama 10 | 30
hma 9 | 20
t3
alma
rma
vwma 20 | 30
zlema
bbands
percentb
bbw
kc
accbands
maenv
donchian 20 | 55
supertrend 7 3 | 10 3
ce
cksp
sar
ichimoku
alligator
pivots
pivots_fibonacci
pivots_woodie
midpoint
midprice
mama
ht_trendline
rsi 2 | 7 | 14 | 21
stoch 5 3 3 | 14 3 3
stochf
stochrsi
kdj
macd
ppo
apo
coppock
dpo
pmo
adx
adxr
dx
plus_di
minus_di
plus_dm
minus_dm
vortex
aroon 14 | 25
aroonosc
cci 14 | 20
cmo
cmou
imi
mom
roc 10 | 20 | 63 | 126 | 252
rocp
rocr100
trix 15 | 30
willr
ultosc
mfi
bop
ao
ac
tsi
smi
kst
stc
crsi
fisher
er
eri
fosc
qstick
vhf
rvgi
cg
cti
squeeze
atr 14 | 20
natr
trange
hv 20 | 60 | 252
adr
cvi
massi
rvi
parkinson
garman_klass
rogers_satchell
yang_zhang
chop
ulcer
obv
nvi
pvi
wad
ad
adosc
cmf
pvo
vosc
emv
kvo
efi
pvt
vwap
rvol
avgvol 20 | 50
ht_dcperiod
ht_phasor
linearreg
linearreg_slope
linearreg_angle
linearreg_intercept
tsf
stddev 5 1 | 20 1
var
avgdev
median
percentrank
zscore 20 | 30
max 20 | 252
min 20 | 252
avgprice
medprice
typprice
wclprice
ha
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
