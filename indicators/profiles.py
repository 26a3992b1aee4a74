"""Whose conventions an indicator follows where the caller says nothing: defaults and conventions by system."""

from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

Profile = Literal["talib", "tradingview"]
PROFILES: tuple[Profile, ...] = get_args(Profile)
DEFAULT: Profile = "talib"

# Pine Script's reference (v5 and v6), whose functions are given there in Pine itself, and the scripts of TradingView's
# built-in indicators. One that stands alone is the same as TA-Lib's; one that is left out is another thing there, or
# is not there at all: trix is of logarithms, vwap begins anew each session, vstop moves one way only, pivots are of
# months, regchannel and zigzag are drawn anew, fractal lets equal highs pass.
_TRADINGVIEW = """
sma period=9
ema period=9 seed=first
wma period=9
dema period=9 seed=first
tema period=9 seed=first
hma period=9
rma period=7
vwma period=20
alma
mcgd seed=first
linearreg period=25
alligator
ichimoku displacement=25
bbands
percentb
bbw
kc middle=close first_bar=range seed=first
donchian
maenv percent=10
cksp first_bar=range
supertrend first_bar=range first_trend=falling
sar rule=pine
rsi
crsi ties=at_or_below
stoch k=14 slow_k=1
stochrsi k=14 slow_k=3
smi period=10 fast=3 slow=3 signal=3 seed=first
macd seed=first
ppo seed=first
adx seed=mean
plus_di seed=mean
minus_di seed=mean
aroon
aroonosc
cci period=20
cmo period=9 smoothing=plain
cmou period=9
mom
roc period=9
willr
ultosc
mfi
bop
ao
tsi seed=first
coppock
dpo period=21 earlier=mean
vortex
kst
fisher
rvgi
cg
cti period=14
atr first_bar=range
adr
hv period=10 sessions=365 ddof=0
massi period=10 seed=first
rvi smoothing=ema unchanged=down seed=first
chop
obv base=zero
ad
adosc
cmf
efi seed=first
emv scale=10000
kvo force=volume seed=first
vosc fast=5 slow=10 type=ema seed=first
pvt
correl period=20
stddev
var
percentrank ties=at_or_below
"""
_TABLES: Mapping[str, str] = {"tradingview": _TRADINGVIEW}


class UnknownProfile(LookupError):
    """A profile that there is not."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no profile {name!r}: allowed are {', '.join(PROFILES)}")
        self.name, self.allowed = name, PROFILES


def followed(id: str, profile: str) -> str:  # noqa: A002 - an indicator's id is called id everywhere
    """Return whose conventions an indicator follows if `profile` is asked for: that, or TA-Lib's where it has none.

    Raises UnknownProfile.
    """
    return profile if id in _overrides(profile) else DEFAULT


def overrides(id: str, profile: str) -> Mapping[str, str]:  # noqa: A002
    """Return the defaults that are others in a profile, as text; raises UnknownProfile."""
    return _overrides(profile).get(id, {})


@cache
def _overrides(profile: str) -> Mapping[str, Mapping[str, str]]:
    if profile not in PROFILES:
        raise UnknownProfile(profile)
    lines = (line.split() for line in _TABLES.get(profile, "").strip().splitlines())
    return {name: dict(pair.split("=") for pair in pairs) for name, *pairs in lines}
