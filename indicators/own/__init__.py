"""Indicators that TA-Lib lacks, declared as formulas in modules by kind."""

from indicators.own import averages, bands, pivots

FORMULAS = (*averages.FORMULAS, *bands.FORMULAS, *pivots.FORMULAS)
