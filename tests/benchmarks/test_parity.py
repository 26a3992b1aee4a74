"""The parity page's cases, also on other bars than the page's, and what would make the page refuse."""

import numpy as np
import pytest

from benchmarks.parity.case import SEED, Case, Verdict, compare
from benchmarks.parity.page import LIBRARIES, Result, render, results, walk
from indicators import build, catalogue

BARS = walk(seed=7)
CASES = [(library, case) for library in LIBRARIES for case in library.cases]


@pytest.mark.parametrize(("library", "case"), CASES, ids=[f"{one.package}-{case.id}" for one, case in CASES])
def test_a_difference_has_its_reason(library, case):
    verdict = compare(case.ours(), library.ask(case, BARS), BARS)
    assert verdict is Verdict.EQUAL or case.reason, verdict


def test_on_the_pages_bars_a_reason_has_its_difference_too():
    assert [one.case for one in results() if not one.is_explained] == []


def test_differences_are_told_apart():
    ema = build("ema", {})
    (column,) = ema.compute(BARS)
    late, wrong = column.copy(), column.copy()
    late[40] += 1e-3
    wrong[-1] += 1e-3
    assert compare(ema, (column[100:],), BARS) is Verdict.EQUAL
    assert compare(ema, (late,), BARS) is Verdict.SETTLES
    assert compare(ema, (wrong,), BARS) is Verdict.DIFFERS
    with pytest.raises(ValueError, match="too few"):
        compare(ema, (np.full(len(BARS), np.nan),), BARS)


@pytest.mark.parametrize(
    ("verdict", "reason", "explained"),
    [
        (Verdict.EQUAL, "", True),
        (Verdict.EQUAL, SEED, False),
        (Verdict.SETTLES, SEED, True),
        (Verdict.DIFFERS, "", False),
    ],
)
def test_nothing_is_left_unexplained(verdict, reason, explained):
    assert Result("Tulip", Case("ema", "ema", reason=reason), verdict).is_explained is explained


def test_the_page_names_every_indicator():
    page = render([Result(library.name, case, Verdict.EQUAL) for library, case in CASES])
    assert all(f"`{cls.id}`" in page for cls in catalogue())
    assert sum(len(library.cases) for library in LIBRARIES[1:]) > 200
