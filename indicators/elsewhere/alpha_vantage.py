"""Alpha Vantage's functions with their parameters; `time_period` has no default there."""

WORDS = {
    "time_period": "period",
    "fastperiod": "fast",
    "slowperiod": "slow",
    "signalperiod": "signal",
    "matype": "type",
    "fastmatype": "fast_type",
    "slowmatype": "slow_type",
    "signalmatype": "signal_type",
    "fastkperiod": "k",
    "slowkperiod": "slow_k",
    "slowdperiod": "d",
    "fastdperiod": "d",
    "slowkmatype": "slow_k_type",
    "slowdmatype": "d_type",
    "fastdmatype": "d_type",
    "nbdevup": "deviations",
    "nbdevdn": "deviations",
    "timeperiod1": "short",
    "timeperiod2": "medium",
    "timeperiod3": "long",
    "fastlimit": "fast_limit",
    "slowlimit": "slow_limit",
}
AVERAGES = dict(zip("012345678", ("sma", "ema", "wma", "dema", "tema", "trima", "t3", "kama", "mama"), strict=True))

TABLE = """
sma | SMA | time_period
ema | EMA | time_period
wma | WMA | time_period
dema | DEMA | time_period
tema | TEMA | time_period
trima | TRIMA | time_period
kama | KAMA | time_period
mama | MAMA | fastlimit=0.01 slowlimit=0.01 | MAMA, FAMA
t3 | T3 | time_period
vwap | VWAP | | -
macd | MACD | fastperiod=12 slowperiod=26 signalperiod=9 | MACD, MACD_Signal, MACD_Hist
macdext | MACDEXT | fastperiod=12 slowperiod=26 signalperiod=9 fastmatype=0 slowmatype=0 signalmatype=0 | MACD, MACD_Signal, MACD_Hist
stoch | STOCH | fastkperiod=5 slowkperiod=3 slowdperiod=3 slowkmatype=0 slowdmatype=0 | SlowK, SlowD
stochf | STOCHF | fastkperiod=5 fastdperiod=3 fastdmatype=0 | FastK, FastD
stochrsi | STOCHRSI | time_period fastkperiod=5 fastdperiod=3 fastdmatype=0 | FastK, FastD
rsi | RSI | time_period
willr | WILLR | time_period
adx | ADX | time_period
adxr | ADXR | time_period
apo | APO | fastperiod=12 slowperiod=26 matype=0
ppo | PPO | fastperiod=12 slowperiod=26 matype=0
mom | MOM | time_period
bop | BOP | ~time_period
cci | CCI | time_period
cmo | CMO | time_period
roc | ROC | time_period
rocr | ROCR | time_period
aroon | AROON | time_period | Aroon Down, Aroon Up
aroonosc | AROONOSC | time_period
mfi | MFI | time_period
trix | TRIX | time_period
ultosc | ULTOSC | timeperiod1=7 timeperiod2=14 timeperiod3=28
dx | DX | time_period
minus_di | MINUS_DI | time_period
plus_di | PLUS_DI | time_period
minus_dm | MINUS_DM | time_period
plus_dm | PLUS_DM | time_period
bbands | BBANDS | time_period nbdevup=2 nbdevdn=2 matype=0 | Real Upper Band, Real Middle Band, Real Lower Band
midpoint | MIDPOINT | time_period
midprice | MIDPRICE | time_period
sar | SAR | acceleration=0.01 maximum=0.20
trange | TRANGE |
atr | ATR | time_period
natr | NATR | time_period
ad | AD | | Chaikin A/D
adosc | ADOSC | fastperiod=3 slowperiod=10
obv | OBV | ~series_type
ht_trendline | HT_TRENDLINE |
ht_sine | HT_SINE | | SINE, LEAD SINE
ht_trendmode | HT_TRENDMODE | | TRENDMODE
ht_dcperiod | HT_DCPERIOD | | DCPERIOD
ht_dcphase | HT_DCPHASE |
ht_phasor | HT_PHASOR | | PHASE, QUADRATURE
"""  # noqa: E501
