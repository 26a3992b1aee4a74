"""The dashboards: the API, the pipeline, and who uses what."""

from deploy.grafana.panels import Dashboard, Panel

_RATE = "rate({}[$__rate_interval])"


def _by(label: str, metric: str, most: int | None = None) -> dict[str, str]:
    """Show a counter's rate for each value of a label, or for those of most of it."""
    summed = f"sum by ({label}) ({_RATE.format(metric)})"
    return {f"{{{{{label}}}}}": summed if most is None else f"topk({most}, {summed})"}


def _quantiles(metric: str, matching: str = "") -> dict[str, str]:
    rates = f"sum by (le) ({_RATE.format(f'{metric}_bucket{matching}')})"
    return {f"p{round(share * 100)}": f"histogram_quantile({share}, {rates})" for share in (0.5, 0.9, 0.99)}


_ERRORS = 'kalpi_requests_total{status=~"5.."}'
_DATA = '{route=~"/v1/symbols/.*"}'

API = Dashboard(
    "kalpi-api",
    "Kalpi: the API",
    (
        Panel("Servers that answer", "short", {"servers": 'sum(up{job="kalpi"})'}, "stat", 4),
        Panel("Living workers", "short", {"workers": "sum(kalpi_workers)"}, "stat", 4),
        Panel("Sessions that are due", "short", {"sessions": "max(kalpi_snapshot_age_sessions)"}, "stat", 4),
        Panel(
            "Errors of ours, 30 days",
            "percentunit",
            {"share": f"sum(increase({_ERRORS}[30d])) / sum(increase(kalpi_requests_total[30d]))"},
            "stat",
            6,
            "0.1 % is promised.",
        ),
        Panel("Redis, PostgreSQL", "short", {"{{dependency}}": "min by (dependency) (kalpi_dependency_up)"}, "stat", 6),
        Panel("Requests a second, by route", "reqps", _by("route", "kalpi_requests_total")),
        Panel("Requests a second, by status", "reqps", _by("status", "kalpi_requests_total")),
        Panel("Problems a second", "reqps", _by("problem", "kalpi_problems_total", 10)),
        Panel("Time of a symbol's data", "s", _quantiles("kalpi_request_seconds", _DATA)),
        Panel("Time of all requests", "s", _quantiles("kalpi_request_seconds")),
        Panel(
            "p99 by route",
            "s",
            {
                "{{route}}": "histogram_quantile(0.99, sum by (le, route) "
                f"({_RATE.format('kalpi_request_seconds_bucket')}))"
            },
        ),
        Panel("What caches answered", "reqps", _by("verdict", "kalpi_cache_answers_total")),
        Panel("Time of PostgreSQL's statements", "s", _quantiles("kalpi_postgres_seconds", '{use="request"}')),
        Panel("PostgreSQL's failures a second", "ops", _by("use", "kalpi_postgres_failures_total")),
        Panel("PostgreSQL's connections", "short", {"{{use}}": "sum by (use) (kalpi_postgres_connections)"}),
        Panel("Cores in use", "short", {"{{instance}}": _RATE.format("kalpi_cpu_seconds_total")}),
        Panel(
            "Memory",
            "bytes",
            {"{{instance}}": "kalpi_memory_bytes", "{{instance}}, largest worker": "kalpi_worker_memory_bytes"},
        ),
        Panel(
            "Open files and threads of a worker",
            "short",
            {"files": "max(kalpi_worker_open_files)", "threads": "max(kalpi_worker_threads)"},
        ),
        Panel("Request log that waits", "bytes", {"{{table}}": "sum by (table) (kalpi_audit_waiting_bytes)"}),
        Panel(
            "Rows of the request log lost in an hour",
            "short",
            {"{{table}}": "sum by (table) (increase(kalpi_audit_lost_rows_total[1h]))"},
        ),
        Panel("Warnings and errors logged, a second", "ops", _by("level", "kalpi_log_lines_total")),
    ),
)

PIPELINE = Dashboard(
    "kalpi-pipeline",
    "Kalpi: the pipeline",
    (
        Panel("Last run ended well", "bool_yes_no", {"well": "min(kalpi_pipeline_run_success)"}, "stat", 6),
        Panel("Last run took", "s", {"seconds": "max(kalpi_pipeline_run_seconds)"}, "stat", 6),
        Panel(
            "Since a run ended well",
            "s",
            {"seconds": "time() - max(kalpi_pipeline_success_timestamp_seconds)"},
            "stat",
            6,
        ),
        Panel("Since the last run", "s", {"seconds": "time() - max(kalpi_pipeline_run_timestamp_seconds)"}, "stat", 6),
        Panel(
            "Since the snapshot was published",
            "s",
            {"{{instance}}": "time() - kalpi_snapshot_published_timestamp_seconds"},
            text="Servers that differ follow different snapshots.",
        ),
        Panel(
            "Since the snapshot's last day", "s", {"age": "time() - min(kalpi_snapshot_data_through_timestamp_seconds)"}
        ),
        Panel("Snapshots that are not fit to be served", "short", {"refused": "max(kalpi_snapshots_refused)"}),
        Panel(
            "Time of the steps", "s", {"{{step}}": "topk(15, max by (step) (kalpi_pipeline_step_seconds))"}, width=12
        ),
        Panel("Rows of the last run", "short", {"{{fate}}": "max by (fate) (kalpi_pipeline_rows)"}, width=12),
        Panel("Files in quarantine", "short", {"{{reason}}": "max by (reason) (kalpi_quarantined)"}, width=12),
        Panel("Rows of the snapshot", "short", {"{{table}}": "min by (table) (kalpi_snapshot_rows)"}, width=12),
    ),
)

USE = Dashboard(
    "kalpi-use",
    "Kalpi: who uses what",
    (
        Panel("Requests a second, by tier", "reqps", _by("tier", "kalpi_requests_total")),
        Panel("Units of the day a second, by tier", "short", _by("tier", "kalpi_quota_units_total")),
        Panel("Units of a day", "short", {"{{tier}}": "sum by (tier) (increase(kalpi_quota_units_total[1d]))"}),
        Panel("Routes asked most", "reqps", _by("route", "kalpi_requests_total", 10), width=12),
        Panel("Indicators asked most", "reqps", _by("indicator", "kalpi_indicator_answers_total", 15), width=12),
        Panel("Stored or computed", "reqps", _by("source", "kalpi_indicator_answers_total")),
        Panel("Refused beyond a quota, a second", "reqps", _by("quota", "kalpi_quota_refusals_total")),
        Panel("Answered uncounted, a second", "reqps", _by("tier", "kalpi_quota_bypasses_total")),
        Panel(
            "Security events an hour",
            "short",
            {"{{kind}}": "sum by (kind) (increase(kalpi_security_events_total[1h]))"},
            width=24,
        ),
    ),
)

DASHBOARDS = (API, PIPELINE, USE)
