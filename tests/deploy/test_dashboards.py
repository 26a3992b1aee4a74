"""The dashboards ask for what there is, show all of it, and are the ones that are declared."""

import json
import subprocess
from itertools import combinations

import pytest
import yaml

from api.metrics import METRICS
from deploy.grafana.__main__ import FOLDER, written
from deploy.grafana.declared import DASHBOARDS
from deploy.grafana.panels import SOURCE
from tests.deploy.files import DEPLOY, compose, debian, rendered
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


def test_grafana_finds_them_and_prometheus():
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "kalpi.yaml").read_text())["providers"]
    services = compose()["services"]
    assert source["uid"] == SOURCE["uid"]
    assert "prometheus" in services
    assert source["url"].startswith("http://prometheus:")
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in services["grafana"]["volumes"]
    assert all(json.loads(text)["uid"] for text in written().values())


def test_prometheus_can_read_its_configuration():
    words = [debian("promtool"), "check", "config", "--syntax-only", DEPLOY / "prometheus" / "prometheus.yml"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_finds_the_pods_of_a_cluster():
    (job,) = yaml.safe_load((DEPLOY / "prometheus" / "kubernetes.yml").read_text())["scrape_configs"]
    kept = {rule["source_labels"][0]: rule["regex"] for rule in job["relabel_configs"] if rule.get("action") == "keep"}
    (api,) = [one for one in rendered("production") if (one["kind"], one["metadata"]["name"]) == ("Deployment", "api")]
    told, (server,) = api["spec"]["template"]["metadata"], api["spec"]["template"]["spec"]["containers"]
    component, scraped, port = kept.values()
    assert told["labels"]["app.kubernetes.io/component"] == component
    assert told["annotations"] == {"prometheus.io/scrape": scraped}
    assert {one["name"]: one["containerPort"] for one in server["ports"]}[port] == 9400
    assert {"track", "namespace", "instance"} == {rule["target_label"] for rule in job["relabel_configs"][3:]}


def test_prometheus_asks_the_servers_that_there_are():
    (job,) = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    assert job["job_name"] == "kalpi"
    (group,) = job["static_configs"]
    services = compose()["services"]
    for target in group["targets"]:
        name, _, port = target.partition(":")
        assert services[name]["environment"]["KALPI_METRICS_BIND"] == f"0.0.0.0:{port}"
        assert set(services[name]["networks"]) & set(services["prometheus"]["networks"])
        assert "monitoring" in services[name]["networks"]
