"""Oscillators, directional movement and rates of change."""

from indicators.own.hindsight import CENTRED, TURNING_POINTS
from indicators.own.steps import shift_of
from indicators.records import BALANCE, INDEX, PERCENT, RATIO, SHARE, SWING, Record, Scale

WILDER = "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978"
CHANDE = "Tushar Chande and Stanley Kroll, The New Technical Trader, 1994"
APPEL = "Gerald Appel, Systems and Forecasts, 1979"
LANE = "George Lane, Technical Analysis of Stocks & Commodities, 1984"
BILL_WILLIAMS = "Bill Williams, New Trading Dimensions, 1998"
ELDER = "Alexander Elder, Trading for a Living, 1993"
SIGNAL = Scale("flag", 0, 100)
LINES = {"k": "%K: place of the close in the window's range.", "d": "%D: average of %K."}
MACD = {"macd": "Fast EMA less slow EMA.", "signal": "EMA of the MACD.", "hist": "MACD less signal."}

RECORDS = (
    Record("RSI", "Gains as a share of all moves, smoothed as Wilder does.", WILDER, INDEX),
    Record("STOCH", "Place of the close in the range of the last bars, smoothed.", LANE, INDEX, LINES, "Stochastic"),
    Record("STOCHF", "Place of the close in the range of the last bars.", LANE, INDEX, LINES, "Fast Stochastic"),
    Record(
        "STOCHRSI",
        "Place of the RSI in the range of its last values.",
        CHANDE,
        INDEX,
        {"k": "%K: place of the RSI in its range.", "d": "%D: average of %K."},
        "Stochastic RSI",
        memory="convergent",
    ),
    Record(
        "KDJ",
        "Stochastic smoothed as Wilder does, with 3 K less 2 D as a third line.",
        f"after {LANE}",
        PERCENT,
        {"k": ("Smoothed place in the range.", INDEX), "d": ("Smoothed K.", INDEX), "j": "3 K - 2 D; leaves 0..100."},
    ),
    Record(
        "MACD",
        "Fast EMA less slow EMA, its own EMA as signal, and their difference.",
        APPEL,
        outputs=MACD,
        memory="convergent",
        ascending=(("fast", "slow"),),
    ),
    Record(
        "MACDEXT",
        "Fast average less slow average, its own average as signal, each of the chosen kind.",
        f"after {APPEL}",
        outputs={"macd": "Fast average less slow one.", "signal": "Average of it.", "hist": "MACD less signal."},
        title="MACD of Any Averages",
        ascending=(("fast", "slow"),),
        typed=True,
    ),
    Record(
        "MACDFIX",
        "MACD with the rounded weights 0.15 and 0.075 for 12 and 26 bars.",
        APPEL,
        outputs=MACD,
        title="MACD of Fixed Weights",
        memory="convergent",
    ),
    Record(
        "PPO",
        "Fast EMA less slow EMA, in percent of the slow.",
        APPEL,
        PERCENT,
        ascending=(("fast", "slow"),),
    ),
    Record("APO", "Fast EMA less slow EMA.", APPEL, ascending=(("fast", "slow"),)),
    Record("ADX", "Strength of the trend in either direction: smoothed DX.", WILDER, INDEX),
    Record("ADXR", "Mean of the ADX now and a period ago.", WILDER, INDEX, memory="convergent"),
    Record("DX", "Difference of the two directional indicators as a share of their sum.", WILDER, INDEX),
    Record("PLUS_DI", "Upward movement as a share of the true range.", WILDER, INDEX, shortest=1),
    Record("MINUS_DI", "Downward movement as a share of the true range.", WILDER, INDEX, shortest=1),
    Record("PLUS_DM", "Upward movement, summed as Wilder smooths.", WILDER, Scale("price", 0), shortest=1),
    Record("MINUS_DM", "Downward movement, summed as Wilder smooths.", WILDER, Scale("price", 0), shortest=1),
    Record(
        "AROON",
        "How recent the lowest low and the highest high of the window are.",
        "Tushar Chande, Technical Analysis of Stocks & Commodities, 1995",
        INDEX,
        {"down": "100 when the lowest low is now, 0 when it is a period ago.", "up": "The same of the highest high."},
    ),
    Record(
        "AROONOSC",
        "Aroon up less Aroon down.",
        "Tushar Chande, Technical Analysis of Stocks & Commodities, 1995",
        BALANCE,
    ),
    Record(
        "CCI",
        "Distance of the typical price from its mean, in 0.015 mean deviations.",
        "Donald Lambert, Commodities, 1980",
        Scale("index"),
    ),
    Record("CMO", "Gains less losses as a share of both, smoothed as Wilder does.", CHANDE, BALANCE),
    Record("CMOU", "Gains less losses as a share of both, plain sums.", CHANDE, BALANCE),
    Record("MOM", "Change over the period.", "common statistics", shortest=1),
    Record(
        "ROC", "Change over the period, in percent.", "common statistics", PERCENT, title="Rate of Change", shortest=1
    ),
    Record(
        "ROCP",
        "Change over the period, as a fraction.",
        "common statistics",
        RATIO,
        title="Relative Change",
        shortest=1,
    ),
    Record(
        "ROCR", "Value over the value a period ago.", "common statistics", RATIO, title="Ratio of Change", shortest=1
    ),
    Record(
        "ROCR100",
        "Value in percent of the value a period ago.",
        "common statistics",
        PERCENT,
        title="Ratio of Change, in Percent",
        shortest=1,
    ),
    Record(
        "TRIX",
        "One-bar change of a triple EMA, in percent.",
        "Jack Hutson, Technical Analysis of Stocks & Commodities, 1983",
        PERCENT,
        title="Triple Exponential Average's Rate of Change",
        memory="convergent",
        shortest=1,
    ),
    Record(
        "WILLR",
        "Place of the close below the window's high, from 0 (at it) to -100 (at the low).",
        "Larry Williams, How I Made One Million Dollars, 1973",
        Scale("index", -100, 0),
        title="Williams %R",
    ),
    Record(
        "ULTOSC",
        "Buying pressure over three windows, weighted 4, 2 and 1.",
        "Larry Williams, Technical Analysis of Stocks & Commodities, 1985",
        INDEX,
        ascending=(("short", "medium", "long"),),
    ),
    Record(
        "MFI",
        "RSI of money flow: typical price times volume, on rising and falling bars.",
        "Gene Quong and Avrum Soudack, Technical Analysis of Stocks & Commodities, 1989",
        INDEX,
    ),
    Record(
        "BOP",
        "Close less open, as a share of the bar's range.",
        "Igor Livshin, Technical Analysis of Stocks & Commodities, 2001",
        SWING,
        title="Balance of Power",
    ),
    Record("IMI", "Gains from open to close as a share of all such moves.", CHANDE, INDEX),
    Record("AO", "Fast mean less slow mean of the bars' middles.", BILL_WILLIAMS, ascending=(("fast", "slow"),)),
    Record("AC", "Awesome oscillator less its own mean.", BILL_WILLIAMS, ascending=(("fast", "slow"),)),
    Record(
        "FRACTAL",
        "A high or low that stands out from its neighbours, told once the bars after it are known.",
        BILL_WILLIAMS,
        SIGNAL,
        {"high": "100 on the bar that confirms a high, else 0.", "low": "100 on the bar that confirms a low, else 0."},
        hindsight=TURNING_POINTS,
        drawn=dict.fromkeys(("peak", "trough"), lambda p: -p.right),
    ),
    Record(
        "TSI",
        "Double-smoothed change as a share of the double-smoothed absolute change.",
        "William Blau, Technical Analysis of Stocks & Commodities, 1991",
        BALANCE,
        memory="convergent",
    ),
    Record(
        "SMI",
        "Double-smoothed distance of the close from the middle of its range.",
        "William Blau, Technical Analysis of Stocks & Commodities, 1993",
        BALANCE,
        {"smi": "Place from -100 (lowest low) to 100.", "signal": "EMA of it."},
        memory="convergent",
    ),
    Record(
        "COPPOCK",
        "Weighted average of the sum of two rates of change.",
        "Edwin Coppock, Barron's, 1962",
        PERCENT,
        ascending=(("short", "long"),),
    ),
    Record(
        "DPO",
        "Earlier value less the mean around it; looks back only.",
        "common statistics",
        hindsight=CENTRED,
        drawn={"centred": lambda p: -shift_of(p.period, p.shift)},
    ),
    Record("ER", "Net change as a share of the path walked.", "Perry Kaufman, Smarter Trading, 1995", SHARE),
    Record(
        "ERI",
        "High and low against the EMA of the close.",
        ELDER,
        outputs={"bull": "High less the EMA.", "bear": "Low less the EMA."},
        title="Elder Ray Index",
        memory="convergent",
        shortest=1,
    ),
    Record("FOSC", "Distance of the value from its linear forecast, in percent.", CHANDE, PERCENT),
    Record("QSTICK", "Mean of close less open.", CHANDE, shortest=1),
    Record(
        "VHF",
        "Range of the window as a share of the path walked in it.",
        "Adam White, Futures, 1991",
        Scale("ratio", 0),
    ),
    Record(
        "VORTEX",
        "Upward and downward swings between neighbouring bars, as shares of the true range.",
        "Etienne Botes and Douglas Siepman, Technical Analysis of Stocks & Commodities, 2010",
        Scale("ratio", 0),
        {"plus": "Upward swings.", "minus": "Downward swings."},
        shortest=1,
    ),
)
