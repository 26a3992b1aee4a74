"""TA-Lib's indicators under conventions that TA-Lib does not know, in modules by kind."""

from collections.abc import Mapping

from indicators.splits import averages, directions, momentum, ranges, statistics, stops, volumes
from indicators.splitting import Split

SPLITS: Mapping[str, Split] = {
    one.id: one
    for module in (averages, directions, momentum, ranges, statistics, stops, volumes)
    for one in module.SPLITS
}
