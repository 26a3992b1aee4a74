"""TradingView's built-in indicators by their titles, with the inputs of their scripts (Pine v6, 2025)."""

TABLE = """
sma | Moving Average Simple | len=9
ema | Moving Average Exponential | len=9
wma | Moving Average Weighted | len=9
dema | Double EMA | length=9
tema | Triple EMA | length=9
hma | Hull Moving Average | length=9
rma | Smoothed Moving Average | len=7
vwma | Volume Weighted Moving Average | len=20
alma | Arnaud Legoux Moving Average | length=9 offset=0.85 sigma=6
mcgd | McGinley Dynamic | length=14
linearreg | Least Squares Moving Average | length=25
alligator | Williams Alligator | jawLength=13 teethLength=8 lipsLength=5 jawOffset=8 teethOffset=5 lipsOffset=3
fractal | Williams Fractals | n=2
bbands | Bollinger Bands | length=20 mult=2.0
percentb | Bollinger Bands %b | length=20 mult=2.0
bbw | Bollinger BandWidth | length=20 mult=2.0
kc | Keltner Channels | length=20 mult=2.0 atrlength=10
donchian | Donchian Channels | length=20
maenv | Envelope | len=20 percent=10.0
regchannel | Linear Regression Channel | length=100 upperMult=2.0 lowerMult=2.0
cksp | Chande Kroll Stop | p=10 x=1 q=9
supertrend | Supertrend | atrPeriod=10 factor=3.0
sar | Parabolic SAR | start=0.02 increment=0.02 maximum=0.2
ichimoku | Ichimoku Cloud | conversionPeriods=9 basePeriods=26 laggingSpan2Periods=52 displacement=26
pivots | Pivot Points Standard | type=Traditional
rsi | Relative Strength Index | length=14
stoch | Stochastic | periodK=14 smoothK=1 periodD=3
stochrsi | Stochastic RSI | smoothK=3 smoothD=3 lengthRSI=14 lengthStoch=14
smi | Stochastic Momentum Index | lengthK=10 lengthD=3 lengthEMA=3
macd | Moving Average Convergence Divergence | fast_length=12 slow_length=26 signal_length=9
ppo | Price Oscillator | shortlen=12 longlen=26 signallen=9
adx | Average Directional Index | adxlen=14 dilen=14
plus_di | Directional Movement Index | lensig=14 len=14
minus_di | Directional Movement Index | lensig=14 len=14
aroon | Aroon | length=14
cci | Commodity Channel Index | length=20
cmou | Chande Momentum Oscillator | length=9
mom | Momentum | len=10
roc | Rate Of Change | length=9
trix | TRIX | length=18
willr | Williams Percent Range | length=14
ultosc | Ultimate Oscillator | length1=7 length2=14 length3=28
mfi | Money Flow Index | length=14
bop | Balance of Power |
ao | Awesome Oscillator |
tsi | True Strength Index | long=25 short=13 signal=13
coppock | Coppock Curve | wmaLength=10 longRoCLength=14 shortRoCLength=11
dpo | Detrended Price Oscillator | period_=21
vortex | Vortex Indicator | period_=14
kst | Know Sure Thing | roclen1=10 roclen2=15 roclen3=20 roclen4=30 smalen1=10 smalen2=10 smalen3=10 smalen4=15 siglen=9
crsi | Connors RSI | lenrsi=3 lenupdown=2 lenroc=100
fisher | Fisher Transform | len=9
rvgi | Relative Vigor Index | len=10
atr | Average True Range | length=14
adr | Average Day Range | length=14
hv | Historical Volatility | length=10
massi | Mass Index | length=10
rvi | Relative Volatility Index | length=10
obv | On Balance Volume |
ad | Accumulation/Distribution |
adosc | Chaikin Oscillator | short=3 long=10
cmf | Chaikin Money Flow | length=20
efi | Elder Force Index | length=13
pvt | Price Volume Trend |
vwap | Volume Weighted Average Price | anchor=Session
correl | Correlation Coefficient | length=20
chop | Choppiness Index | length=14
emv | Ease of Movement | length=14 div=10000
kvo | Klinger Oscillator |
vosc | Volume Oscillator | shortlen=5 longlen=10
zigzag | Zig Zag | deviation=5.0 depth=10
vstop | Volatility Stop | length=20 factor=2.0
"""
