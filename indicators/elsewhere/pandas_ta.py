"""pandas-ta-classic's functions with their defaults (0.8)."""

TABLE = """
sma | sma | length=10
ema | ema | length=10
wma | wma | length=10
dema | dema | length=10
tema | tema | length=10
trima | trima | length=10
kama | kama | length=10 fast=2 slow=30
mama | mama | fastlimit=0.5 slowlimit=0.05
hma | hma | length=10
t3 | t3 | length=10 a=0.7
rma | rma | length=10
vwma | vwma | length=10
zlema | zlma | length=10 mamode=ema
alma | alma | length=10 sigma=6.0 distribution_offset=0.85
vidya | vidya | length=14
mcgd | mcgd | length=10 c=1
bbands | bbands | length=5 std=2.0 ddof=0 mamode=sma
accbands | accbands | length=20 c=4 mamode=sma
kc | kc | length=20 scalar=2 mamode=ema
donchian | donchian | lower_length=20 upper_length=20
supertrend | supertrend | length=7 multiplier=3.0
sar | psar | af=0.02 max_af=0.2
midpoint | midpoint | length=2
midprice | midprice | length=2
ichimoku | ichimoku | tenkan=9 kijun=26 senkou=52
ce | ce | length=22 multiplier=3.0
cksp | cksp | p=10 x=3 q=20
rsi | rsi | length=14
stoch | stoch | k=14 d=3 smooth_k=3
stochf | stochf | fastk=5 fastd=3
stochrsi | stochrsi | length=14 rsi_length=14 k=3 d=3
kdj | kdj | length=9 signal=3
macd | macd | fast=12 slow=26 signal=9
ppo | ppo | fast=12 slow=26 signal=9
apo | apo | fast=12 slow=26
adx | adx | length=14
adxr | adxr | length=14
dx | dx | length=14
plus_dm | dm | length=14
minus_dm | dm | length=14
aroon | aroon | length=14
cci | cci | length=14 c=0.015
cmo | cmo | length=14
mom | mom | length=10
roc | roc | length=10
trix | trix | length=30 signal=9
willr | willr | length=14
ultosc | uo | fast=7 medium=14 slow=28
mfi | mfi | length=14
bop | bop |
ao | ao | fast=5 slow=34
tsi | tsi | fast=13 slow=25 signal=13
smi | smi | fast=5 slow=20 signal=5
coppock | coppock | length=10 fast=11 slow=14
dpo | dpo | length=20 centered=True
er | er | length=10
eri | eri | length=13
vortex | vortex | length=14
vhf | vhf | length=28
qstick | qstick | length=10
fosc | fosc | length=14
kst | kst | roc1=10 roc2=15 roc3=20 roc4=30 sma1=10 sma2=10 sma3=10 sma4=15 signal=9
stc | stc | tclength=10 fast=12 slow=26 factor=0.5
qqe | qqe | length=14 smooth=5 factor=4.236
fisher | fisher | length=9 signal=1
squeeze | squeeze | bb_length=20 bb_std=2.0 kc_length=20 kc_scalar=1.5 mom_length=12 mom_smooth=6
rvgi | rvgi | length=14 swma_length=4
cg | cg | length=10
cti | cti | length=12
atr | atr | length=14
natr | natr | length=14
trange | true_range |
massi | massi | fast=9 slow=25
rvi | rvi | length=14
hv | hvol | length=20 annualization=252
cvi | cvi | length=10
obv | obv |
ad | ad |
adosc | adosc | fast=3 slow=10
cmf | cmf | length=20
efi | efi | length=13
nvi | nvi | length=1 initial=1000
pvi | pvi | length=1 initial=1000
pvo | pvo | fast=12 slow=26 signal=9
pvt | pvt |
vwap | vwap | anchor=D
wad | wad |
marketfi | marketfi |
medprice | hl2 |
typprice | hlc3 |
avgprice | ohlc4 |
wclprice | wcp |
ha | ha |
linearreg | linreg | length=14
stddev | stdev | length=30 ddof=0
var | variance | length=30 ddof=0
avgdev | mad | length=30
zscore | zscore | length=30 std=1
beta | beta | benchmark length=30
correl | correl | benchmark length=30
squeeze_pro | squeeze_pro | bb_length=20 bb_std=2.0 kc_length=20 kc_scalar_wide=2 kc_scalar_normal=1.5 kc_scalar_narrow=1
td_seq | td_seq |
chop | chop | length=14
ulcer | ui | length=14
emv | eom | length=14 divisor=100000000
kvo | kvo | fast=34 slow=55 signal=13
vosc | vosc | fast=14 slow=28
skew | skew | length=30
kurtosis | kurtosis | length=30
quantile | quantile | length=30 q=0.5
median | median | length=30
log_return | log_return | length=1
percent_return | percent_return | length=1
drawdown | drawdown |
vp | vp | width=10
hilo | hilo | high_length=13 low_length=21
ttm_trend | ttm_trend | length=6
swma | swma | length=10
sinwma | sinwma | length=14
pwma | pwma | length=10
fwma | fwma | length=10
ssf | ssf | length=10 poles=2
bias | bias | length=26
psl | psl | length=12
brar | brar | length=26
pgo | pgo | length=14
inertia | inertia | length=20 rvi_length=14
lrsi | lrsi | length=14 gamma=0.5
vwmacd | vwmacd | fast=12 slow=26 signal=9
aberration | aberration | length=5 atr_length=15
thermo | thermo | length=20 long=2 short=0.5
pdist | pdist |
pvr | pvr |
pvol | pvol |
msw | msw | period=5
stderr | stderr | length=14 ddof=1
entropy | entropy | length=10 base=2.0
lag | lag | period=1
amat | amat | fast=8 slow=21 lookback=2 mamode=ema
avgvol | avolume | length=20
decay | decay | length=5 mode=linear
ebsw | ebsw | length=40 bars=10
hwma | hwma | na=0.2 nb=0.1 nc=0.1
linearreg_angle | linregangle | length=14
linearreg_intercept | linregintercept | length=14
linearreg_slope | linregslope | length=14
macdext | macdext | fast=12 slow=26 signal=9 fastmatype=1 slowmatype=1 signalmatype=1
macdfix | macdfix | signal=9
mmar | mmar | length=10
pmax | pmax | length=10 multiplier=3.0 mamode=ema
rocp | rocp | length=10
rocr | rocr | length=10
rocr100 | rocr100 | length=10
sarext | sarext | startvalue=0.0 offsetonreverse=0.0
tsf | tsf | length=14
vfi | vfi | length=130 coef=0.2 vcoef=2.5 mamode=ema
ht_dcperiod | ht_dcperiod |
ht_dcphase | ht_dcphase |
ht_phasor | ht_phasor |
ht_sine | ht_sine |
ht_trendline | ht_trendline |
ht_trendmode | ht_trendmode |
"""  # noqa: E501
