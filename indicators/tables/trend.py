"""Moving averages, bands, stops and midpoints: TA-Lib's overlap studies."""

from indicators.records import PRICE, Record, Scale

WILDER = "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978"
MULLOY = "Patrick Mulloy, Technical Analysis of Stocks & Commodities, 1994"
BANDS = {"upper": "Upper band.", "middle": "Middle line.", "lower": "Lower band."}

RECORDS = (
    Record("SMA", "Mean of the last values, all weighted alike.", "common statistics"),
    Record(
        "MA",
        "Average of the chosen kind.",
        "common practice",
        title="Moving Average",
        typed=True,
    ),
    Record("EMA", "Mean whose weights fade by a constant factor, 2 / (period + 1).", "P. N. Haurlan, 1968"),
    Record("WMA", "Mean whose weights fall linearly from the newest value.", "common statistics"),
    Record("DEMA", "Twice the EMA less the EMA of the EMA: less lag.", MULLOY, memory="convergent"),
    Record(
        "TEMA",
        "Three EMAs less three EMAs of EMAs plus the EMA of those: less lag still.",
        MULLOY,
        memory="convergent",
    ),
    Record("TRIMA", "Mean of a mean: weights rise to the middle of the window and fall.", "common statistics"),
    Record(
        "KAMA",
        "Exponential average that speeds up in a trend and slows down in noise.",
        "Perry Kaufman, Smarter Trading, 1995",
    ),
    Record("HMA", "Weighted average of twice a fast weighted average less a slow one.", "Alan Hull, 2005"),
    Record(
        "T3",
        "Six chained EMAs combined for smoothness with little lag.",
        "Tim Tillson, Technical Analysis of Stocks & Commodities, 1998",
    ),
    Record("RMA", "Exponential average with weight 1 / period, as Wilder smooths.", WILDER),
    Record("VWMA", "Mean of the last values weighted by volume.", "common statistics"),
    Record(
        "ZLEMA",
        "EMA of the values with their own lag taken off.",
        "John Ehlers and Ric Way, Technical Analysis of Stocks & Commodities, 2010",
        memory="convergent",
    ),
    Record(
        "MAMA",
        "Average that adapts to the phase of the dominant cycle.",
        "John Ehlers, Technical Analysis of Stocks & Commodities, 2001",
        outputs={"mama": "Adaptive average.", "fama": "Following average, half as fast."},
        ascending=(("slow_limit", "fast_limit"),),
    ),
    Record(
        "BBANDS",
        "Mean of the last values, and bands standard deviations (population) away.",
        "John Bollinger, Bollinger on Bollinger Bands, 2001",
        outputs=BANDS,
    ),
    Record(
        "ACCBANDS",
        "Bands that widen with the bars' own range.",
        "Price Headley, Big Trends in Trading, 2002",
        outputs=BANDS,
    ),
    Record(
        "KC",
        "EMA of the typical price, and bands average true ranges away.",
        "Chester Keltner, How to Make Money in Commodities, 1960; with true ranges, Linda Raschke",
        outputs=BANDS,
        memory="convergent",
    ),
    Record(
        "DONCHIAN",
        "Highest high, lowest low and their middle.",
        "Richard Donchian, 1960s",
        outputs=BANDS,
    ),
    Record(
        "SUPERTREND",
        "Stop line average true ranges away from the price, on the side of the trend.",
        "Olivier Seban, 2000s",
        outputs={
            "supertrend": "The stop line.",
            "trend": ("1 in a rising trend, -1 in a falling one.", Scale("direction", -1, 1)),
        },
    ),
    Record(
        "SAR", "Stop-and-reverse point that speeds up with the trend.", WILDER, ascending=(("acceleration", "maximum"),)
    ),
    Record(
        "SAREXT",
        "Stop-and-reverse point with speeds of its own for either side; negative while it lies above the bars.",
        WILDER,
        ascending=tuple(
            (f"{lower}_{side}", f"maximum_{side}")
            for side in ("long", "short")
            for lower in ("initial", "acceleration")
        ),
    ),
    Record("MIDPOINT", "Middle between the highest and lowest value of the window.", "common statistics"),
    Record("MIDPRICE", "Middle between the highest high and lowest low of the window.", "common statistics"),
    Record(
        "HT_TRENDLINE",
        "Mean over the dominant cycle: the price without its cycle.",
        "John Ehlers, Rocket Science for Traders, 2001",
        scale=PRICE,
        title="Hilbert Transform: Instantaneous Trendline",
    ),
)
