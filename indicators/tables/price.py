"""One price made of a bar's four."""

from indicators.records import Record

COMMON = "common practice"

RECORDS = (
    Record("AVGPRICE", "Mean of open, high, low and close.", COMMON),
    Record("MEDPRICE", "Middle of high and low.", COMMON),
    Record("TYPPRICE", "Mean of high, low and close.", COMMON),
    Record("WCLPRICE", "Mean of high, low and twice the close.", COMMON),
    Record(
        "HA",
        "Bars redrawn from averages, so that trends show.",
        "Dan Valcu, Technical Analysis of Stocks & Commodities, 2004",
        outputs={"open": "Open.", "high": "High.", "low": "Low.", "close": "Close."},
    ),
)
