"""One pod of the new version beside the others, judged by what Prometheus saw of both; then all of them, or none.

`python -m deploy.release.canary --help`
"""

import json
import math
import time
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import urlopen

from deploy.release import rolling
from deploy.release.checks import NotFit
from deploy.release.cluster import Cluster, beside
from deploy.release.command import Release, run

NAME = "api-canary"
WINDOW_SECONDS = 600
FEWEST = 500
"""Requests that a canary must have answered: of fewer a share of errors says nothing."""
MORE_ERRORS = 0.002
"""By how much its share of errors may be above the others'."""
SLOWER, SLOWER_SECONDS = 1.3, 0.02
"""Its p99 may be above the others' by this factor, and this much besides."""
REQUESTS = 'sum(increase(kalpi_requests_total{{track="{track}"}}[{window}s]))'
ERRORS = 'sum(increase(kalpi_requests_total{{track="{track}",status=~"5.."}}[{window}s])) or vector(0)'
P99 = (
    "histogram_quantile(0.99, sum by (le) "
    '(rate(kalpi_request_seconds_bucket{{track="{track}",route=~"/v1/symbols/.*"}}[{window}s])))'
)


@dataclass(frozen=True)
class Seen:
    """What was seen of a track's pods within the window."""

    requests: float
    errors: float
    p99: float
    """Seconds, NaN where nothing was measured."""

    @property
    def share(self) -> float:
        """Errors of ours among the answers."""
        return self.errors / self.requests if self.requests else 0.0


def judged(canary: Seen, stable: Seen) -> str | None:
    """Return why a canary must go, or None if it may become all of them."""
    if not canary.requests >= FEWEST:
        return f"it answered {canary.requests:.0f} requests, too few to judge it by; {FEWEST} are needed"
    if canary.share > stable.share + MORE_ERRORS:
        return f"{canary.share:.2%} of its answers are errors of ours, {stable.share:.2%} of the others'"
    if math.isfinite(stable.p99) and not canary.p99 <= stable.p99 * SLOWER + SLOWER_SECONDS:
        return f"its p99 is {canary.p99 * 1e3:.0f} ms, the others' {stable.p99 * 1e3:.0f} ms"
    return None


def release(cluster: Cluster, told: Release) -> str:
    """Add a canary, watch it, and replace all pods if it did no worse than they do.

    Raises:
        NotFit: the canary is gone again, and nothing else has changed.
    """
    try:
        cluster.apply(beside(cluster.read("deployment/api"), NAME, {"track": "canary"}, told.image, 1))
        cluster.wait(NAME, seconds=told.seconds)
        time.sleep(WINDOW_SECONDS)
        why = judged(seen(told.prometheus or "", "canary"), seen(told.prometheus or "", "stable"))
        if why:
            raise NotFit(why)
    finally:
        cluster.remove(NAME)
    return rolling.release(cluster, told)


def seen(prometheus: str, track: str) -> Seen:
    """Ask Prometheus what it saw of a track."""
    asked = (query.format(track=track, window=WINDOW_SECONDS) for query in (REQUESTS, ERRORS, P99))
    return Seen(*(_value(prometheus, query) for query in asked))


def _value(prometheus: str, query: str) -> float:
    try:
        url = f"{prometheus}/api/v1/query?{urlencode({'query': query})}"
        with urlopen(url, timeout=30) as answer:  # noqa: S310 - the operator's URL
            result = json.load(answer)["data"]["result"]
    except (OSError, ValueError, KeyError) as ex:
        raise NotFit(f"Prometheus does not tell {query}: {ex}") from ex
    return float(result[0]["value"][1]) if result else math.nan


if __name__ == "__main__":
    run(release, __doc__, measured=True)
