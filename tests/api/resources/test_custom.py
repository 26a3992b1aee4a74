"""An installation's own indicator in all places: catalogue, tables, series, points, batches, expressions, screens."""

import json

import duckdb
import numpy as np
import pytest
import talib

import indicators
from api import choices
from api.app import create_app
from api.follow import Follower
from api.resources import catalogue
from indicators.custom import install
from pipelines import ingest, steps, synthetic
from tests.api.conftest import Caller, deps, strict
from tests.api.test_problems import checked
from tests.indicators.custom.test_loading import STRENGTH
from warehouse import publish as publishing
from warehouse import snapshots
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED
from warehouse.home import Home
from warehouse.intervals import DAILY, INTERVALS
from warehouse.lock import writer_lock
from warehouse.work import Check, WorkStore

SYMBOL = "/v1/symbols/SYN0001"


def publish(home):
    """Publish a few invented bars with the families `price` and `custom` alone."""
    synthetic.write(home.landing, symbols=5, sessions=200, seed=2)
    store = WorkStore(home)
    with writer_lock(home) as lock:
        ingest.take_in(home)
        steps.raw_bars(store)
        steps.raw_actions(store)
        steps.daily_bars(store)
        store.record_checks(DAILY_BARS.name, [Check("stands_in", passed=True, blocking=True)])
        steps.bars_adjusted(store)
        families = [one for one in steps.families(DAILY) if one.table.name in {"daily.price", "daily.custom"}]
        made = [*(one for interval in INTERVALS for one in steps.resampling(interval)), *families]
        for step in made:
            step.run(store)
        tables = (DAILY_BARS.name, DAILY_BARS_ADJUSTED.name, *(step.table.name for step in made))
        publishing.publish(store, publishing.Request(tables=tables, catalogue_version=steps.catalogue_version()), lock)


def started_anew(files):
    """Load files as a worker does that has just started: with nothing remembered."""
    install(files)
    choices._indicator.cache_clear()
    catalogue._catalogue.cache_clear()


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("own"))
    home.indicators.mkdir()
    (home.indicators / "strength.toml").write_text(STRENGTH)
    (home.indicators / "ignored.py").write_text("raise SystemExit")
    started_anew(home.indicator_files())
    try:
        publish(home)
        yield home
    finally:
        started_anew({})


@pytest.fixture
def caller(own, accounts_url, redis_url, keys):
    started_anew(own.indicator_files())
    follower = Follower(own)
    follower.look()
    with deps(own, follower, accounts_url, redis_url) as told:
        yield Caller(create_app(told), keys["premium"])


def closes(caller):
    return np.array(caller.json(f"{SYMBOL}/bars?limit=10000")["columns"]["close"])


def strength(values, period, smooth=2):
    return talib.EMA(values / talib.SMA(values, period) - 1, smooth)


def test_the_catalogue_has_it(caller):
    told = caller.json("/v1/indicators/strength")
    assert told["family"] == "custom"
    assert told["stored"] == ["strength_50_2", "strength_20_2", "strength_20_3"]
    assert told["formula"] == "strength = ema(on / sma(on, period) - 1, smooth)"
    assert told["least_tier"] == "premium"
    assert "strength" in [one["id"] for one in caller.json("/v1/indicators")["items"]]


def test_the_tables_have_it_with_its_formula(own):
    path = own.snapshots / snapshots.current_id(own) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        (comment,) = connection.execute(
            "select comment from duckdb_columns() where table_name = 'custom' and column_name = 'strength_20_3'"
        ).fetchone()
        rows = connection.execute("select count(strength_50_2), count(*) from daily.custom").fetchone()
    assert "ema(on / sma(on, period) - 1, smooth)" in comment
    assert 0 < rows[0] < rows[1]


@pytest.mark.parametrize(("query", "period", "source"), [("", 50, "stored"), ("&period=21", 21, "computed")])
def test_a_series_is_stored_or_computed_and_the_same(caller, query, period, source):
    answer = caller.json(f"{SYMBOL}/indicators/strength?limit=10000{query}")
    assert answer["source"] == source
    values = np.array([np.nan if one is None else one for one in answer["columns"]["strength"]])
    np.testing.assert_allclose(values, strength(closes(caller), period), rtol=1e-10)


def test_points_batches_expressions_and_screens_have_it(caller):
    expected = strength(closes(caller), 20)[-1]
    point = caller.json(f"{SYMBOL}/at/latest?columns=strength_20_2,close")
    assert point["values"]["strength_20_2"] == pytest.approx(expected, rel=1e-10)
    body = {"symbols": ["SYN0001"], "indicators": [{"id": "strength", "params": {"period": 20}}], "limit": 1}
    (item,) = strict(caller("/v1/batch", method="POST", body=json.dumps(body)).content)["items"]
    assert (item["source"], item["columns"]["strength"]) == ("stored", [pytest.approx(expected, rel=1e-10)])
    body = {"symbols": ["SYN0001"], "expressions": {"x": "strength(close, 20) * 100", "y": "sma(strength_20_2, 3)"}}
    (item,) = strict(caller("/v1/expressions", method="POST", body=json.dumps(body)).content)["items"]
    assert item["columns"]["x"][-1] == pytest.approx(100 * expected, rel=1e-10)
    body = {
        "where": f"strength_20_2 >= {expected - 1e-9:.12f} and strength(close, 21) > -9",
        "select": ["strength_20_2"],
    }
    found = strict(caller("/v1/screen", method="POST", body=json.dumps(body.copy())).content)
    assert "SYN0001" in found["columns"]["symbol"]


def test_what_an_earlier_formula_stored_is_not_served_as_the_new_one(caller, own, accounts_url, redis_url):
    changed = STRENGTH.replace("- 1, smooth", "- 2, smooth")
    started_anew({"strength.toml": changed})
    follower = Follower(own)
    follower.look()
    edition = follower.edition()
    assert "strength_50_2" in edition.reader.columns
    assert "strength_50_2" not in edition.held
    assert "avgprice" in edition.held
    with deps(own, follower, accounts_url, redis_url) as told:
        asking = Caller(create_app(told), caller.key)
        answer = asking.json(f"{SYMBOL}/indicators/strength?limit=1")
        members = checked(asking(f"{SYMBOL}/at/latest?columns=strength_50_2"), "unknown-column")
    assert answer["source"] == "computed"
    assert answer["columns"]["strength"][0] == pytest.approx(strength(closes(caller), 50)[-1] - 1, rel=1e-10)
    assert "earlier definition" in members["detail"]


def test_the_version_of_the_catalogue_changes_with_a_formula(own):
    started_anew(own.indicator_files())
    before = steps.catalogue_version()
    started_anew({"strength.toml": STRENGTH.replace("- 1, smooth", "- 2, smooth")})
    assert steps.catalogue_version() != before
    started_anew({})
    assert steps.catalogue_version() not in {before, ""}
    assert not [one for one in indicators.stored() if one.family == "custom"]


def test_python_is_read_only_behind_its_switch(own, monkeypatch):
    assert own.indicator_files().keys() == {"strength.toml"}
    monkeypatch.setenv("KALPI_PYTHON_INDICATORS", "1")
    assert own.indicator_files().keys() == {"strength.toml", "ignored.py"}
