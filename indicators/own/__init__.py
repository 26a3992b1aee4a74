"""Indicators that TA-Lib lacks, declared as formulas in modules by kind."""

from indicators.own import bands

FORMULAS = (*bands.FORMULAS,)
