"""Arithmetic on one value, on two symbols' values, and over windows; `max`, `min` and `sum` are with statistics."""

from indicators.records import PRICE, SWING, Record, Scale

ARITHMETIC = "arithmetic"
COMMON = "common statistics"
RADIANS = "trigonometry, in radians"
NUMBER = Scale("number")
POSITION = Scale("bars", 0)
RIGHT, STRAIGHT = 1.5707963267948966, 3.141592653589793  # pi / 2 and pi, as floats round them

RECORDS = (
    Record("ADD", "Value plus the other symbol's.", ARITHMETIC, title="Sum of Two"),
    Record("SUB", "Value less the other symbol's.", ARITHMETIC, title="Difference of Two"),
    Record("MULT", "Value times the other symbol's.", ARITHMETIC, Scale("price squared"), title="Product of Two"),
    Record(
        "DIV", "Value over the other symbol's: the pair's relative price.", ARITHMETIC, Scale("ratio"), title="Ratio"
    ),
    Record(
        "MINMAX",
        "Lowest and highest value of the window.",
        COMMON,
        outputs={"min": "Lowest value.", "max": "Highest value."},
        title="Lowest and Highest Value",
    ),
    Record(
        "MAXINDEX",
        "Where the window's highest value lies, in bars from the first one.",
        COMMON,
        POSITION,
        title="Position of the Highest Value",
        memory="anchored",
    ),
    Record(
        "MININDEX",
        "Where the window's lowest value lies, in bars from the first one.",
        COMMON,
        POSITION,
        title="Position of the Lowest Value",
        memory="anchored",
    ),
    Record(
        "MINMAXINDEX",
        "Where the window's lowest and highest value lie, in bars from the first one.",
        COMMON,
        POSITION,
        {"min": "Position of the lowest value.", "max": "Position of the highest value."},
        title="Positions of the Lowest and Highest Value",
        memory="anchored",
    ),
    Record("CUMSUM", "Sum of all values since the first bar.", COMMON, title="Cumulative Sum"),
    Record("LN", "Natural logarithm; none of a value that is not positive.", ARITHMETIC, NUMBER, title="Logarithm"),
    Record("LOG10", "Logarithm to base 10; none of a value that is not positive.", ARITHMETIC, NUMBER, title="Log 10"),
    Record("EXP", "e to the power of the value.", ARITHMETIC, Scale("number", 0), title="Exponential", undefined=True),
    Record("SQRT", "Square root; none of a negative value.", ARITHMETIC, Scale("number", 0), title="Square Root"),
    Record("CEIL", "Least whole number that is not below the value.", ARITHMETIC, PRICE, title="Rounded Up"),
    Record("FLOOR", "Largest whole number that is not above the value.", ARITHMETIC, PRICE, title="Rounded Down"),
    Record("SIN", "Sine of the value.", RADIANS, SWING, title="Sine"),
    Record("COS", "Cosine of the value.", RADIANS, SWING, title="Cosine"),
    Record("TAN", "Tangent of the value.", RADIANS, NUMBER, title="Tangent", undefined=True),
    Record("ASIN", "Arc sine; none beyond -1 and 1.", RADIANS, Scale("radians", -RIGHT, RIGHT), title="Arc Sine"),
    Record("ACOS", "Arc cosine; none beyond -1 and 1.", RADIANS, Scale("radians", 0, STRAIGHT), title="Arc Cosine"),
    Record("ATAN", "Arc tangent.", RADIANS, Scale("radians", -RIGHT, RIGHT), title="Arc Tangent"),
    Record("SINH", "Hyperbolic sine.", ARITHMETIC, NUMBER, title="Hyperbolic Sine", undefined=True),
    Record("COSH", "Hyperbolic cosine.", ARITHMETIC, Scale("number", 1), title="Hyperbolic Cosine", undefined=True),
    Record("TANH", "Hyperbolic tangent.", ARITHMETIC, SWING, title="Hyperbolic Tangent"),
)
