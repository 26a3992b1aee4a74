"""How far prices move."""

from indicators.records import DISTANCE, INDEX, LONGEST, PERCENT, Kind, Record, Scale

WILDER = "J. Welles Wilder, New Concepts in Technical Trading Systems, 1978"
DORSEY = "Donald Dorsey, Technical Analysis of Stocks & Commodities"

RECORDS = (
    Record("ATR", "True range smoothed as Wilder does.", WILDER, DISTANCE, shortest=1),
    Record(
        "NATR",
        "Average true range in percent of the close.",
        "John Forman, Technical Analysis of Stocks & Commodities, 2006",
        Scale("percent", 0),
        shortest=1,
    ),
    Record("TRANGE", "Range of the bar, counted from the previous close where that lies outside.", WILDER, DISTANCE),
    Record("ADR", "Mean of high less low.", "common statistics", DISTANCE, shortest=1),
    Record(
        "CVI", "Change of the smoothed range over some bars, in percent.", "Marc Chaikin", PERCENT, memory="convergent"
    ),
    Record(
        "MASSI",
        "Sum of the range's EMA over its own EMA: swells before a turn.",
        f"{DORSEY}, 1992",
        Scale("ratio", 0),
        memory="convergent",
        kinds={
            "fastperiod": Kind("smoothing", 2, LONGEST, "Bars of both averages."),
            "slowperiod": Kind("period", 2, LONGEST, "Bars summed."),
        },
    ),
    Record(
        "RVI",
        "RSI of the standard deviation: how much of it lies on rising bars.",
        f"{DORSEY}, 1993",
        INDEX,
        shortest=1,
    ),
)
