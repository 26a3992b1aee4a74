import re

import pytest

from api.metrics import METRICS, Kind
from api.metrics.declared import Over
from api.metrics.instruments import Instruments
from tests.api.metrics.scrapes import names, samples, total


def test_declarations_are_as_prometheus_has_them():
    assert len({each.name for each in METRICS}) == len(METRICS)
    for each in METRICS:
        assert re.fullmatch(r"kalpi_[a-z_]+", each.name), each.name
        assert each.name.endswith("_total") == (each.kind is Kind.COUNTER), each.name
        assert (each.over is not None) == (each.kind is Kind.GAUGE), each.name
        assert bool(each.buckets) == (each.kind is Kind.HISTOGRAM), each.name
        assert each.meaning.endswith("."), each.name
        assert not each.labels.keys() & {"le", "pid", "instance", "job"}, each.name
    assert {over.value for over in Over} <= {"livesum", "livemax", "livemin"}


def test_every_declared_metric_shows_the_series_that_it_names():
    instruments = Instruments()
    for each in METRICS:
        labels = ["x"] * len(each.labels)
        if each.kind is Kind.COUNTER:
            instruments.count(each.name, *labels)
        elif each.kind is Kind.GAUGE:
            instruments.set(each.name, 1, *labels)
        else:
            instruments.observe(each.name, 1, *labels)
    told = instruments.scrape().octets.decode()
    assert {name for each in METRICS for name in each.series} == {
        name for name in names(told) if not name.endswith("_created")
    }


def test_labels_are_told_by_name():
    instruments = Instruments()
    instruments.count("kalpi_quota_units_total", "free", more=3)
    instruments.count("kalpi_quota_units_total", "free")
    instruments.count("kalpi_quota_units_total", "pro")
    told = instruments.scrape().octets.decode()
    assert total(told, "kalpi_quota_units_total", tier="free") == 4
    assert total(told, "kalpi_quota_units_total") == 5


def test_what_is_not_declared_is_refused():
    with pytest.raises(KeyError):
        Instruments().count("kalpi_invented_total")
    with pytest.raises(ValueError, match="label"):
        Instruments().count("kalpi_quota_units_total", "free", "more")


def test_the_newer_format_is_given_to_who_asks_for_it():
    instruments = Instruments()
    instruments.set("kalpi_workers", 1)
    assert instruments.scrape().media.startswith("text/plain")
    newer = instruments.scrape("application/openmetrics-text; version=1.0.0")
    assert newer.media.startswith("application/openmetrics-text")
    assert newer.octets.endswith(b"# EOF\n")
    assert samples(instruments.scrape().octets.decode())["kalpi_workers", frozenset()] == 1


def test_nothing_is_shown_before_there_is_something_to_tell():
    assert Instruments().scrape().octets == b""
