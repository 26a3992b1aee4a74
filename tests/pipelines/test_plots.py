"""Plots as they stand on Dagster's page."""

import base64
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from pipelines import months, plots
from warehouse.coverage import Coverage, Missing


def drawn(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own


def rectangles(svg, fill):
    return [node for node in drawn(svg).iter("{http://www.w3.org/2000/svg}rect") if node.get("fill") == fill]


def test_bars_are_as_long_as_their_values():
    svg = plots.bars("a & b", {"<one>": 2.0, "two": 1.0, "none": 0.0}, "s")
    lengths = [float(each.get("width")) for each in drawn(svg).iter("{http://www.w3.org/2000/svg}rect")]
    assert lengths[0] == 2 * lengths[1] > lengths[2] > 0
    assert [node.text for node in drawn(svg).iter("{http://www.w3.org/2000/svg}text")][:3] == [
        "a & b",
        "<one>",
        "2.00 s",
    ]
    assert drawn(plots.bars("nothing", {}, "s")) is not None


@pytest.mark.parametrize(
    ("share", "name"), [(1.0, "all"), (0.999, "95 %"), (0.8, "75 %"), (0.5, "some"), (0.01, "some"), (0.0, "none")]
)
def test_a_cell_is_shaded_by_its_share(share, name):
    _, colour = plots.SHADES[name]
    assert len(rectangles(plots.heat_map("t", {"A": [share]}, ["2020-01"]), colour)) == 2  # and the legend's


def test_cells_of_one_shade_are_one_and_empty_ones_none():
    svg = plots.heat_map("t", {"A": [None, 1.0, 1.0, 0.0, 1.0]}, list("abcde"))
    runs = [float(each.get("width")) for each in rectangles(svg, plots.SHADES["all"][1])][:-1]
    assert runs == [2 * runs[1], runs[1]]


def test_an_image_carries_itself():
    told = plots.image("<svg/>", "what it shows").value
    (text,) = re.findall(r"!\[what it shows\]\(data:image/svg\+xml;base64,([^)]+)\)", told)
    assert base64.b64decode(text) == b"<svg/>"


def row(symbol, first, last):
    return Coverage(symbol, "XNYS", first, last, 0, 0, 0, 0, 0, 0, 0)


def test_a_months_share_is_of_the_sessions_between_first_and_last_bar():
    covered = [row("A", date(2024, 1, 30), date(2024, 3, 4)), row("B", date(2024, 3, 1), date(2024, 3, 1))]
    missing = [Missing("A", day, False, "not-delivered") for day in (date(2024, 1, 31), date(2024, 2, 1))]
    columns, shares = months.shares(covered, missing)
    assert columns == ["2024-01", "2024-02", "2024-03"]
    assert shares == {"A": [0.5, 19 / 20, 1.0], "B": [None, None, 1.0]}
    assert months.shares([], []) == ([], {})
    assert months.months(date(2023, 11, 30), date(2024, 2, 1)) == ["2023-11", "2023-12", "2024-01", "2024-02"]
