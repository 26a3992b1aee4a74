"""The records of TA-Lib's functions, one module a family.

Left out of its 201: arithmetic on single values and positions in an array (the expressions' business), functions of two
series (BETA, CORREL, MAVP), forms with a free moving-average type (MA, MACDEXT, MACDFIX), SAREXT.
"""
