"""What TA-Lib lacks, against two libraries that share no code with ours, where they mean the same."""

import warnings

import numpy as np
import pandas as pd
import pytest
import tulipy

from indicators import build
from tests.indicators.made import walk

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own deprecations, not ours
    import pandas_ta_classic as pta

BARS = walk(2_520, seed=5, decimals=10)
O, H, L, C, V = (BARS.series(name) for name in ("open", "high", "low", "close", "volume"))  # noqa: E741
PO, PH, PL, PC, PV = (pd.Series(a, index=pd.date_range("2010-01-01", periods=len(C))) for a in (O, H, L, C, V))
SETTLED = 1_000  # same formula, another seed, which has worn off by then

# (id, parameters, the other's answer, its columns, bars until both agree).
# Not compared: its ALMA weighs the oldest value most; its first pass of STC keeps %K where the lowest is negative.
PANDAS_TA = [
    ("percentb", {}, lambda: pta.bbands(PC, 20, 2, ddof=0), ("BBP_20_2.0",), 0),
    ("bbw", {}, lambda: pta.bbands(PC, 20, 2, ddof=0), ("BBB_20_2.0",), 0),
    ("ce", {}, lambda: pta.ce(PH, PL, PC), ("CE_L_22_3.0", "CE_S_22_3.0"), SETTLED),
    ("cksp", {}, lambda: pta.cksp(PH, PL, PC, tvmode=True), ("CKSPl_10_1_9", "CKSPs_10_1_9"), SETTLED),
    ("vidya", {}, lambda: pta.vidya(PC, length=14), (None,), SETTLED),
    ("mcgd", {"period": 10}, lambda: pta.mcgd(PC, length=10), (None,), SETTLED),
    ("kst", {}, lambda: pta.kst(PC) / 100, (0, 1), 0),  # it takes percent of percent
    ("fisher", {}, lambda: pta.fisher(PH, PL), (0, 1), SETTLED),
    ("rvgi", {"period": 14}, lambda: pta.rvgi(PO, PH, PL, PC), ("RVGI_14_4", "RVGIs_14_4"), 0),
    ("cg", {}, lambda: pta.cg(PC, length=10), (None,), 0),
    ("cti", {}, lambda: pta.cti(PC, length=12), (None,), 0),
    ("qqe", {}, lambda: pta.qqe(PC), (1, 0, 6), SETTLED),
    ("squeeze", {}, lambda: pta.squeeze(PH, PL, PC, lazybear=True), ("SQZ_ON", 0), 0),
    ("chop", {}, lambda: pta.chop(PH, PL, PC), (None,), 0),
    ("ulcer", {}, lambda: pta.ui(PC), (None,), 0),
    ("log_return", {}, lambda: pta.log_return(PC), (None,), 0),
    ("percent_return", {}, lambda: 100 * pta.percent_return(PC), (None,), 0),
    ("skew", {}, lambda: pta.skew(PC), (None,), 0),
    ("kurtosis", {}, lambda: pta.kurtosis(PC), (None,), 0),
    ("median", {}, lambda: pta.median(PC), (None,), 0),
    ("quantile", {"share": 0.2}, lambda: pta.quantile(PC, q=0.2), (None,), 0),
    ("swma", {}, lambda: pta.swma(PC), (None,), 0),
    ("sinwma", {}, lambda: pta.sinwma(PC), (None,), 0),
    ("pwma", {}, lambda: pta.pwma(PC), (None,), 0),
    ("fwma", {}, lambda: pta.fwma(PC), (None,), 0),
    ("ssf", {}, lambda: pta.ssf(PC), (None,), SETTLED),
    ("bias", {}, lambda: 100 * pta.bias(PC), (None,), 0),
    ("psl", {}, lambda: pta.psl(PC), (None,), 0),
    ("brar", {}, lambda: pta.brar(PO, PH, PL, PC), (0, 1), 0),
    ("lrsi", {}, lambda: pta.lrsi(PC), (None,), SETTLED),
    ("ttm_trend", {}, lambda: pta.ttm_trend(PH, PL, PC), (0,), 0),
    ("aberration", {}, lambda: pta.aberration(PH, PL, PC), (1, 0, 2), SETTLED),
    ("pdist", {}, lambda: pta.pdist(PO, PH, PL, PC), (None,), 0),
    ("entropy", {}, lambda: pta.entropy(PC), (None,), 0),
    ("pvr", {}, lambda: pta.pvr(PC, PV), (None,), 0),
    ("pvol", {}, lambda: pta.pvol(PC, PV), (None,), 0),
    ("hwma", {}, lambda: pta.hwma(PC), (None,), 0),
    ("mmar", {}, lambda: pta.mmar(PC), (0, 1, 2, 3, 4, 5), SETTLED),
    ("emv", {}, lambda: pta.eom(PH, PL, PC, PV), (None,), 0),
    ("vosc", {}, lambda: pta.vosc(PV, 14, 28), (None,), 0),
]

TULIP = [
    ("emv", {"period": 1, "scale": 1e4}, lambda: tulipy.emv(H, L, V), 0),  # Tulip's is not averaged
    ("vosc", {}, lambda: tulipy.vosc(V, 14, 28), 0),
    ("decay", {}, lambda: tulipy.decay(C, 5), 0),
    ("stderr", {}, lambda: tulipy.stderr(C, 14), 0),
    ("fisher", {}, lambda: tulipy.fisher(H, L, 9), SETTLED),
]


def agree(indicator, others, settled):
    """Equal to 1e-9 of the column's size from bar `settled` on, wherever both have a value."""
    for column, other in zip(indicator.compute(BARS), others, strict=True):
        padded = np.concatenate((np.full(len(column) - len(other), np.nan), other))
        common = np.isfinite(column) & np.isfinite(padded)
        common[:settled] = False
        assert common.sum() > 1_400
        assert np.abs(column - padded)[common].max() <= 1e-9 * max(1.0, np.abs(column[common]).max())


@pytest.mark.parametrize(("id_", "given", "other", "settled"), TULIP, ids=[case[0] for case in TULIP])
def test_tulip_agrees(id_, given, other, settled):
    answer = other()
    agree(build(id_, given), answer if isinstance(answer, tuple) else (answer,), settled)


@pytest.mark.parametrize(("id_", "given", "other", "names", "settled"), PANDAS_TA, ids=[case[0] for case in PANDAS_TA])
def test_pandas_ta_agrees(id_, given, other, names, settled):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own deprecations, not ours
        answer = other()
    frame = answer.to_frame() if isinstance(answer, pd.Series) else answer
    columns = [frame.iloc[:, name or 0] if not isinstance(name, str) else frame[name] for name in names]
    agree(build(id_, given), [column.to_numpy(dtype=float) for column in columns], settled)
