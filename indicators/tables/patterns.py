"""Candlestick patterns, told on the bar that completes them; white closes above its open, black below.

What is long, short, equal or a doji is measured against the bars before, by TA-Lib's settings.
"""

from indicators.records import Record, Scale

NISON = "Steve Nison, Japanese Candlestick Charting Techniques, 1991"
MORRIS = "Gregory Morris, Candlestick Charting Explained, 1992"
CHESLER = "Daniel Chesler, Technical Analysis of Stocks & Commodities, 2004"

RISE = Scale("signal", 0, 100), "100 on the bar that completes it, else 0."
FALL = Scale("signal", -100, 0), "-100 on the bar that completes it, else 0."
BOTH = Scale("signal", -100, 100), "100 for the rising form, -100 for the falling one, else 0."
GRADE = Scale("signal", -100, 100), "100 (rising) or -100 (falling); 80 or -80 where one end only matches; else 0."
TWICE = (
    Scale("signal", -200, 200),
    "100 (rising) or -100 (falling), 200 or -200 on a later bar that confirms it, else 0.",
)

_NISON = (
    ("3BLACKCROWS", FALL, "After a white bar three black ones, each closing lower and near its low."),
    ("3WHITESOLDIERS", RISE, "Three white bars, each opening in the body before, closing higher and near its high."),
    ("ABANDONEDBABY", BOTH, "Long bar, doji with gaps on both its sides, bar back into the first body."),
    ("ADVANCEBLOCK", FALL, "Three white bars that close higher with shrinking bodies or growing upper shadows."),
    ("BELTHOLD", BOTH, "Long bar without a shadow at its open."),
    ("COUNTERATTACK", BOTH, "Two long bars of opposite colours that close alike."),
    ("DARKCLOUDCOVER", FALL, "Long white bar, black one that opens above its high and closes deep in its body."),
    ("DOJI", RISE, "Open and close are all but equal; says nothing of a direction."),
    ("DOJISTAR", BOTH, "Long bar, then a doji that gaps away in its direction."),
    ("DRAGONFLYDOJI", RISE, "Doji at its high with a lower shadow; says nothing of a direction."),
    ("ENGULFING", GRADE, "A body that covers the opposite body before it."),
    ("EVENINGDOJISTAR", FALL, "Long white bar, doji gapping up, black bar that closes deep in the first body."),
    ("EVENINGSTAR", FALL, "Long white bar, short body gapping up, black bar that closes deep in the first body."),
    ("GAPSIDESIDEWHITE", BOTH, "After a gap two white bars alike, side by side."),
    ("GRAVESTONEDOJI", RISE, "Doji at its low with an upper shadow; says nothing of a direction."),
    ("HAMMER", RISE, "Short body near the low before, with a long lower shadow and hardly an upper one."),
    ("HANGINGMAN", FALL, "Short body near the high before, with a long lower shadow and hardly an upper one."),
    ("HARAMI", GRADE, "Long body that holds the short body after it."),
    ("HARAMICROSS", GRADE, "Long body that holds the doji after it."),
    ("HIGHWAVE", BOTH, "Short body with very long shadows on both sides; the sign is its colour."),
    ("INNECK", FALL, "Long black bar, then a white one from below its low that closes just into its body."),
    ("INVERTEDHAMMER", RISE, "Short body gapping down, with a long upper shadow and hardly a lower one."),
    ("LONGLEGGEDDOJI", RISE, "Doji with a long shadow; says nothing of a direction."),
    ("MATHOLD", RISE, "Long white bar, gap up, three short bars held above its middle, white bar to a new high."),
    ("MORNINGDOJISTAR", RISE, "Long black bar, doji gapping down, white bar that closes deep in the first body."),
    ("MORNINGSTAR", RISE, "Long black bar, short body gapping down, white bar that closes deep in the first body."),
    ("ONNECK", FALL, "Long black bar, then a white one from below that closes at its low."),
    ("PIERCING", RISE, "Long black bar, long white one that opens below its low and closes past its middle."),
    ("RICKSHAWMAN", RISE, "Doji amid long shadows on both sides; says nothing of a direction."),
    ("RISEFALL3METHODS", BOTH, "Long bar, three short ones against it within its range, long bar that carries on."),
    ("SEPARATINGLINES", BOTH, "Two bars of opposite colours with one open, the second long and leaving it for good."),
    ("SHOOTINGSTAR", FALL, "Short body gapping up, with a long upper shadow and hardly a lower one."),
    ("SPINNINGTOP", BOTH, "Short body with longer shadows on both sides; the sign is its colour."),
    ("STALLEDPATTERN", FALL, "Two long white bars, then a short one that rides on the second's shoulder."),
    ("TAKURI", RISE, "Doji at its high with a very long lower shadow; says nothing of a direction."),
    ("TASUKIGAP", BOTH, "Gap, a bar in its direction, an opposite one that does not close the gap."),
    ("THRUSTING", FALL, "Long black bar, then a white one from below its low that closes short of its middle."),
    ("TRISTAR", BOTH, "Three doji, the middle one gapping away from the others."),
    ("UPSIDEGAP2CROWS", FALL, "Long white bar, two black ones above it across a gap, the second around the first."),
)
_MORRIS = (
    ("2CROWS", FALL, "Long white bar, black one gapping up, black one from its body into the first body."),
    ("3INSIDE", BOTH, "Harami whose direction a third close beyond the first open confirms."),
    ("3LINESTRIKE", BOTH, "Three bars on one way, then one that takes all of it back; the sign is the three's."),
    ("3OUTSIDE", BOTH, "Engulfing whose direction a third close confirms."),
    ("3STARSINSOUTH", RISE, "Three black bars, each shorter than and less low than the one before."),
    ("BREAKAWAY", BOTH, "Long bar, gap, two bars further, long bar back that closes in the gap."),
    ("CLOSINGMARUBOZU", BOTH, "Long bar without a shadow at its close."),
    ("CONCEALBABYSWALL", RISE, "Two black bars without shadows, one gapping down with an upper shadow, one around it."),
    ("HOMINGPIGEON", RISE, "Long black body that holds the short black body after it."),
    ("IDENTICAL3CROWS", FALL, "Three black bars, each opening where the one before closed."),
    ("KICKING", BOTH, "Two bars without shadows, of opposite colours, with a gap between; the sign is the second's."),
    ("KICKINGBYLENGTH", BOTH, "Two bars without shadows, of opposite colours, with a gap between; the longer decides."),
    ("LADDERBOTTOM", RISE, "Three black bars down, one with an upper shadow, white bar that opens above its body."),
    ("LONGLINE", BOTH, "Long body with short shadows; the sign is its colour."),
    ("MARUBOZU", BOTH, "Long bar without shadows; the sign is its colour."),
    ("MATCHINGLOW", RISE, "Two black bars with one close."),
    ("SHORTLINE", BOTH, "Short body with short shadows; the sign is its colour."),
    ("STICKSANDWICH", RISE, "Black, white, black, the two black ones with one close."),
    ("UNIQUE3RIVER", RISE, "Long black bar, black one in its body with a new low, short white one below."),
    ("XSIDEGAP3METHODS", BOTH, "Two bars of one colour with a gap between, then one that closes it."),
)
_CHESLER = (
    ("HIKKAKE", TWICE, "Inside bar, then a bar that leaves it on one side, which proves false: trade the other."),
    ("HIKKAKEMOD", TWICE, "Hikkake of two inside bars, the second closing at its end opposite to the signal."),
)
_TITLES = {
    "3STARSINSOUTH": "Three Stars in the South",
    "BELTHOLD": "Belt Hold",
    "ENGULFING": "Engulfing",
    "GAPSIDESIDEWHITE": "Side-by-Side White Lines after a Gap",
    "HARAMI": "Harami",
    "HARAMICROSS": "Harami Cross",
    "HIGHWAVE": "High Wave",
    "HIKKAKE": "Hikkake",
    "HIKKAKEMOD": "Modified Hikkake",
    "INNECK": "In-Neck",
    "KICKINGBYLENGTH": "Kicking, by Length",
    "LONGLEGGEDDOJI": "Long-Legged Doji",
    "LONGLINE": "Long Line",
    "ONNECK": "On-Neck",
    "PIERCING": "Piercing",
    "SHORTLINE": "Short Line",
    "STALLEDPATTERN": "Stalled",
    "TAKURI": "Takuri",
    "THRUSTING": "Thrusting",
    "TRISTAR": "Tri-Star",
    "UNIQUE3RIVER": "Unique Three River",
}

RECORDS = tuple(
    Record(f"CDL{name}", meaning, source, scale, {f"cdl{name.lower()}": told}, _TITLES.get(name, ""))
    for source, table in ((NISON, _NISON), (MORRIS, _MORRIS), (CHESLER, _CHESLER))
    for name, (scale, told), meaning in table
)
