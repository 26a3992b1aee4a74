"""Sources of made bars, and expressions computed on them."""

import numpy as np

from indicators.expressions import Evaluation, Vocabulary, check
from tests.indicators.made import walk

BARS = walk(1_200)


class Symbol:
    """One symbol's bars; `others` are by name, and `held` stands for what a snapshot stores."""

    def __init__(self, bars, days=None, *, held=None, **others):
        self.bars = bars
        self._days = np.arange(len(bars), dtype=np.int32) if days is None else days
        self.held, self.others = held or {}, others

    def __len__(self):
        return len(self.bars)

    def series(self, name):
        return self.bars.series(name)

    def stored(self, column):
        return self.held[column]

    def days(self):
        return self._days

    def other(self, symbol):
        return self.others[symbol]


def values(text, source=None):
    """What an expression gives, column-wise."""
    source = Symbol(BARS) if source is None else source
    plan = check(text, Vocabulary(symbols=tuple(source.others), held=source.held))
    return Evaluation(source).values(plan.node)
