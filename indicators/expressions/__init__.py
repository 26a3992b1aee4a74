"""Expressions: a small typed language over series, stored columns and the catalogue.

`check` turns a text into a plan or raises ExpressionError; `Evaluation` computes plans on one symbol's bars.
"""

from indicators.expressions.checking import Vocabulary, check
from indicators.expressions.costs import Size, computations, cost, cost_across
from indicators.expressions.errors import ExpressionError
from indicators.expressions.evaluation import Days, Evaluation, Source
from indicators.expressions.functions import FUNCTIONS
from indicators.expressions.gaps import Starts, TooManyGaps
from indicators.expressions.plans import Plan

__all__ = [
    "FUNCTIONS",
    "Days",
    "Evaluation",
    "ExpressionError",
    "Plan",
    "Size",
    "Source",
    "Starts",
    "TooManyGaps",
    "Vocabulary",
    "check",
    "computations",
    "cost",
    "cost_across",
]
