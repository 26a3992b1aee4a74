"""Counts answered requests."""

import time
from collections import Counter

from api.audit.entry import Entry
from api.limits import Verdict
from api.metrics.instruments import Instruments

NONE = "none"


class AnswerMetrics:
    """Counts each request once, when its answer is made."""

    def __init__(self, instruments: Instruments) -> None:
        self._count = instruments.count
        self._observe = instruments.observe

    def add(self, entry: Entry, _octets: int) -> None:
        """Count a request that was answered."""
        took = time.perf_counter() - entry.began
        route, tier = entry.route or NONE, entry.caller.tier.name if entry.caller else NONE
        # PERF one observation costs two additions, and everything below is left out where there is nothing to say
        self._count("kalpi_requests_total", entry.known_method, route, str(entry.status), tier)
        self._observe("kalpi_request_seconds", took, route)
        if entry.cache is not None:
            self._count("kalpi_cache_answers_total", entry.cache)
        if entry.problem is not None:
            self._count("kalpi_problems_total", route, entry.problem)
        elif entry.series:
            for (indicator, is_stored), times in Counter(entry.series).items():
                source = "stored" if is_stored else "computed"
                self._count("kalpi_indicator_answers_total", indicator, source, more=times)
        if cost := entry.units:
            self._count("kalpi_quota_units_total", tier, more=cost)
        elif entry.verdict is not None:
            self._quotas(entry.verdict, tier)

    def _quotas(self, verdict: Verdict, tier: str) -> None:
        if verdict.degraded:
            self._count("kalpi_quota_bypasses_total", tier)
        for quota in verdict.violated:
            self._count("kalpi_quota_refusals_total", tier, quota)
