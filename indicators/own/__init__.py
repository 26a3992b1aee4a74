"""Indicators that TA-Lib lacks, declared as formulas in modules by kind."""

from indicators.own import (
    averages,
    bands,
    channels,
    gauges,
    levels,
    moments,
    oscillators,
    pairs,
    pivots,
    ranges,
    returns,
    series,
    squeeze,
    stops,
    turns,
    volumes,
    weights,
)

FORMULAS = tuple(
    cls
    for module in (
        averages,
        bands,
        channels,
        gauges,
        levels,
        moments,
        oscillators,
        pairs,
        pivots,
        ranges,
        returns,
        series,
        squeeze,
        stops,
        turns,
        volumes,
        weights,
    )
    for cls in module.FORMULAS
)
