"""Great Expectations and the rules by which rows are sorted say the same of every frame."""

import math
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import rules, validation
from warehouse.contracts import DAILY_BARS

pytestmark = pytest.mark.check(8)
ODD = [None, math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, 5e-324, 1.7976931348623157e308]
PRICE = st.one_of(st.sampled_from([10.0] * 6 + [9.0, 11.0]), st.sampled_from(ODD), st.floats(0.01, 1e6))
SOUND = {"open": 10.0, "high": 11.0, "low": 9.0, "close": 10.0, "volume": 0.0}
KEYS = st.tuples(
    st.sampled_from(["A", "B", "", None]), st.sampled_from([None, *(date(2024, 1, 2) + timedelta(n) for n in range(3))])
)


@st.composite
def frames(draw):
    """Return a few bars, most of their values sound."""
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        symbol, day = draw(KEYS)
        values = {name: draw(PRICE) if draw(st.integers(0, 5)) == 0 else sound for name, sound in SOUND.items()}
        rows.append({"symbol": symbol, "date": day, **values, "batch": "1"})
    types = {"varchar": pl.String, "date": pl.Date, "double": pl.Float64}
    return pl.DataFrame(rows, schema={column.name: types[column.type] for column in DAILY_BARS.columns})


def agree(frame):
    labelled = rules.label(frame, rules.of_contract(DAILY_BARS))
    broken = sorted(labelled[rules.REASON].drop_nulls().unique())
    failed = [check.name for check in validation.validate(DAILY_BARS, frame) if not check.passed]
    assert bool(broken) == bool(failed), (broken, failed, frame.rows())


PATIENT = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True, "database": None}


@given(frames())
@settings(max_examples=6, **PATIENT)
def test_a_few_frames_get_the_same_verdict(frame):
    agree(frame)


@pytest.mark.slow
@given(frames())
@settings(max_examples=1_000, **PATIENT)
def test_a_thousand_frames_get_the_same_verdict(frame):
    agree(frame)


def test_frames_of_both_kinds_are_tried():
    verdicts = set()

    @given(frames())
    @settings(max_examples=100, **PATIENT)
    def judge(frame):
        verdicts.add(rules.label(frame, rules.of_contract(DAILY_BARS))[rules.REASON].null_count() == frame.height)

    judge()
    assert verdicts == {True, False}
