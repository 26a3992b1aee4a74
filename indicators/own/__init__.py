"""Indicators that TA-Lib lacks, declared as formulas in modules by kind."""

from indicators.own import (
    averages,
    bands,
    levels,
    moments,
    oscillators,
    pivots,
    ranges,
    returns,
    squeeze,
    stops,
    volumes,
)

FORMULAS = tuple(
    cls
    for module in (averages, bands, levels, moments, oscillators, pivots, ranges, returns, squeeze, stops, volumes)
    for cls in module.FORMULAS
)
