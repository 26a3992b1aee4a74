import os
import subprocess
import sys

import pytest

from kalpi.mcp.budget import tokens

RSI = {"symbol": "AAPL", "indicator": "rsi", "params": {"period": 9}}


@pytest.fixture
def plain(served, keys):
    """Ask the API itself."""
    return lambda path, **query: served.client.get(path, params=query, headers={"X-API-Key": keys["premium"]}).json()


def near(values):
    return pytest.approx(values, rel=1e-5)


def test_the_tools_are_listed_and_only_read(tools):
    listed = tools("list_tools").tools
    assert [one.name for one in listed] == ["catalogue", "lookup", "series", "screen", "explain"]
    assert all(one.description and one.annotations.read_only_hint for one in listed)
    assert all("description" in field for one in listed for field in one.input_schema["properties"].values())


def test_each_tool_answers_what_the_api_does(ask, plain):
    asked = [
        ("catalogue", {"search": "relative strength"}),
        ("lookup", {"symbols": ["AAPL", "APPL"], "columns": ["close", "rsi_14"]}),
        ("series", {**RSI, "limit": 5}),
        ("screen", {"where": "close > 10", "select": ["close"], "order_by": "-close", "limit": 2}),
        ("explain", {**RSI, "at": "2013-02-28"}),
    ]
    found = [ask(*one) for one in asked]
    assert not any(is_error for is_error, _, _ in found)
    catalogue, lookup, series, screen, explain = (told for _, _, told in found)
    assert "rsi" in catalogue["columns"]["id"]
    assert "period = 14 (2 to " in catalogue["columns"]["parameters"][catalogue["columns"]["id"].index("rsi")]
    point = plain("/v1/symbols/AAPL/at/latest", columns="close,rsi_14")["values"]
    assert lookup["columns"]["rsi_14"] == [near(point["rsi_14"]), None]
    assert "near it: AAPL" in lookup["columns"]["problem"][1]
    told = plain("/v1/symbols/AAPL/indicators/rsi", period=9, limit=5)
    assert series["columns"]["date"] == told["columns"]["date"]
    assert series["columns"]["rsi"] == near(told["columns"]["rsi"])
    assert (series["params"], series["warmup"], series["snapshot"]) == (
        told["params"],
        told["warmup"],
        told["snapshot"],
    )
    assert series["loss"] == {"significant_digits": 6, "rows_shown": 5, "rows": 5}
    assert (screen["universe"], len(screen["columns"]["symbol"])) == (5, 2)
    value = plain("/v1/symbols/AAPL/indicators/rsi", period=9, end="2013-02-28", limit=1)["columns"]["rsi"][0]
    assert explain["value"] == {"date": "2013-02-28", "rsi": near(value)}
    assert explain["definition"]["memory"] == "convergent"
    tables = plain("/v1/snapshots/current")["tables"]
    assert explain["checks"] == {name: sum(one[name] for one in tables) for name in ("checks", "passed")}
    assert (len(explain["columns"]["close"]), explain["columns"]["date"][-1]) == (10, "2013-02-28")


def test_a_budget_is_kept_and_what_is_lost_is_told(ask):
    calls = [
        (tool, {**arguments, "budget_tokens": budget})
        for budget in (400, 1_000, 3_000)
        for tool, arguments in (
            ("series", {**RSI, "limit": 2_000}),
            ("catalogue", {}),
            ("lookup", {"symbols": ["AAPL", "IBM"] * 100, "columns": ["close"]}),
        )
    ]
    for tool, asked in calls:
        is_error, text, told = ask(tool, asked)
        assert not is_error
        assert tokens(text) <= asked["budget_tokens"]
        assert told["loss"]["rows_shown"] == len(next(iter(told["columns"].values())))
        assert tool == "lookup" or tokens(text) > asked["budget_tokens"] / 2
        if tool == "series":
            assert told["loss"]["rows"] == 2_000
            assert 0 < told["loss"]["greatest_error_between_rows_shown"]["rsi"] < 60


MISTAKES = [
    ("premium", "series", {**RSI, "symbol": "APPL"}, {"symbol": "AAPL"}),
    ("premium", "series", {**RSI, "indicator": "rsii"}, {"indicator": "rsi"}),
    ("premium", "series", {**RSI, "params": {"period": 1}}, {"params": {"period": 2}}),
    ("premium", "series", {**RSI, "params": {"perod": 5}}, {"params": {"period": 5}}),
    ("premium", "series", {**RSI, "end": "2031-01-01"}, {"end": "2013-03-01"}),
    ("premium", "series", {**RSI, "start": "2013-02-01", "end": "2013-01-02"}, {"start": "2013-01-02"}),
    ("premium", "lookup", {"symbols": ["IBM"], "columns": ["close", "rsi_144"]}, {"columns": ["close", "rsi_14"]}),
    ("premium", "screen", {"where": "close > 1", "at": "2013-03-02"}, {"at": "2013-03-01"}),
    ("free", "series", {**RSI, "indicator": "sma", "start": "2011-01-03"}, {"start": "2012-12-01"}),
]


@pytest.fixture(scope="module")
def free_tools(started, accounts):
    """An account of its own: what a server has logged is counted again where counters are lost, as tests lose them."""
    with started(accounts.create_key("mcp@example.org", "free").key) as call:
        yield call


def test_an_error_has_a_request_that_is_answered(ask, tools, free_tools):
    for tier, tool, arguments, changed in MISTAKES:
        call = {"premium": tools, "free": free_tools}[tier]
        is_error, _, told = ask(tool, arguments, call)
        assert is_error, arguments
        assert told["problem"]["detail"]
        assert told["corrected"]["tool"] == tool
        better = told["corrected"]["arguments"]
        assert {**better, **changed} == better
        is_error, text, _ = ask(tool, better, call)
        assert not is_error, text


def test_what_nobody_can_put_right_has_no_better_request(ask):
    is_error, _, told = ask("screen", {"where": "close >"})
    assert is_error
    assert told["problem"]["type"] == "/problems/bad-expression"
    assert told["corrected"] is None


def test_arguments_of_another_shape_are_refused(ask):
    is_error, text, _ = ask("series", {"symbol": "AAPL"})
    assert is_error
    assert "indicator" in text


def test_nobody_answers(ask, started, keys):
    with started(keys["premium"], KALPI_URL="http://127.0.0.1:9") as call:
        is_error, text, told = ask("catalogue", {}, call)
    assert is_error
    assert "no answer" in told["problem"]["detail"]
    assert "kalpi_live" not in text


def test_the_key_may_lie_in_the_home(ask, started, accounts, tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "demo-key").write_text(accounts.create_key("home@example.org", "pro").key)
    with started("", KALPI_HOME=str(tmp_path)) as call:
        assert not ask("lookup", {"symbols": ["IBM"], "columns": ["close"]}, call)[0]


def test_no_key_at_all(tmp_path):
    environ = {name: value for name, value in os.environ.items() if name != "KALPI_API_KEY"}
    done = subprocess.run(
        [sys.executable, "-m", "kalpi", "mcp"],
        env={**environ, "KALPI_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "KALPI_API_KEY" in done.stderr
