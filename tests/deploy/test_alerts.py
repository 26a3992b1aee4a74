"""Every alert fires when it should and only then, asks for what there is, and has its section in the runbook."""

import re
import subprocess
from dataclasses import dataclass

import promql_parser
import pytest
import yaml

from api.audit.kinds import KINDS
from api.metrics import METRICS
from tests.deploy.files import DEPLOY, ROOT, debian

pytestmark = pytest.mark.check(44)
PATH = DEPLOY / "prometheus" / "alerts.yml"
RULES = [rule for group in yaml.safe_load(PATH.read_text())["groups"] for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
SERIES = {name: metric for metric in METRICS for name in metric.series}
GIVEN = {"job", "instance", "track", "le"}
"""Labels that are not the code's: of Prometheus itself, and of a histogram."""
UP = 'up{job="kalpi",instance="a"}'
OK = 'kalpi_requests_total{status="200",instance="a"}'
FAILED = 'kalpi_requests_total{status="503",instance="a"}'


@dataclass(frozen=True)
class Case:
    """Series, a value in every so long each, with which an alert fires in the end, and those with which it does not."""

    at: str
    fires: dict[str, str]
    silent: dict[str, str]
    every: str = "1m"


def burns(at, every, share):
    """Say how many of 10,000 answers fail where it fires, and where it does not."""
    fires, silent = ({OK: "0+10000x100", FAILED: f"0+{failed}x100"} for failed in share)
    return Case(at, fires, silent, every)


def gauge(name, at, fires, silent, labels='instance="a"'):
    return Case(at, {f"{name}{{{labels}}}": f"{fires}x200"}, {f"{name}{{{labels}}}": f"{silent}x200"})


def slow(bucket, slower):
    """Give a histogram of which so many a minute are as fast as a bucket's bound, and all within the slower one."""
    base = 'kalpi_request_seconds_bucket{route="/v1/symbols/{symbol}/bars",le='
    return {
        f'{base}"0.1"}}': f"0+{bucket}x60",
        f'{base}"0.25"}}': f"0+{bucket}x60",
        f'{base}"1.0"}}': f"0+{slower}x60",
        f'{base}"+Inf"}}': f"0+{slower}x60",
    }


def cache(hits, misses):
    series = 'kalpi_cache_answers_total{verdict="%s"}'
    return {series % "hit": f"0+{hits}x100", series % "miss": f"0+{misses}x100"}


def counter(name, fires, silent, labels):
    """Say by how much a counter has grown at once, five minutes ago."""
    series = f"{name}{{{labels}}}"
    return Case("65m", {series: f"0x60 {fires}x40"}, {series: f"{silent}x100"})


def events(kind, fires, silent):
    series = f'kalpi_security_events_total{{kind="{kind}"}}'
    return Case("65m", {series: f"0x60 {fires}x40"}, {series: f"5x60 {5 + silent}x40"})


SNAPSHOTS = 'kalpi_snapshot_published_timestamp_seconds{instance="%s"}'
CASES = {
    "KalpiDown": Case("5m", {UP: "1 1 0x10"}, {UP: "1 1 0 1x10"}),
    "KalpiGone": Case("10m", {'up{job="another"}': "1x20"}, {UP: "0x20"}),
    "KalpiErrorsFast": burns("70m", "1m", (160, 100)),
    "KalpiErrorsSteady": burns("400m", "10m", (70, 50)),
    "KalpiErrorsSlow": burns("90h", "1h", (12, 8)),
    "KalpiSlow": Case("30m", slow(98, 100), slow(100, 100)),
    "KalpiCacheMisses": Case("90m", cache(10, 90), cache(1, 9)),
    "KalpiMemory": gauge("kalpi_worker_memory_bytes", "30m", 1_000_000_000, 500_000_000),
    "KalpiFilesOrThreads": gauge("kalpi_worker_open_files", "30m", 800, 80),
    "KalpiRedisLost": gauge("kalpi_dependency_up", "5m", 0, 1, 'dependency="redis"'),
    "KalpiPostgresLost": gauge("kalpi_dependency_up", "5m", 0, 1, 'dependency="postgres"'),
    "KalpiPostgresFailures": Case(
        "30m",
        {'kalpi_postgres_failures_total{use="request"}': "0+30x60"},
        {'kalpi_postgres_failures_total{use="request"}': "0 30 30x60"},
    ),
    "KalpiPostgresConnections": Case(
        "10m",
        {'kalpi_postgres_connections{use="request",instance="a"}': "19x20", 'kalpi_workers{instance="a"}': "2x20"},
        {'kalpi_postgres_connections{use="request",instance="a"}': "19x20", 'kalpi_workers{instance="a"}': "4x20"},
    ),
    "KalpiRequestLogWaits": gauge("kalpi_audit_waiting_bytes", "20m", 70_000_000, 1_000_000),
    "KalpiRequestLogLost": counter("kalpi_audit_lost_rows_total", 7, 7, 'table="requests"'),
    "KalpiDataStale": gauge("kalpi_snapshot_age_sessions", "3h", 1, 0),
    "KalpiDataVeryStale": gauge("kalpi_snapshot_age_sessions", "3h", 3, 2),
    "KalpiSnapshotRefused": gauge("kalpi_snapshots_refused", "1m", 1, 0),
    "KalpiSnapshotsDiffer": Case(
        "20m",
        {SNAPSHOTS % "a": "100x20", SNAPSHOTS % "b": "200x20"},
        {SNAPSHOTS % "a": "100x5 200x15", SNAPSHOTS % "b": "100x4 200x16"},
    ),
    "KalpiPipelineFailed": gauge("kalpi_pipeline_run_success", "20m", 0, 1),
    "KalpiPipelineSilent": Case(
        "110h",
        {"kalpi_pipeline_success_timestamp_seconds": "0x120"},
        {"kalpi_pipeline_success_timestamp_seconds": "0x50 180000x70"},
        "1h",
    ),
    "KalpiQuarantine": Case(
        "90m", {'kalpi_quarantined{reason="empty"}': "2x60 3x40"}, {'kalpi_quarantined{reason="empty"}': "3x100"}
    ),
    "KalpiRowsRejected": Case(
        "5m",
        {'kalpi_pipeline_rows{fate="rejected"}': "20x10", 'kalpi_pipeline_rows{fate="accepted"}': "980x10"},
        {'kalpi_pipeline_rows{fate="rejected"}': "5x10", 'kalpi_pipeline_rows{fate="accepted"}': "995x10"},
    ),
    "KalpiQuotaRefusals": Case(
        "60m",
        {OK: "0+1000x100", 'kalpi_quota_refusals_total{tier="free"}': "0+300x100"},
        {OK: "0+1000x100", 'kalpi_quota_refusals_total{tier="free"}': "0+100x100"},
    ),
    "KalpiQuotaSurge": Case(
        "27h",
        {'kalpi_quota_units_total{tier="pro"}': "0+1000x150 210000+60000x20"},
        {'kalpi_quota_units_total{tier="pro"}': "0+60000x170"},
        "10m",
    ),
    "KalpiRefreshTokenReused": events("refresh-reused", 1, 0),
    "KalpiPasswordsTried": Case(
        "65m",
        {'kalpi_security_events_total{kind="login-failed"}': "0+20x100"},
        {'kalpi_security_events_total{kind="login-failed"}': "0+5x100"},
    ),
    "KalpiAddressesBlocked": events("address-blocked", 40, 10),
}


def asked(name, case, *, fires):
    """Return the test of promtool's that an alert fires, or that it does not."""
    series = case.fires if fires else case.silent
    return {
        "interval": case.every,
        "input_series": [{"series": series, "values": values} for series, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) > bool 0',
                "eval_time": case.at,
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
        ],
    }


def promtool(folder, tests):
    told = {"rule_files": [str(PATH)], "evaluation_interval": tests[0]["interval"], "tests": tests}
    (folder / "tests.yml").write_text(yaml.safe_dump(told))
    words = (debian("promtool"), "test", "rules", folder / "tests.yml")
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_every_alert_has_its_case():
    assert CASES.keys() == ALERTS.keys()


def test_the_rules_are_prometheus():
    done = subprocess.run([debian("promtool"), "check", "rules", PATH], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
def test_it_fires_and_stays_silent(name, tmp_path):
    done = promtool(tmp_path, [asked(name, CASES[name], fires=fires) for fires in (True, False)])
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_case_that_is_wrong_is_found(tmp_path):
    case = CASES["KalpiDown"]
    assert promtool(tmp_path, [asked("KalpiDown", Case(case.at, case.silent, case.silent), fires=True)]).returncode
    assert promtool(tmp_path, [asked("KalpiDown", Case(case.at, case.fires, case.fires), fires=False)]).returncode


def selectors(expression):
    """Give name and matchers of everything that an expression asks for, and the labels that it groups by."""
    found, grouped = [], set()

    def visit(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append((node.name, list(node.matchers.matchers)))
        if isinstance(node, promql_parser.MatrixSelector):
            found.append((node.vector_selector.name, list(node.vector_selector.matchers.matchers)))
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
            grouped.update(node.modifier.labels)
        return True

    promql_parser.walk(promql_parser.parse(expression), visit)
    assert found, expression
    return found, grouped


def test_what_is_asked_for_is_declared():
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    for rule in RULES:
        declared(rule["expr"], recorded)


def declared(expression, recorded=frozenset()):
    """Hold an expression against what the code declares: its metrics, and their labels."""
    found, grouped = selectors(expression)
    known = set(GIVEN)
    for name, matchers in found:
        if name == "up" or name in recorded:
            continue
        assert name in SERIES, (name, expression)
        labels = SERIES[name].labels.keys() | GIVEN
        known |= labels
        for matcher in matchers:
            assert matcher.name in labels, (name, matcher.name)
            if matcher.name == "kind":
                assert set(matcher.value.split("|")) <= {kind.name for kind in KINDS}, expression
    assert grouped <= known, expression


def test_every_alert_says_who_is_called_and_what_it_means():
    for name, rule in ALERTS.items():
        assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"}), name
        assert rule["annotations"]["summary"].endswith("."), name


def test_the_runbook_has_a_section_for_each():
    text = (ROOT / "docs" / "runbook.md").read_text()
    sections = re.findall(r"^## (Kalpi\w+)\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert [name for name, _ in sections] == list(ALERTS)
    for name, section in sections:
        assert all(f"**{part}.**" in section for part in ("Means", "Look", "Do")), name
