"""The parity page's cases, also on other bars than the page's, and what would make the page refuse."""

import re

import numpy as np
import pytest

from benchmarks.parity import __main__ as command
from benchmarks.parity import record
from benchmarks.parity.case import SEED, Case, Verdict, compare
from benchmarks.parity.page import LIBRARIES, Result, render, results, walk
from indicators import build, catalogue

BARS = walk(seed=7)
KEPT = record.read()
HERE = record.here(KEPT)
CASES = [(library, case) for library in HERE for case in library.cases]
VERSIONS = {library.name: "1" for library in LIBRARIES}


def test_the_libraries_of_the_gate_are_here():
    assert {library.package for library in HERE} >= {"ta-lib", "tulipy", "pandas-ta-classic"}


@pytest.mark.parametrize(("library", "case"), CASES, ids=[f"{one.package}-{case.id}" for one, case in CASES])
def test_a_difference_has_its_reason(library, case):
    verdict = compare(case.ours(), library.ask(case, BARS), BARS, case.on)
    assert verdict is Verdict.EQUAL or case.reason, verdict


def test_on_the_pages_bars_a_reason_has_its_difference_too():
    told = [*record.remembered(LIBRARIES, KEPT), *results(HERE)]
    assert [one.case for one in told if not one.is_explained] == []


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
    told = [Result(library.name, case, Verdict.EQUAL) for library in LIBRARIES for case in library.cases]
    page = render(told, VERSIONS)
    assert all(f"`{cls.id}`" in page for cls in catalogue())
    assert sum(len(library.cases) for library in LIBRARIES[1:]) > 500


def test_a_check_notices_a_verdict_that_no_longer_holds(monkeypatch, tmp_path):
    text = record.FILE.read_text()
    line = next(line for line in text.splitlines() if "sma(period=20)" in line and ': "equal"' in line)
    for changed, told in (
        (text.replace(line, line.replace(': "equal"', ': "differs"')), "without a reason.*sma"),
        (text.replace(line + "\n", ""), "the cases of Tulip are not those"),
    ):
        (tmp_path / "verdicts.json").write_text(changed)
        monkeypatch.setattr(record, "FILE", tmp_path / "verdicts.json")
        assert re.search(told, command.check() or "")


def test_a_check_compares_again_what_is_here(monkeypatch):
    """As if an EMA had come to begin elsewhere: what was equal is so only later."""
    moved = Case("ema", "ema", "length=30")
    monkeypatch.setattr(
        "benchmarks.parity.__main__.results", lambda _: iter([Result("pandas-ta-classic", moved, Verdict.SETTLES)])
    )
    assert command.check() == "ema in pandas-ta-classic is equal once settled now; run make parity"
