import math
from datetime import date

import polars as pl
import pytest

from pipelines import rules, validation
from pipelines.shaping import UNREADABLE
from tests.pipelines.frames import bars, broken
from warehouse.contracts import DAILY_BARS, RAW_BARS

TODAY = date(2024, 2, 1)

POISON = {
    "null-close": broken("close", None),
    "nan-close": broken("close", math.nan),
    "infinite-open": broken("open", math.inf),
    "infinite-low": broken("low", -math.inf),
    "malformed-symbol": broken("symbol", "A A"),
    "not-positive-low": broken("low", 0.0),
    "not-positive-open": broken("open", -1.0),
    "negative-volume": broken("volume", -1.0),
    "null-volume": broken("volume", None),
    "high-below-low": broken("high", 0.5),
    "high-below-close": broken("high", 10.5),
    "close-below-low": broken("low", 11.5).with_columns(open=pl.col("open") + 0.6, high=pl.col("high") + 1),
    "null-symbol": broken("symbol", None),
    "null-date": broken("date", None),
    "future-date": broken("date", date(2024, 2, 2)),
}


def labelled(frame):
    delivered = frame.with_columns(pl.lit(None, pl.String).alias(UNREADABLE))
    return rules.label(delivered, rules.of_delivery(RAW_BARS, today=TODAY))[rules.REASON].to_list()


@pytest.mark.parametrize("code", POISON)
@pytest.mark.check(6)
def test_one_broken_row_is_labelled_and_the_others_are_good(code):
    reasons = labelled(POISON[code])
    assert reasons[0] is None
    assert reasons[2:] == [None, None]
    if code == "high-below-close":
        assert reasons[1] in {"high-below-close", "high-below-open"}
    else:
        assert reasons[1] == code


def test_all_rows_of_a_repeated_key_are_unusable():
    doubled = pl.concat([bars(), bars().head(1).with_columns(close=pl.lit(10.5))])
    assert labelled(doubled) == ["duplicate-key", None, None, None, "duplicate-key"]


def test_every_code_given_is_declared():
    declared = [rule.code for rule in rules.of_delivery(RAW_BARS, today=TODAY)]
    assert set(POISON) | {"duplicate-key", "unreadable-close"} <= set(declared)
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("code", [code for code in POISON if code not in {"future-date", "malformed-symbol"}])
@pytest.mark.check(8)
def test_great_expectations_finds_what_the_rules_find(code):
    frame = POISON[code].with_columns(batch=pl.lit("1")).select(DAILY_BARS.column_names)
    verdicts = {check.name: check.passed for check in validation.validate(DAILY_BARS, frame)}
    assert not all(verdicts.values()), code


@pytest.mark.check(8)
def test_great_expectations_passes_sound_bars_and_names_what_is_wrong():
    sound = bars().with_columns(batch=pl.lit("1")).select(DAILY_BARS.column_names)
    assert all(check.passed for check in validation.validate(DAILY_BARS, sound))
    doubled = pl.concat([sound, sound.head(1)])
    failed = [check for check in validation.validate(DAILY_BARS, doubled) if not check.passed]
    assert [check.name for check in failed] == ["unique_key"]
    assert "found 2" in failed[0].detail
    empty = {check.name for check in validation.validate(DAILY_BARS, sound.clear()) if not check.passed}
    assert "has_rows" in empty
