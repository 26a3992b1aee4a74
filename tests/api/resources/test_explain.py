"""How a value came about: enough of it to compute the value again, and to find the file it came in."""

import hashlib

import msgspec
import numpy as np
import pytest
import talib

from api.resources.point import PointExplained
from api.resources.stretch import SeriesExplained
from tests.api.deliveries import ALL, QUARANTINED, RESTATED
from tests.api.test_problems import checked
from warehouse import snapshots

AAA = "/v1/symbols/AAA"


@pytest.fixture
def files(delivered):
    """The delivered files by name, as a checksum of what lies in the raw store has them."""
    home, *_ = delivered
    found = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in home.raw.rglob("*.parquet")}
    return set(found.values())


def explained(ask, path):
    answer = ask.json(path)
    return answer, answer["explain"]


def test_a_window_is_computed_again_from_what_is_told(customer):
    answer, told = explained(customer, f"{AAA}/indicators/sma?period=20&limit=3&explain=true")
    value = told["values"]["sma"]
    assert (value["indicator"], value["params"], value["memory"], value["lookback"]) == (
        "sma",
        {"period": 20},
        "window",
        19,
    )
    assert (value["bars"], value["first"], value["last"]) == (20, str(ALL[-20]), str(ALL[-1]))
    assert value["input"]["date"] == [str(day) for day in ALL[-20:]]
    assert np.mean(value["input"]["close"]) == pytest.approx(answer["columns"]["sma"][-1], rel=1e-12)
    assert value["value"] == answer["columns"]["sma"][-1]


def test_what_remembers_all_bars_is_made_of_all(customer):
    _, told = explained(customer, f"{AAA}/at/latest?columns=ema_20&explain=true")
    value = told["values"]["ema_20"]
    assert (value["memory"], value["bars"], value["first"]) == ("convergent", len(ALL), str(ALL[0]))
    assert len(value["input"]["close"]) == 250
    assert value["formula"]
    assert value["definition"]
    assert value["stored"]


def test_inputs_are_the_indicators_own(customer):
    _, told = explained(customer, f"{AAA}/indicators/atr?explain=true&limit=1")
    assert list(told["values"]["atr"]["input"]) == ["date", "high", "low", "close"]
    _, told = explained(customer, f"{AAA}/indicators/sma?period=5&on=hl2&explain=true&limit=1")
    assert list(told["values"]["sma"]["input"]) == ["date", "hl2"]
    answer, told = explained(customer, f"{AAA}/indicators/sma?period=5&on=rsi_14&explain=true&limit=1")
    assert np.mean(told["values"]["sma"]["input"]["rsi_14"][-5:]) == pytest.approx(answer["columns"]["sma"][0])


def test_the_bars_come_from_the_files_that_were_delivered(customer, files):
    _, told = explained(customer, f"{AAA}/indicators/sma?period=20&limit=1&explain=true")
    sources = {one["file"]: one for one in told["values"]["sma"]["sources"]}
    assert {name: one["bars"] for name, one in sources.items()} == {"first.parquet": 14, "second.parquet": 6}
    assert {one["sha256"] for one in sources.values()} <= files
    assert {one["delivered_by"] for one in sources.values()} == {"landing"}


def test_a_bar_that_took_the_place_of_another_names_it(customer, delivered):
    _, old, _ = delivered
    answer, told = explained(customer, f"{AAA}/at/{RESTATED}?columns=close&explain=true")
    assert [one["file"] for one in told["replaced"]] == ["first.parquet"]
    value = told["values"]["close"]
    assert [one["file"] for one in value["sources"]] == ["second.parquet"]
    assert value["input"]["close"] == [answer["values"]["close"]]
    _, before = explained(customer, f"{AAA}/at/{RESTATED}?columns=close&explain=true&snapshot={old}")
    assert before["replaced"] == []


def test_the_run_and_its_checks_are_told(customer, delivered):
    home, _, new = delivered
    _, told = explained(customer, f"{AAA}/at/latest?explain=true")
    manifest = snapshots.read_manifest(home.snapshots / new)
    assert (told["run_id"], told["catalogue_version"]) == (manifest.run_id, manifest.catalogue_version)
    assert told["warnings"] == customer.json("/v1/snapshots/current")["warnings"]


def test_a_null_tells_its_reason(customer):
    _, told = explained(customer, f"{AAA}/at/{ALL[5]}?columns=sma_20,close&explain=true")
    assert (told["values"]["sma_20"]["value"], told["values"]["sma_20"]["null"]) == (None, "warmup")
    assert told["values"]["close"]["null"] is None
    day = QUARANTINED
    path = f"{AAA}/indicators/correl?against=BBB&period=5&start={day}&end={day}&explain=true"
    _, told = explained(customer, path)
    assert told["values"]["correl"]["null"] == "quarantined"


@pytest.mark.parametrize("interval", ["1w", "1mo"])
def test_of_weeks_and_months_the_days_are_counted(customer, interval):
    answer, told = explained(customer, f"{AAA}/indicators/ema?period=3&interval={interval}&limit=1&explain=true")
    value = told["values"]["ema"]
    assert sum(one["bars"] for one in value["sources"]) == len(ALL)
    ema = talib.EMA(np.array(value["input"]["close"]), 3)[-1]
    assert ema == pytest.approx(answer["columns"]["ema"][-1], rel=1e-12)


def test_what_a_tier_may_not_see_is_not_listed(customer, free_customer):
    path = f"{AAA}/indicators/sma?period=200&limit=1&explain=true"
    low, high = (explained(one, path)[1]["values"]["sma"] for one in (free_customer, customer))
    assert low["value"] == high["value"]
    assert len(high["input"]["date"]) == low["bars"] == 200
    assert low["input"]["date"] == [str(day) for day in ALL if str(day) >= "2024-03-28"]


def test_what_is_not_one_value_is_refused(customer, delivered):
    _, old, _ = delivered
    for query in ("period=5:9:2", f"period=5&since={old}"):
        members = checked(customer(f"{AAA}/indicators/sma?{query}&explain=true"), "parameter-out-of-bounds")
        assert members["parameter"] == "explain"


def test_an_answer_with_it_has_another_tag(customer):
    for path in (f"{AAA}/at/latest?", f"{AAA}/indicators/sma?limit=1&"):
        tag = customer(path).headers["ETag"]
        assert customer(f"{path}explain=true", headers={"If-None-Match": tag}).status_code == 200
        assert customer(f"{path}explain=false", headers={"If-None-Match": tag}).status_code == 304


def test_answers_are_what_is_declared(customer):
    weekly = "interval=1w&explain=true"
    for path, kind in (
        (f"{AAA}/at/latest?{weekly}", PointExplained),
        (f"{AAA}/indicators/rsi?{weekly}", SeriesExplained),
    ):
        answer = customer.json(path)
        msgspec.convert(answer, kind)
        assert answer.keys() == set(kind.__struct_fields__)
