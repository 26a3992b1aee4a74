"""Twelve Data's indicators as its OpenAPI description has them; its own Python client sends some others besides."""

WORDS = {
    "time_period": "period",
    "fast_period": "fast",
    "slow_period": "slow",
    "signal_period": "signal",
    "ma_type": "type",
    "fast_ma_type": "fast_type",
    "slow_ma_type": "slow_type",
    "signal_ma_type": "signal_type",
    "fast_k_period": "k",
    "slow_k_period": "slow_k",
    "slow_d_period": "d",
    "fast_d_period": "d",
    "slow_kma_type": "slow_k_type",
    "slow_dma_type": "d_type",
    "fast_dma_type": "d_type",
    "sd": "deviations",
    "v_factor": "volume_factor",
    "atr_time_period": "atr",
    "time_period_1": "short",
    "time_period_2": "medium",
    "time_period_3": "long",
    "long_roc_period": "long",
    "short_roc_period": "short",
    "wma_period": "smoothing",
    "offset_on_reverse": "offset",
    "acceleration_limit_long": "initial_long",
    "acceleration_limit_short": "initial_short",
    "acceleration_max_long": "maximum_long",
    "acceleration_max_short": "maximum_short",
}
AVERAGES = {name.upper(): name for name in ("sma", "ema", "wma", "dema", "tema", "trima", "kama", "mama")} | {
    "T3MA": "t3"
}

TABLE = """
sma | sma | time_period=9
ema | ema | time_period=9
wma | wma | time_period=9
dema | dema | time_period=9
tema | tema | time_period=9
trima | trima | time_period=9
kama | kama | time_period=9
mama | mama | fast_limit=0.5 slow_limit=0.05 | mama, fama
ma | ma | time_period=9 ma_type=SMA
t3 | t3ma | time_period=9 v_factor=0.7
mcgd | mcginley_dynamic | time_period=14
vwap | vwap | | -
bbands | bbands | time_period=20 sd=2 ma_type=SMA | upper_band, middle_band, lower_band
percentb | percent_b | time_period=9 sd=2 ma_type=SMA
kc | keltner | time_period=20 atr_time_period=10 multiplier=2 ma_type=SMA series_type=close !middle=close | upper_line, middle_line, lower_line
supertrend | supertrend | multiplier=3 period=10 | supertrend, -
sar | sar | acceleration=0.02 maximum=0.2
ichimoku | ichimoku | conversion_line_period=9 base_line_period=26 leading_span_b_period=52 lagging_span_period=26 include_ahead_span_period=True | -
midpoint | midpoint | time_period=9
midprice | midprice | time_period=9
fractal | pivot_points_hl | time_period=10 | -
ht_trendline | ht_trendline |
ht_sine | ht_sine | | ht_sine, ht_leadsine
ht_trendmode | ht_trendmode |
ht_dcperiod | ht_dcperiod |
ht_dcphase | ht_dcphase |
ht_phasor | ht_phasor | | in_phase, quadrature
rsi | rsi | time_period=14
stoch | stoch | fast_k_period=14 slow_k_period=1 slow_d_period=3 slow_kma_type=SMA slow_dma_type=SMA | slow_k, slow_d
stochf | stochf | fast_k_period=14 fast_d_period=3 fast_dma_type=SMA | fast_k, fast_d
stochrsi | stochrsi | period:rsi_length=14 k:stoch_length=14 slow_k:k_period=3 d:d_period=3 slow_kma_type=SMA d_type:slow_dma_type=SMA ~time_period=14 ~fast_k_period=3 ~fast_d_period=3 ~fast_dma_type=SMA | k, d
macd | macd | fast_period=12 slow_period=26 signal_period=9 | macd, macd_signal, macd_hist
macdext | macdext | fast_period=12 fast_ma_type=SMA slow_period=26 slow_ma_type=SMA signal_period=9 signal_ma_type=SMA | macd, macd_signal, macd_hist
apo | apo | fast_period=12 slow_period=26 ma_type=SMA ~time_period
ppo | ppo | fast_period=12 slow_period=26 ma_type=SMA
adx | adx | time_period=14
adxr | adxr | time_period=14
dx | dx | time_period=14
plus_di | plus_di | time_period=9
minus_di | minus_di | time_period=9
plus_dm | plus_dm | time_period=9
minus_dm | minus_dm | time_period=9
aroon | aroon | time_period=14 | aroon_down, aroon_up
aroonosc | aroonosc | time_period=14
cci | cci | time_period=20
cmo | cmo | time_period=9
mom | mom | time_period=9
roc | roc | time_period=9
rocp | rocp | time_period=9
rocr | rocr | time_period=9
rocr100 | rocr100 | time_period=9
willr | willr | time_period=14
ultosc | ultosc | time_period_1=7 time_period_2=14 time_period_3=28
mfi | mfi | time_period=14
bop | bop |
coppock | coppock | long_roc_period=14 short_roc_period=11 wma_period=10/0
kst | kst | change1:roc_period_1=10 change2:roc_period_2=15 change3:roc_period_3=20 change4:roc_period_4=30 signal_period=9 mean1:sma_period_1=10 mean2:sma_period_2=10 mean3:sma_period_3=10 mean4:sma_period_4=15 | kst, kst_signal
atr | atr | time_period=14
natr | natr | time_period=14
trange | trange |
obv | obv |
ad | ad |
adosc | adosc | fast_period=12 slow_period=26
rvol | rvol | time_period=14
avgprice | avgprice |
medprice | medprice | ~series_type ~time_period
typprice | typprice |
wclprice | wclprice |
linearreg | linearreg | time_period=9
linearreg_slope | linearregslope | time_period=9
linearreg_angle | linearregangle | time_period=9
linearreg_intercept | linearregintercept | time_period=9
tsf | tsf | time_period=9
stddev | stddev | time_period=9 multiplier:sd=2
var | var | time_period=9
max | max | time_period=9
min | min | time_period=9
maxindex | maxindex | time_period=9 | -
minindex | minindex | time_period=9 | -
minmax | minmax | time_period=9 | min, max
minmaxindex | minmaxindex | time_period=9 | -
beta | beta | series_type_1=open series_type_2=close time_period=9 | -
correl | correl | series_type_1=open series_type_2=close time_period=9 | -
sum | sum | time_period=9
add | add | series_type_1=open series_type_2=close | -
sub | sub | series_type_1=open series_type_2=close | -
mult | mult | series_type_1=open series_type_2=close | -
div | div | series_type_1=open series_type_2=close | -
crsi | crsi | period:rsi_period=3 streak:up_down_length=2 rank:percent_rank_period=100
dpo | dpo | time_period=9 centered=false
sarext | sarext | start_value=0 offset_on_reverse=0 acceleration_limit_long=0.02 acceleration_long=0.02 acceleration_max_long=0.2 acceleration_limit_short=0.02 acceleration_short=0.02 acceleration_max_short=0.2
ha | heikinashicandles | | heikinopens, heikinhighs, heikinlows, heikincloses
ceil | ceil |
floor | floor |
exp | exp |
ln | ln |
log10 | log10 |
sqrt | sqrt |
"""  # noqa: E501
