"""The reference pages: every indicator has one that answers, and a chart that shows its values."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import indicators
from kalpi.reference import charts, svg
from kalpi.reference.indicators import index, pages
from kalpi.reference.svg import Panel, Series, Shown, draw

PAGES = pages()
CHARTS = charts.charts()
UNSEEN = {"cdl3starsinsouth", "cdlabandonedbaby", "cdlconcealbabyswall", "cdlkicking", "cdlkickingbylength"}


def test_every_indicator_has_a_page_and_the_index_leads_to_it():
    ids = {kind.id for kind in indicators.catalogue()}
    assert PAGES.keys() == ids
    assert set(re.findall(r"\]\(indicators/(\w+)\.md\)", index())) == ids


@pytest.mark.parametrize("kind", indicators.catalogue(), ids=lambda kind: kind.id)
def test_a_page_answers_every_question(kind):
    text, told = PAGES[kind.id], indicators.describe(kind)
    assert told.meaning in text
    assert told.source in text
    assert (told.formula or "") in text
    assert bool(told.formula) == (kind.family != "patterns")
    assert all(f"`{parameter.name}`" in text for parameter in told.parameters)
    assert all(f"| `{output.name}` | {output.unit} |" in text for output in told.outputs)
    assert all(f"| {one.system} | `{one.name}` |" in text for one in told.elsewhere)
    assert all(f"`{name}`" in text for name in told.stored)
    assert (f"]({kind.id}.svg)" in text) == (kind.id in CHARTS)


def test_only_what_the_sample_does_not_show_lacks_a_chart():
    assert {kind.id for kind in indicators.catalogue()} - CHARTS.keys() == UNSEEN
    for name in UNSEEN:
        for _, bars in charts.sample().values():
            assert not np.nan_to_num(indicators.build(name, {}).compute(bars)[0]).any()


def test_the_page_of_supertrend():
    text = PAGES["supertrend"]
    assert "upper = (H + L) / 2 + multiplier * ATR" in text
    assert "10 bars without a value" in text
    assert "| pandas-ta-classic | `supertrend` | length 7, multiplier 3.0 |" in text
    assert "](supertrend.svg)" in text


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_small_whole_and_for_both_schemes(name):
    text = CHARTS[name]
    assert len(text) < 25_000
    assert "prefers-color-scheme:dark" in text
    assert "nan" not in text.lower().replace("title", "")
    root = ET.fromstring(text)  # noqa: S314 - our own text
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    points = [(x, y) for path in root.findall(".//{*}path") for x, y in absolute(path.attrib["d"])]
    assert len(points) > 100
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    assert name.startswith("cdl") == ('class="m ' in text)


def absolute(path):
    """The points that a path goes through."""
    x = y = 0
    for letter, numbers in re.findall(r"([MlVHhz])([-\d ]*)", path):
        given = [int(number) for number in re.findall(r"-?\d+", numbers)]
        match letter:
            case "M":
                x, y = given
            case "l":
                x, y = x + given[0], y + given[1]
            case "V":
                (y,) = given
            case "H":
                (x,) = given
            case "h":
                x += given[0]
        yield x, y


def drawn(*series, bars=6):
    days = [date(2013, 1, 28) + timedelta(one) for one in range(bars)]
    low, high = np.full(bars, 10.0), np.full(bars, 20.0)
    shown = Shown("X", days, low + 2, high, low, high - 2)
    panels = [Panel((), 1_000, candles=True), Panel(series, 1_000)]
    return draw("X", shown, panels)


def test_a_line_goes_through_its_values_and_breaks_where_there_is_none():
    values = np.array([0.0, 5.0, np.nan, 10.0, np.nan, 5.0])
    (line,) = re.findall(r'stroke="#2f7ed8" d="([^"]*)"', drawn(Series("x", values)))
    points = list(absolute(line))
    assert line.count("M") == 3
    heights = dict(points)
    places = svg._places(6)
    assert list(heights) == [places[0], places[1], places[3], places[5]]
    assert (
        heights[places[1]] == heights[places[5]] == pytest.approx((heights[places[0]] + heights[places[3]]) / 2, abs=1)
    )
    assert heights[places[3]] < heights[places[0]]  # up is less


def test_months_are_named_where_they_begin():
    names = re.findall(r'text-anchor="middle">([^<]*)<', drawn(Series("x", np.arange(6.0))))
    assert names == ["Feb 2013"]


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0.25, 0.05, "0.25"),
        (700, 100, "700"),
        (-20, 20, "-20"),
        (0, 0.5, "0.0"),
        (12e6, 2e6, "12M"),
        (50e3, 1e4, "50k"),
    ],
)
def test_numbers_are_as_exact_as_their_steps(value, step, text):
    assert svg._number(value, step) == text


def test_a_line_with_a_trend_is_drawn_in_two_colours():
    text = CHARTS["supertrend"]
    _, bars = charts.sample()["AAPL"]
    trend = indicators.build("supertrend", {}).compute(bars)[1][-charts.SESSIONS :]
    for name, sign in (("u", 1), ("d", -1)):
        (line,) = re.findall(rf'<path class="{name}" d="([^"]*)"', text)
        assert len({x for x, _ in absolute(line)}) == (trend == sign).sum() > 0
