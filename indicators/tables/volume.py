"""Volume, and prices weighted by it."""

from indicators.records import PERCENT, SHARES, SWING, Record, Scale

CHAIKIN = "Marc Chaikin, 1980s"
FOSBACK = "Paul Dysart, 1936; Norman Fosback, Stock Market Logic, 1976"
WEIGHTED = Scale("price x shares")

RECORDS = (
    Record(
        "OBV",
        "Volume added on rising bars and taken off on falling ones.",
        "Joseph Granville, Granville's New Key to Stock Market Profits, 1963",
        SHARES,
    ),
    Record(
        "AD",
        "Volume added up, weighted by where the close lies in its bar.",
        CHAIKIN,
        SHARES,
        title="Accumulation/Distribution",
    ),
    Record(
        "ADOSC",
        "Fast EMA less slow EMA of the accumulation/distribution line.",
        CHAIKIN,
        SHARES,
        memory="convergent",
        ascending=(("fast", "slow"),),
    ),
    Record("CMF", "Volume weighted by where the close lies in its bar, as a share of all volume.", CHAIKIN, SWING),
    Record(
        "EFI",
        "EMA of the change times volume.",
        "Alexander Elder, Trading for a Living, 1993",
        WEIGHTED,
        memory="convergent",
        shortest=1,
    ),
    Record("VWAP", "Mean typical price since the first bar, weighted by volume.", "James Elkins, 1980s"),
    Record("PVT", "Volume added up, weighted by the relative change of the close.", "common practice", SHARES),
    Record("NVI", "Relative changes added up over the bars on which volume falls.", FOSBACK, Scale("index")),
    Record("PVI", "Relative changes added up over the bars on which volume rises.", FOSBACK, Scale("index")),
    Record(
        "PVO",
        "Fast EMA less slow EMA of volume, in percent of the slow.",
        "common practice",
        PERCENT,
        ascending=(("fast", "slow"),),
    ),
    Record("RVOL", "Volume over the mean of the volumes before it.", "common practice", Scale("ratio", 0), shortest=1),
    Record(
        "MARKETFI",
        "Range of the bar per share traded.",
        "Bill Williams, Trading Chaos, 1995",
        Scale("price per share", 0),
    ),
    Record(
        "WAD",
        "Moves within true ranges added up; despite its name it looks at no volume.",
        "Larry Williams",
    ),
)
