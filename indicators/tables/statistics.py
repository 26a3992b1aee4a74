"""Regression, spread and rank over a window."""

from indicators.records import DISTANCE, INDEX, SWING, Record, Scale

COMMON = "common statistics"

RECORDS = (
    Record("LINEARREG", "End of the least-squares line through the window.", COMMON),
    Record("LINEARREG_SLOPE", "Slope of the least-squares line.", COMMON, Scale("price per bar")),
    Record("LINEARREG_ANGLE", "Slope of the least-squares line as an angle.", COMMON, Scale("degrees", -90, 90)),
    Record("LINEARREG_INTERCEPT", "Start of the least-squares line.", COMMON),
    Record("TSF", "Least-squares line carried on by one bar.", COMMON),
    Record("STDDEV", "Standard deviation (population) times the multiplier.", COMMON, DISTANCE),
    Record(
        "VAR",
        "Variance (population).",
        COMMON,
        Scale("price squared", 0),
        omitted=("nbdev",),
        shortest=1,
        ascending=(("ddof", "period"),),
    ),
    Record("AVGDEV", "Mean absolute deviation from the mean.", COMMON, DISTANCE),
    Record(
        "BETA",
        "Slope of the relative changes against the other symbol's.",
        "William Sharpe, The Journal of Finance, 1964",
        Scale("ratio"),
        inputs=("against", "on"),  # TA-Lib's first series is the benchmark
    ),
    Record(
        "CORREL",
        "Correlation of the values with the other symbol's.",
        "Karl Pearson, 1895",
        SWING,
        title="Correlation",
    ),
    Record("PERCENTILE", "Value at a percentile of the window, by nearest rank.", COMMON, title="Percentile"),
    Record("PERCENTRANK", "Share of the values before it that the newest exceeds, in percent.", COMMON, INDEX),
    Record("MAX", "Highest value of the window.", COMMON, title="Highest Value"),
    Record("MIN", "Lowest value of the window.", COMMON, title="Lowest Value"),
    Record("SUM", "Sum of the window.", COMMON, title="Sum"),
)
