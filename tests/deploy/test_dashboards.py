"""The dashboards ask for what there is, show all of it, and are the ones that are declared."""

from itertools import combinations

import pytest

from api.metrics import METRICS
from deploy.grafana.__main__ import FOLDER, written
from deploy.grafana.declared import DASHBOARDS
from tests.deploy.test_alerts import GIVEN, declared, selectors

PANELS = [(board.title, panel) for board in DASHBOARDS for panel in board.panels]
EXPRESSIONS = [(panel.title, legend, expr) for _, panel in PANELS for legend, expr in panel.shown.items()]


@pytest.mark.parametrize(("title", "legend", "expr"), EXPRESSIONS)
def test_what_is_asked_for_is_declared(title, legend, expr):
    plain = expr.replace("$__rate_interval", "5m")
    declared(plain)
    _, grouped = selectors(plain)
    shown = {word.partition("}}")[0] for word in legend.split("{{")[1:]}
    assert shown <= grouped | GIVEN, (title, legend)


def test_every_metric_is_shown_somewhere():
    text = " ".join(expr for _, _, expr in EXPRESSIONS)
    assert [metric.name for metric in METRICS if metric.name not in text] == []


def test_panels_do_not_overlap():
    for board in DASHBOARDS:
        places = [panel["gridPos"] for panel in board.written()["panels"]]
        assert all(place["x"] + place["w"] <= 24 for place in places)
        for one, other in combinations(places, 2):
            apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"] or one["y"] != other["y"]
            assert apart, (board.title, one, other)


def test_the_files_are_those_that_are_declared():
    kept = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert kept == written(), "python -m deploy.grafana writes them"
