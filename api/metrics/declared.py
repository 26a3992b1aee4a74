"""Every metric by name, as one table: instruments, the page docs/metrics.md, alerts and dashboards follow from it.

Labels take values from small closed sets only: routes as they are declared, statuses, tiers, problems, tables. What a
client writes (a path, a symbol, a key) is never one, so the number of series has a bound.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from api.audit.kinds import KINDS


class Kind(StrEnum):
    """What a metric is to Prometheus."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Over(StrEnum):
    """How a gauge is made of what the living workers say."""

    SUM = "livesum"
    MOST = "livemax"
    LEAST = "livemin"


class Metric(msgspec.Struct, frozen=True):
    """A metric: a counter's name ends in `_total`; a histogram's series end in `_bucket`, `_sum` and `_count`."""

    name: str
    kind: Kind
    meaning: str
    labels: Mapping[str, str] = {}
    """Each label, and what values it takes."""
    over: Over | None = None
    buckets: tuple[float, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """The names that a scrape shows."""
        if self.kind is not Kind.HISTOGRAM:
            return (self.name,)
        return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))


def _counter(name: str, meaning: str, **labels: str) -> Metric:
    return Metric(name, Kind.COUNTER, meaning, labels)


def _gauge(name: str, over: Over, meaning: str, **labels: str) -> Metric:
    return Metric(name, Kind.GAUGE, meaning, labels, over)


def _seconds(name: str, meaning: str, **labels: str) -> Metric:
    return Metric(name, Kind.HISTOGRAM, meaning, labels, buckets=_BUCKETS)


_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_ROUTE = "a route's template, or `none` where no route was found"
_TIER = "the account's tier, or `none` where nobody was known"
_TABLE = "`requests` or `security_events`"
_USE = "`request`, or `audit` for what writes the request log"

METRICS = (
    # requests
    _counter(
        "kalpi_requests_total",
        "Answered requests.",
        method="the request's, or `other`",
        route=_ROUTE,
        status="the answer's",
        tier=_TIER,
    ),
    _seconds("kalpi_request_seconds", "Time from a request's arrival to its answer's last byte.", route=_ROUTE),
    _counter("kalpi_problems_total", "Answers that are a problem.", route=_ROUTE, problem="a slug of docs/problems.md"),
    _counter(
        "kalpi_cache_answers_total",
        "Answers that a cache had a say in.",
        verdict="`hit`, `miss`, or `revalidated` where the caller's own copy still held",
    ),
    _counter(
        "kalpi_indicator_answers_total",
        "Series of an indicator that were answered.",
        indicator="an id of the catalogue",
        source="`stored` or `computed`",
    ),
    # quotas and security
    _counter("kalpi_quota_units_total", "Units of the day that answers cost.", tier=_TIER),
    _counter("kalpi_quota_refusals_total", "Requests beyond a quota.", tier=_TIER, quota="`minute` or `day`"),
    _counter("kalpi_quota_bypasses_total", "Requests answered uncounted, as Redis was lost.", tier=_TIER),
    _counter(
        "kalpi_security_events_total",
        "Security events.",
        kind=f"a kind of docs/events.md, such as `{KINDS[0].name}`",
    ),
    # what the API stands on
    _gauge("kalpi_dependency_up", Over.LEAST, "0 while a worker takes it for lost.", dependency="`postgres`, `redis`"),
    _seconds("kalpi_postgres_seconds", "Time that a statement took in Postgres.", use=_USE),
    _counter("kalpi_postgres_failures_total", "Statements and connections that Postgres failed.", use=_USE),
    _gauge("kalpi_postgres_connections", Over.SUM, "Connections in use.", use=_USE),
    _gauge("kalpi_audit_waiting_bytes", Over.SUM, "Rows that wait for Postgres, in bytes.", table=_TABLE),
    _counter("kalpi_audit_lost_rows_total", "Rows that could not be kept.", table=_TABLE),
    _counter("kalpi_log_lines_total", "Lines of the log that tell of something wrong.", level="`warning`, `error`"),
    # processes
    _gauge("kalpi_workers", Over.SUM, "Living workers."),
    _gauge("kalpi_memory_bytes", Over.SUM, "Resident memory of all workers."),
    _gauge("kalpi_worker_memory_bytes", Over.MOST, "Resident memory of the largest worker."),
    _gauge("kalpi_worker_open_files", Over.MOST, "Open files of the worker that has most."),
    _gauge("kalpi_worker_threads", Over.MOST, "Threads of the worker that has most."),
    _counter("kalpi_cpu_seconds_total", "Processor time of all workers, those that have ended included."),
    # data
    _gauge("kalpi_snapshot_age_sessions", Over.MOST, "Sessions that are due and not in the served snapshot."),
    _gauge("kalpi_snapshot_published_timestamp_seconds", Over.LEAST, "When the served snapshot was published."),
    _gauge("kalpi_snapshot_data_through_timestamp_seconds", Over.LEAST, "The last day that the served snapshot has."),
    _gauge("kalpi_snapshot_rows", Over.LEAST, "Rows of the served snapshot.", table="a table of docs/tables.md"),
    _gauge("kalpi_snapshots_refused", Over.MOST, "Snapshots that were published and are not fit to be served."),
    _gauge(
        "kalpi_quarantined",
        Over.MOST,
        "What lay in quarantine at the end of the last run, and was not released.",
        reason="a code of docs/quarantine.md",
    ),
    # the pipeline's last run
    _gauge("kalpi_pipeline_run_seconds", Over.MOST, "How long the last run took."),
    _gauge("kalpi_pipeline_run_success", Over.LEAST, "1 if the last run ended well, else 0."),
    _gauge("kalpi_pipeline_run_timestamp_seconds", Over.MOST, "When the last run ended."),
    _gauge("kalpi_pipeline_success_timestamp_seconds", Over.MOST, "When a run last ended well."),
    _gauge(
        "kalpi_pipeline_rows",
        Over.MOST,
        "Rows that the last run took in, refused, or left out.",
        fate="`accepted`, `rejected`, `skipped`",
    ),
    _gauge("kalpi_pipeline_step_seconds", Over.MOST, "How long a step took when it last ran.", step="an asset's key"),
)

BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}
