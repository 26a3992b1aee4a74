"""The Hilbert transform's view of the dominant cycle."""

from indicators.records import PRICE, SWING, Record, Scale

EHLERS = "John Ehlers, Rocket Science for Traders, 2001"

RECORDS = (
    Record(
        "HT_DCPERIOD", "Length of the dominant cycle.", EHLERS, Scale("bars"), title="Hilbert Transform: Cycle Period"
    ),
    Record(
        "HT_DCPHASE",
        "Where in the dominant cycle the price is.",
        EHLERS,
        Scale("degrees"),
        title="Hilbert Transform: Cycle Phase",
    ),
    Record(
        "HT_PHASOR",
        "The cycle as two components a quarter apart.",
        EHLERS,
        PRICE,
        {"inphase": "Component in phase.", "quadrature": "Component a quarter of a cycle ahead."},
        "Hilbert Transform: Phasor",
    ),
    Record(
        "HT_SINE",
        "Sine of the cycle's phase, and the same an eighth of a cycle ahead.",
        EHLERS,
        SWING,
        {"sine": "Sine of the phase.", "lead": "Sine of the phase plus 45 degrees."},
        "Hilbert Transform: Sine Wave",
    ),
    Record(
        "HT_TRENDMODE",
        "1 while the market trends, 0 while it cycles.",
        EHLERS,
        Scale("flag", 0, 1),
        title="Hilbert Transform: Trend or Cycle",
    ),
)
