"""Every indicator that hosted services and libraries have between them and ours must have, and where ours has it.

One line a name: the ids that it is found under; after a ; what else there is to say.
"""

TREND = """
SMA | sma
EMA | ema
WMA | wma
DEMA | dema
TEMA | tema
TRIMA | trima
KAMA | kama
MAMA, FAMA | mama
T3 | t3
MA of any type | ma
RMA, SMMA, Wilders | rma
HMA | hma
ALMA | alma
VWMA | vwma
ZLEMA | zlema
VIDYA | vidya
FRAMA | frama
McGinley Dynamic | mcgd
LSMA, EPMA | linearreg
BBANDS | bbands
%B | percentb
Bollinger bandwidth | bbw
ACCBANDS | accbands
Keltner | kc
DONCHIAN | donchian
MA envelopes | maenv
Standard deviation channel, regression channel | regchannel
MIDPOINT | midpoint
MIDPRICE | midprice
SAR | sar
SAREXT | sarext
SUPERTREND | supertrend
ICHIMOKU | ichimoku
Alligator, Gator | alligator gator
HT_TRENDLINE | ht_trendline
VWAP of the session, anchored | typprice vwap; a daily bar's session is the bar; the anchor is the first bar
Chande Kroll stop | cksp
Chandelier exit | ce
ATR trailing stop, VSTOP | atrts vstop
Pivot points: classic, Fibonacci, Woodie, Camarilla, DeMark | pivots pivots_fibonacci pivots_woodie pivots_camarilla pivots_demark
Pivot highs and lows, Williams fractals | fractal
ZIGZAG | zigzag
Fibonacci retracement | fib
"""  # noqa: E501

MOMENTUM = """
RSI | rsi
STOCH | stoch
STOCHF | stochf
STOCHRSI | stochrsi
MACD | macd
MACDEXT | macdext
PPO | ppo
APO | apo
ADX | adx
ADXR | adxr
DX | dx
PLUS_DI, MINUS_DI | plus_di minus_di
PLUS_DM, MINUS_DM | plus_dm minus_dm
AROON | aroon
AROONOSC | aroonosc
CCI | cci
CMO, unsmoothed CMO | cmo cmou
MOM | mom
ROC | roc
ROCP | rocp
ROCR, ROCR100 | rocr rocr100
TRIX | trix
WILLR | willr
ULTOSC | ultosc
MFI | mfi
BOP | bop
IMI | imi
Awesome oscillator | ao
Accelerator | ac
TSI | tsi
SMI | smi
KDJ | kdj
KST | kst
COPPOCK | coppock
DPO | dpo
PMO | pmo
Schaff trend cycle | stc
Connors RSI | crsi
QQE | qqe
FISHER | fisher
TTM squeeze | squeeze
Squeeze pro | squeeze_pro
Elder ray | eri
VORTEX | vortex
CHOP | chop
VHF | vhf
Efficiency ratio | er
QSTICK | qstick
FOSC, CFO | fosc
RVGI | rvgi
Centre of gravity | cg
Correlation trend | cti
TD sequential | td_seq
Williams A/D | wad
Relative strength against a benchmark, RRG | relstrength rrg
ULCER index | ulcer
"""

VOLATILITY = """
ATR | atr
NATR | natr
TRANGE | trange
Average day range | adr
Historical volatility | hv
Parkinson, Garman-Klass, Rogers-Satchell, Yang-Zhang | parkinson garman_klass rogers_satchell yang_zhang
Chaikin volatility | cvi
MASSI | massi
Relative volatility | rvi
"""

VOLUME = """
OBV | obv
AD | ad
ADOSC | adosc
CMF | cmf
Force index | efi
EMV, EOM | emv
Klinger | kvo
NVI | nvi
PVI | pvi
PVO | pvo
PVT | pvt
RVOL, average volume | rvol avgvol
VOSC | vosc
Volume profile | vp
"""

PRICE = """
AVGPRICE | avgprice
MEDPRICE | medprice
TYPPRICE | typprice
WCLPRICE | wclprice
AVGDEV | avgdev
Heikin-Ashi | ha
Log return, percent return | log_return percent_return
DRAWDOWN | drawdown
"""

STATISTICS = """
LINEARREG, _SLOPE, _ANGLE, _INTERCEPT | linearreg linearreg_slope linearreg_angle linearreg_intercept
TSF | tsf
STDDEV | stddev
VAR | var
BETA | beta
CORREL | correl
ZSCORE | zscore
PERCENTRANK | percentrank
PERCENTILE, QUANTILE, MEDIAN | percentile quantile median
SKEW, KURTOSIS | skew kurtosis
HURST | hurst
"""

CYCLE = """
HT_DCPERIOD | ht_dcperiod
HT_DCPHASE | ht_dcphase
HT_PHASOR | ht_phasor
HT_SINE | ht_sine
HT_TRENDMODE | ht_trendmode
"""

MATH = """
MAX, MIN, MINMAX, their indices | max min minmax maxindex minindex minmaxindex
SUM, CUMSUM | sum cumsum
ADD, SUB, MULT, DIV | add sub mult div
LN, LOG10, EXP, SQRT, CEIL, FLOOR | ln log10 exp sqrt ceil floor
Trigonometry | sin cos tan asin acos atan sinh cosh tanh
CROSS, CROSSOVER, LAG, DECAY | crossany crossover lag decay
"""

PATTERNS = """
2CROWS 3BLACKCROWS 3INSIDE 3LINESTRIKE 3OUTSIDE 3STARSINSOUTH 3WHITESOLDIERS ABANDONEDBABY ADVANCEBLOCK BELTHOLD
BREAKAWAY CLOSINGMARUBOZU CONCEALBABYSWALL COUNTERATTACK DARKCLOUDCOVER DOJI DOJISTAR DRAGONFLYDOJI ENGULFING
EVENINGDOJISTAR EVENINGSTAR GAPSIDESIDEWHITE GRAVESTONEDOJI HAMMER HANGINGMAN HARAMI HARAMICROSS HIGHWAVE HIKKAKE
HIKKAKEMOD HOMINGPIGEON IDENTICAL3CROWS INNECK INVERTEDHAMMER KICKING KICKINGBYLENGTH LADDERBOTTOM LONGLEGGEDDOJI
LONGLINE MARUBOZU MATCHINGLOW MATHOLD MORNINGDOJISTAR MORNINGSTAR ONNECK PIERCING RICKSHAWMAN RISEFALL3METHODS
SEPARATINGLINES SHOOTINGSTAR SHORTLINE SPINNINGTOP STALLEDPATTERN STICKSANDWICH TAKURI TASUKIGAP THRUSTING TRISTAR
UNIQUE3RIVER UPSIDEGAP2CROWS XSIDEGAP3METHODS
"""

WANTED = {
    name.strip(): where.partition(";")[0].split()
    for table in (TREND, MOMENTUM, VOLATILITY, VOLUME, PRICE, STATISTICS, CYCLE, MATH)
    for name, _, where in (line.partition("|") for line in table.strip().splitlines())
}
