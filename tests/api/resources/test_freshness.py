"""Every answer says how fresh and how complete it is, and why there are nulls."""

import json
from datetime import date
from itertools import product

import msgspec
import pytest

from api.edition import checks_of
from api.problems import BY_SLUG
from tests.api.conftest import strict
from tests.api.deliveries import ALL, FIRST, MISSING, QUARANTINED
from tests.api.formats.readers import ROWS, get, told
from tests.api.test_problems import checked
from warehouse.work import Check

BBB = "/v1/symbols/BBB"
LOST = {*MISSING, QUARANTINED}
FROM_THE_FIRST = f"start={ALL[0]}"


def post(ask, path, **body):
    return ask(path, method="POST", body=json.dumps(body))


def read(answer):
    assert answer.status_code == 200, answer.text
    return strict(answer.content)


def expected(first, last):
    """Count what the calendar has and what was delivered of BBB, without the API."""
    days = [day for day in ALL if first <= day <= last]
    return {"expected": len(days), "present": len([day for day in days if day not in LOST])}


def counted(coverage):
    return {name: coverage[name] for name in ("expected", "present")}


def test_gaps_are_told_run_by_run_with_their_reason(customer):
    answer = customer.json(f"{BBB}/bars?{FROM_THE_FIRST}&limit=10000")
    assert answer["coverage"] == {
        "calendar": "XNYS",
        "expected": len(ALL),
        "present": len(answer["columns"]["date"]),
        "gaps": [
            {"first": "2024-03-04", "last": "2024-03-06", "sessions": 3, "reason": "not-delivered"},
            {"first": "2024-05-03", "last": "2024-05-03", "sessions": 1, "reason": "not-delivered"},
            {"first": "2024-05-06", "last": "2024-05-06", "sessions": 1, "reason": "negative-volume"},
        ],
        "behind": 0,
    }
    assert customer.json(BBB)["coverage"] == answer["coverage"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 3, 4), date(2024, 3, 8)),  # begins with what is missing
        (date(2024, 3, 5), date(2024, 3, 6)),  # has nothing else
        (date(2024, 4, 1), date(2024, 5, 3)),  # ends with it
        (date(2024, 5, 6), date(2024, 5, 31)),
    ],
)
def test_the_days_asked_for_are_counted_whether_they_begin_with_a_bar_or_not(customer, start, end):
    answer = customer.json(f"{BBB}/indicators/rsi?start={start}&end={end}")
    assert counted(answer["coverage"]) == expected(start, end)


@pytest.mark.parametrize(("direction", "interval"), list(product((FROM_THE_FIRST, ""), ("1d", "1w", "1mo"))))
def test_pages_have_every_session_once(customer, direction, interval):
    found, cursor = [], ""
    while cursor is not None:
        query = f"{direction}&interval={interval}&limit=7" + (f"&cursor={cursor}" if cursor else "")
        page = customer.json(f"{BBB}/bars?{query}")
        found.append(page["coverage"])
        cursor = page["next_cursor"]
    total = {name: sum(one[name] for one in found) for name in ("expected", "present")}
    assert total == expected(ALL[0], ALL[-1])
    assert sum(gap["sessions"] for one in found for gap in one["gaps"]) == len(LOST)


def test_a_symbol_that_ended_is_behind_and_misses_nothing(customer):
    coverage = customer.json("/v1/symbols/CCC/bars")["coverage"]
    assert (coverage["expected"], coverage["present"], coverage["gaps"]) == (30, 30, [])
    assert coverage["behind"] == len(ALL) - len(FIRST)


def test_a_batch_and_expressions_tell_it_of_each_symbol(customer):
    body = {"symbols": ["AAA", "BBB"], "limit": 60}
    single = [customer.json(f"/v1/symbols/{one}/bars?limit=60")["coverage"] for one in body["symbols"]]
    assert single[0]["gaps"] == []
    assert len(single[1]["gaps"]) == 2
    batch, asked = {**body, "indicators": [{"id": "sma"}]}, {**body, "expressions": {"up": "close > open"}}
    for path, question in (("/v1/batch", batch), ("/v1/expressions", asked)):
        items = read(post(customer, path, **question))["items"]
        assert [one["coverage"] for one in items] == single
        rows = told(post(customer, f"{path}?format=arrow", **question))
        assert [one["coverage"] for one in rows["symbols"]] == single


def test_the_checks_of_the_snapshot_are_told_everywhere(customer):
    current = customer.json("/v1/snapshots/current")
    assert current["checks"] == "warned"
    warned = {(one["table"], one["check"]): one["detail"] for one in current["warnings"]}
    assert warned.keys() == {("meta.coverage", "complete"), ("meta.coverage", "fresh")}
    assert warned["meta.coverage", "complete"].startswith(f"{len(LOST)} of ")
    asked = [
        customer(f"{BBB}/bars?limit=1"),
        customer(f"{BBB}/indicators/rsi?limit=1"),
        customer(f"{BBB}/indicators/rsi?period=5:6:1&limit=1"),
        customer("/v1/at/latest?symbols=AAA"),
        customer(BBB),
        post(customer, "/v1/batch", symbols=["AAA"], indicators=[{"id": "sma"}], limit=1),
        post(customer, "/v1/expressions", symbols=["AAA"], expressions={"c": "close"}, limit=1),
        post(customer, "/v1/screen", where="close > 1"),
    ]
    assert [read(answer)["checks"] for answer in asked] == ["warned"] * len(asked)
    for form in ROWS:
        assert get(customer, f"{BBB}/bars?limit=1", form).headers["Kalpi-Checks"] == "warned"


def test_a_snapshot_whose_checks_passed_says_so(follower):

    manifest = follower.edition().reader.manifest
    assert checks_of(manifest) == "passed"
    late = Check("fresh", passed=False, blocking=False)
    warned = [msgspec.structs.replace(one, checks=(late,)) for one in manifest.tables]
    assert checks_of(msgspec.structs.replace(manifest, tables=tuple(warned))) == "warned"


ASKED = [
    (f"{BBB}/bars", None),
    (f"{BBB}/indicators/rsi", None),
    (f"{BBB}/at/latest", None),
    ("/v1/at/latest?symbols=AAA", None),
    ("/v1/batch", {"symbols": ["AAA"], "indicators": [{"id": "sma"}]}),
    ("/v1/expressions", {"symbols": ["AAA"], "expressions": {"c": "close"}}),
    ("/v1/screen", {"where": "close > 1"}),
]


def demanding(ask, path, body, day):
    """Ask for data up to a day at least."""
    if body is not None:
        return post(ask, path, **body, min_data_through=str(day))
    return ask(f"{path}{'&' if '?' in path else '?'}min_data_through={day}")


@pytest.mark.parametrize(("path", "body"), ASKED)
def test_older_data_than_demanded_is_refused(customer, path, body):
    assert demanding(customer, path, body, ALL[-1]).status_code == 200
    members = checked(demanding(customer, path, body, "2024-06-29"), "stale-data")
    assert (members["parameter"], members["data_through"]) == ("min_data_through", "2024-06-28")
    assert BY_SLUG["stale-data"].status == 409
    checked(demanding(customer, path, body, "tomorrow"), "bad-date")


def test_a_kept_snapshot_is_held_to_it_too(customer, delivered):
    _, old, _ = delivered
    path = f"{BBB}/at/latest?snapshot={old}&min_data_through="
    assert customer(f"{path}{FIRST[-1]}").status_code == 200
    assert checked(customer(f"{path}{ALL[-1]}"), "stale-data")["snapshot"] == old


def test_a_cursor_goes_on_whatever_is_demanded(customer):
    first = customer.json(f"{BBB}/bars?limit=5")
    assert customer.json(f"{BBB}/bars?limit=5&cursor={first['next_cursor']}&min_data_through={ALL[-1]}")


def nulls_of(answer, name):
    """Return by row why a column is null, from the runs; and check that they are of null rows, and of all of them."""
    found = {}
    for first, rows, reason in answer["nulls"].get(name, []):
        assert rows > 0
        for row in range(first, first + rows):
            assert row not in found
            found[row] = reason
    assert set(found) == {row for row, value in enumerate(answer["columns"][name]) if value is None}
    return found


def test_a_warm_up_is_one_run(customer):
    answer = customer.json(f"{BBB}/indicators/macd?{FROM_THE_FIRST}&limit=50")
    assert answer["nulls"] == {name: [[0, 33, "warmup"]] for name in ("macd", "signal", "hist")}
    later = customer.json(f"{BBB}/indicators/macd?start={ALL[30]}&limit=50")
    assert later["nulls"]["macd"] == [[0, 3, "warmup"]]
    assert customer.json(f"{BBB}/indicators/macd?limit=50")["nulls"] == {}


def test_a_sweep_tells_each_column(customer):
    answer = customer.json(f"{BBB}/indicators/sma?{FROM_THE_FIRST}&period=5:15:5&limit=20")
    assert answer["nulls"] == {f"sma_{n}": [[0, n - 1, "warmup"]] for n in (5, 10, 15)}


def test_what_the_formula_leaves_out_is_undefined(customer):
    answer = customer.json(
        f"{BBB}/indicators/fractal?{FROM_THE_FIRST}&include_noncausal=true&limit=300",
    )
    found = nulls_of(answer, "peak")
    assert set(found.values()) == {"warmup", "undefined"}


@pytest.mark.parametrize("interval", ["1d", "1w"])
def test_a_day_that_the_other_symbol_lacks_is_told(customer, interval):
    query = f"against=BBB&period=5&interval={interval}&{FROM_THE_FIRST}&limit=10000"
    answer = customer.json(f"/v1/symbols/AAA/indicators/correl?{query}")
    found = nulls_of(answer, "correl")
    if interval == "1w":  # BBB has a bar of every week
        assert set(found.values()) == {"warmup"}
        return
    dates = [date.fromisoformat(day) for day in answer["columns"]["date"]]
    for row, reason in found.items():
        window = set(dates[max(0, row - 4) : row + 1])
        quarantined, missing = QUARANTINED in window, bool(window & LOST)
        assert reason == ("warmup" if row < 4 else "quarantined" if quarantined else "missing_bar")
        assert missing or row < 4
    assert set(found.values()) == {"warmup", "missing_bar", "quarantined"}


def test_items_of_batches_and_expressions_tell_theirs(customer):
    rest = {"start": str(ALL[0]), "limit": 30}
    (item,) = read(post(customer, "/v1/batch", symbols=["AAA"], indicators=[{"id": "rsi"}], **rest))["items"]
    assert item["nulls"] == {"rsi": [[0, 14, "warmup"]]}
    asked = {"a": "sma(close, 20)", "b": "close / BBB.close", "c": "ln(0 - close)"}
    question = {"symbols": ["AAA"], "expressions": asked, "start": "2024-03-01", "limit": 5}
    (item,) = read(post(customer, "/v1/expressions", **question))["items"]
    assert item["nulls"] == {"b": [[1, 3, "missing_bar"]], "c": [[0, 5, "undefined"]]}
