"""The declared metrics as prometheus_client's instruments. Import it in a worker, never in what forks workers."""

import os
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from api.metrics.declared import METRICS, Kind, Metric
from api.metrics.folder import VARIABLE, reading

Instrument = Counter | Gauge | Histogram


class Scrape(NamedTuple):
    """What a scraper gets."""

    media: str
    octets: bytes


class Instruments:
    """All metrics of this process; labels are given by value, in their declared order. Thread-safe.

    A process that is one of several workers shows what all of them have counted, any other its own.
    """

    def __init__(self, metrics: Iterable[Metric] = METRICS) -> None:
        self._registry = CollectorRegistry()
        self._declared = {each.name: each for each in metrics}
        self._made: dict[str, Instrument] = {}
        self._children: dict[tuple[str, ...], Instrument] = {}
        self._making = threading.Lock()
        folder = os.environ.get(VARIABLE)
        self._folder = Path(folder) if folder else None

    def count(self, name: str, *labels: str, more: float = 1) -> None:
        """Add to a counter."""
        cast("Counter", self._child(name, *labels)).inc(more)

    def observe(self, name: str, seconds: float, *labels: str) -> None:
        """Add an observation to a histogram."""
        cast("Histogram", self._child(name, *labels)).observe(seconds)

    def set(self, name: str, value: float, *labels: str) -> None:
        """Set what this worker says of a gauge."""
        cast("Gauge", self._child(name, *labels)).set(value)

    def scrape(self, accept: str = "") -> Scrape:
        """Return all metrics in the form that is asked for."""
        write, media = choose_encoder(accept)
        with reading(self._folder) if self._folder else nullcontext():
            return Scrape(media, write(self._collected()))

    def _collected(self) -> CollectorRegistry:
        if self._folder is None:
            return self._registry
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._folder))
        return registry

    def _child(self, *place: str) -> Instrument:
        found = self._children.get(place)  # PERF: `labels()` takes a lock and costs as much as counting does
        if found is None:
            found = self._children[place] = self._new(*place)
        return found

    def _new(self, name: str, *labels: str) -> Instrument:
        with self._making:
            if name not in self._made:  # not before there is something to tell: a gauge says 0 from its making on
                self._made[name] = _made(self._declared[name], self._registry)
        return self._made[name].labels(*labels) if labels else self._made[name]


def _made(metric: Metric, registry: CollectorRegistry) -> Instrument:
    name, meaning, labels = metric.name, metric.meaning, tuple(metric.labels)
    if metric.kind is Kind.COUNTER:
        return Counter(name, meaning, labels, registry=registry)
    if metric.kind is Kind.HISTOGRAM:
        return Histogram(name, meaning, labels, registry=registry, buckets=metric.buckets)
    over = "all" if metric.over is None else metric.over.value
    return Gauge(name, meaning, labels, registry=registry, multiprocess_mode=over)
