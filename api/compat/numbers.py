"""Numbers as text, as other services write them."""

from decimal import Decimal

from warehouse.resampling import Floats

AS_THEY_ARE = -1


def rounded(values: Floats, places: int) -> list[str | None]:
    """Return numbers with so many decimals, of the nearest such number, or with those they have; None for no value.

    What lies half-way is so in binary: 0.125 becomes 0.12, as its last digit is then even; 2.675, which is a little
    less, 2.67.
    """
    return [None if value != value else _text(value, places) for value in values.tolist()]  # noqa: PLR0124 - NaN


def _text(value: float, places: int) -> str:
    return format(Decimal(repr(value)), "f") if places == AS_THEY_ARE else f"{value:.{places}f}"
