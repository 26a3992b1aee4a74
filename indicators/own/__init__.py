"""Indicators that TA-Lib lacks, one module each."""
