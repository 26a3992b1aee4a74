"""Indicators that TA-Lib lacks, declared as formulas in modules by kind."""

from indicators.own import averages, bands, oscillators, pivots, squeeze

FORMULAS = (*averages.FORMULAS, *bands.FORMULAS, *oscillators.FORMULAS, *pivots.FORMULAS, *squeeze.FORMULAS)
