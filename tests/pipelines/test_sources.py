"""Each source on recorded answers over real HTTP, with the faults that the real ones have."""

import gzip
import hashlib
import os
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import polars as pl
import pytest

from pipelines import declaration, fetching, ingest, quarantine, steps
from pipelines.calendar import sessions
from pipelines.sources.alpha_vantage import AlphaVantage
from pipelines.sources.client import Client, Patience
from pipelines.sources.faults import Refused, Stopped
from pipelines.sources.generator import Generator
from pipelines.sources.massive import Massive
from pipelines.sources.tiingo import Tiingo
from pipelines.sources.yahoo import Day, Yahoo, as_traded
from tests.pipelines.answers import (
    ALPHA_VANTAGE,
    NO_SYMBOL,
    NOTE,
    PAGE,
    SPARINGLY,
    SPENT,
    TIINGO,
    Answer,
    Bucket,
    recorded,
    serving,
)
from warehouse.home import Home
from warehouse.work import WorkStore

ROOT = Path(__file__).parents[2]
START, END = date(2020, 8, 27), date(2020, 8, 31)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def client(self, per_minute=6_000, **patience):
        return Client(per_minute, Patience(**patience), sleep=self.sleep, clock=lambda: self.now)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    monkeypatch.setenv("TIINGO_API_KEY", "hush")
    monkeypatch.setenv("ALPHAVANTAGE_API_KEY", "hush")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def tiingo(server, **settings):
    return Tiingo(url=server.url, **settings)


def fetched(source, clock, symbols=("AAPL",), **patience):
    return list(fetching.fetch(source, symbols, START, END, client=clock.client(**patience)))


def test_tiingo_is_asked_as_documented_and_gives_arrow_with_its_origin(clock):
    with recorded(Answer(TIINGO)) as server:
        (answer,) = fetched(tiingo(server), clock)
        ((path, headers),) = server.asked
    asked = urlsplit(path)
    assert asked.path == "/tiingo/daily/AAPL/prices"
    assert parse_qs(asked.query) == {"startDate": ["2020-08-27"], "endDate": ["2020-08-31"], "format": ["csv"]}
    assert headers["Authorization"] == "Token hush"
    assert "hush" not in path
    assert answer.source == "tiingo"
    assert datetime.now(UTC) - answer.fetched_at < timedelta(minutes=1)
    assert answer.sha256 == hashlib.sha256(TIINGO.encode()).hexdigest()
    table = pl.from_arrow(answer.table())
    assert table.columns == ["symbol", "date", "open", "high", "low", "close", "volume"]
    assert table.row(2) == ("AAPL", date(2020, 8, 31), 127.58, 131.0, 126.0, 129.04, 223505733.0)


def test_what_tiingo_says_lands_as_it_came_with_its_splits(home, clock):
    with recorded(Answer(TIINGO)) as server:
        source = tiingo(server)
        outcome = fetching.deliver(home, source, source.requests(("AAPL",), START, END), client=clock.client())
    (path,) = outcome.landed
    assert path.read_text() == TIINGO
    record = fetching.record_of(home, path.name)
    (taken,) = ingest.take_in(home)
    assert (taken.outcome, taken.rows, taken.reasons) == ("taken", 4, {})
    actions, bars = ingest.batches(home)
    assert bars.source == actions.source == "tiingo"
    assert bars.fetched_at == record.fetched_at
    assert bars.sha256 == record.sha256
    assert ingest.accepted(home, "actions").drop("batch").rows() == [("AAPL", END, "split", 4.0, "tiingo")]


def test_alpha_vantage_is_asked_as_documented(home, clock):
    with recorded(Answer(ALPHA_VANTAGE)) as server:
        source = AlphaVantage(url=server.url)
        fetching.deliver(home, source, source.requests(("BRK.B",), START, END), client=clock.client())
        ((path, _),) = server.asked
    assert parse_qs(urlsplit(path).query) == {
        "function": ["TIME_SERIES_DAILY"],
        "symbol": ["BRK.B"],
        "outputsize": ["compact"],
        "datatype": ["csv"],
        "apikey": ["hush"],
    }
    assert ingest.take_in(home)[0].rows == 2
    assert set(ingest.accepted(home, "bars")["symbol"]) == {"BRK.B"}


PASSING = {
    "a spent minute": Answer("", 429, Retry_After="7"),
    "a server that is down": Answer(PAGE, 503),
    "a page with status 200": Answer(PAGE),
    "a body cut off": Answer(TIINGO, cut=100),
    "nothing": Answer(""),
}


@pytest.mark.parametrize("case", PASSING)
def test_what_passes_is_asked_again(clock, case):
    with recorded(PASSING[case], Answer(TIINGO)) as server:
        (answer,) = fetched(tiingo(server), clock)
        assert len(server.asked) == 2
    assert answer.content.decode() == TIINGO
    wait = clock.slept[0]
    assert wait == 7 if "minute" in case else 0.5 <= wait <= 1


def test_waits_double_with_jitter_and_end(clock):
    with recorded(Answer(PAGE, 500)) as server:
        with pytest.raises(Stopped, match="answered 500; asked 4 times"):
            fetched(tiingo(server), clock, tries=4, first_seconds=2.0)
        assert len(server.asked) == 4
    waits = [seconds for seconds in clock.slept if seconds > 0.1]
    assert all(base / 2 <= wait <= base for base, wait in zip((2, 4, 8), waits, strict=True)), waits


def test_a_retry_after_may_be_a_date_and_may_be_too_long(clock):
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    with recorded(Answer("", 429, Retry_After=later)) as server:
        with pytest.raises(Stopped, match=r"answered 429; it asks to wait 7\d\d\d s"):
            fetched(tiingo(server), clock)
        assert len(server.asked) == 1
    assert clock.slept == []


@pytest.mark.parametrize("prose", [SPARINGLY, NOTE])
def test_alpha_vantages_prose_about_the_pace_is_waited_out(clock, prose):
    with recorded(Answer(prose), Answer(ALPHA_VANTAGE)) as server:
        (answer,) = fetched(AlphaVantage(url=server.url), clock)
    assert answer.content.decode() == ALPHA_VANTAGE


def test_alpha_vantages_spent_day_stops_and_tells_no_key(clock):
    with recorded(Answer(SPENT)) as server:
        with pytest.raises(Stopped, match="25 requests per day") as stopped:
            fetched(AlphaVantage(url=server.url), clock)
        assert len(server.asked) == 1
    assert "hush" not in str(stopped.value)


def test_alpha_vantages_unknown_symbol_is_refused_at_once(clock):
    with recorded(Answer(NO_SYMBOL)) as server, pytest.raises(Refused, match="Invalid API call"):
        fetched(AlphaVantage(url=server.url), clock)


def test_a_wrong_key_stops_and_a_dead_line_names_no_parameters(clock):
    with recorded(Answer("{}", 401)) as server, pytest.raises(Stopped, match="answered 401: the key is not accepted"):
        fetched(tiingo(server), clock)
    with pytest.raises(Stopped, match=r"/query: ConnectError; asked 2 times") as stopped:
        fetched(AlphaVantage(url="http://127.0.0.1:1"), clock, tries=2)
    assert "hush" not in str(stopped.value)


def test_a_key_that_the_environment_lacks_is_named(clock, monkeypatch):
    monkeypatch.delenv("TIINGO_API_KEY")
    with recorded(Answer(TIINGO)) as server, pytest.raises(Stopped, match="the environment has no TIINGO_API_KEY"):
        fetched(tiingo(server), clock)


def test_requests_keep_the_sources_pace(clock):
    with recorded(Answer(TIINGO)) as server:
        source = tiingo(server)
        answers = fetching.fetch(source, ("A", "B", "C"), START, END, client=clock.client(per_minute=30))
        assert len(list(answers)) == 3
    assert clock.slept == [2.0, 2.0]


def test_a_fetch_that_was_cut_off_goes_on_where_it_was(home, clock):
    with recorded(Answer(TIINGO), Answer("", 404), Answer("", 401), Answer(TIINGO)) as server:
        source = tiingo(server)
        requests = source.requests(("A", "B", "C"), START, END)
        with pytest.raises(Stopped):
            fetching.deliver(home, source, requests, client=clock.client())
        assert [path.name.split("--")[1] for path in home.landing.iterdir()] == ["A"]
        told = []
        outcome = fetching.deliver(
            home, source, requests, client=clock.client(), progress=lambda *step: told.append(step)
        )
        assert (len(outcome.landed), outcome.before, outcome.refused) == (2, 1, {})
        assert [done for _, done, _ in told] == [0, 1, 2]
        asked = [path.split("/")[3] for path, _ in server.asked]
        assert asked == ["A", "B", "C", "B", "C"]
        outcome = fetching.deliver(home, source, requests[:1], client=clock.client(), again=True)
        assert len(outcome.landed) == 1


def test_a_symbol_that_is_refused_keeps_no_other_back(home, clock):
    with recorded(Answer("", 404), Answer(TIINGO)) as server:
        source = tiingo(server)
        outcome = fetching.deliver(home, source, source.requests(("NOPE", "AAPL"), START, END), client=clock.client())
    assert list(outcome.refused) == ["NOPE"]
    assert len(outcome.landed) == 1


MASSIVE = (
    "ticker,volume,open,close,high,low,window_start,transactions\n"
    "AAPL,84457122,147.8,150.4,153.1,147.7,1678680000000000000,7\n"
)


def test_massives_day_files_come_from_a_folder_that_mirrors_them(home, clock, tmp_path):
    mirror = tmp_path / "mirror"
    (mirror / "2023" / "03").mkdir(parents=True)
    (mirror / "2023" / "03" / "2023-03-13.csv.gz").write_bytes(gzip.compress(MASSIVE.encode()))
    source = Massive(url=str(mirror))
    requests = source.requests((), date(2023, 3, 11), date(2023, 3, 14))
    outcome = fetching.deliver(home, source, requests, client=clock.client())
    assert [path.name for path in outcome.landed] == ["massive--2023-03-13.csv.gz"]
    assert list(outcome.refused) == ["massive--2023-03-14.csv.gz"]  # not there yet
    assert ingest.take_in(home)[0].rows == 1
    with pytest.raises(Refused, match="hold all symbols"):
        source.requests(("AAPL",), START, END)


def test_massives_day_files_come_from_its_bucket(clock, monkeypatch):
    monkeypatch.setenv("MASSIVE_ACCESS_KEY", "key")
    monkeypatch.setenv("MASSIVE_SECRET_KEY", "hush")
    path = "flatfiles/us_stocks_sip/day_aggs_v1/2023/03/2023-03-13.csv.gz"
    with serving(Bucket({path: gzip.compress(MASSIVE.encode())})) as server:
        source = Massive(endpoint=server.url)
        (answer,) = fetching.fetch(source, (), date(2023, 3, 13), date(2023, 3, 13), client=clock.client())
        assert pl.from_arrow(answer.table()).row(0) == (
            "AAPL",
            date(2023, 3, 13),
            147.8,
            153.1,
            147.7,
            150.4,
            84457122.0,
        )
        with pytest.raises(Refused, match=r"there is no .*2023-03-14.csv.gz yet"):
            list(fetching.fetch(source, (), date(2023, 3, 14), date(2023, 3, 14), client=clock.client()))
        monkeypatch.setenv("MASSIVE_ACCESS_KEY", "another")
        with pytest.raises(Stopped, match="the keys are not accepted") as stopped:
            list(fetching.fetch(source, (), date(2023, 3, 13), date(2023, 3, 13), client=clock.client()))
    assert "hush" not in str(stopped.value)


def test_yahoos_prices_are_put_back_to_what_was_traded():
    """Apple's split of 31 August 2020, four for one: traded at 499.23 the day before (Tiingo's own figures above)."""
    days = [
        Day(date(2020, 8, 7), 113.205, 113.675, 110.2925, 111.1125, 198045600, dividend=0.205),
        Day(date(2020, 8, 28), 126.0125, 126.4425, 124.5775, 124.8075, 187629916),
        Day(date(2020, 8, 31), 127.58, 131.0, 126.0, 129.04, 223505733, split=4.0),
        Day(date(2020, 9, 1), 132.76, 134.8, 130.53, 134.18, 151948000),
    ]
    (request,) = Yahoo().requests(("AAPL",), date(2020, 8, 1), date(2020, 8, 31))
    assert as_traded(days, request).decode().splitlines() == [
        "date,open,high,low,close,volume,dividend,split",
        "2020-08-07,452.82,454.7,441.17,444.45,49511400,0.82,0.0",
        "2020-08-28,504.05,505.77,498.31,499.23,46907479,0.0,0.0",
        "2020-08-31,127.58,131.0,126.0,129.04,223505733,0.0,4.0",
    ]


def test_yahoos_file_is_taken_in(home, clock, monkeypatch):
    split = Day(END, 127.58, 131.0, 126.0, 129.04, 2e8, split=4.0)
    monkeypatch.setattr("pipelines.sources.yahoo.history", lambda _: [split])
    source = Yahoo()
    fetching.deliver(home, source, source.requests(("^GSPC",), START, END), client=clock.client())
    assert ingest.take_in(home)[0].rows == 2
    assert set(ingest.accepted(home, "bars")["symbol"]) == {"^GSPC"}


def test_the_synthetic_universe_is_the_same_whenever_it_is_fetched(home, clock):
    source = Generator(size=3)
    for start, end in ((date(2024, 1, 1), date(2024, 6, 28)), (date(2024, 7, 1), date(2024, 12, 31))):
        fetching.deliver(home, source, source.requests((), start, end), client=clock.client())
    taken = ingest.take_in(home)
    assert {each.outcome for each in taken} == {"taken"}
    assert sum(each.rejected_rows for each in taken) == 0
    halves = ingest.accepted(home, "bars").drop("batch").sort("symbol", "date")
    (whole,) = [
        answer.table()
        for answer in fetching.fetch(source, (), date(2024, 1, 1), date(2024, 12, 31), client=clock.client())
        if "-bars--" in answer.request.file
    ]
    assert halves.equals(pl.from_arrow(whole).sort("symbol", "date"))


def test_what_is_due_is_what_is_not_there_yet_up_to_the_last_session_that_ended(home):
    source = Tiingo(symbols=("AAA", "NEW"), start=date(2024, 1, 1))
    home.landing.mkdir()
    days = sessions(date(2024, 1, 2), date(2024, 1, 5))
    flat = dict.fromkeys(("open", "high", "low", "close", "volume"), 1.0)
    frame = pl.DataFrame({"symbol": "AAA", "date": days, **flat})
    frame.write_parquet(home.landing / "a.parquet")
    ingest.take_in(home)
    steps.raw_bars(WorkStore(home))
    steps.daily_bars(WorkStore(home))

    def asked(now):
        return [(each.symbol, each.start, each.end) for each in fetching.due(home, source, now=now)]

    monday = datetime(2024, 1, 8, 21, 0, tzinfo=UTC)
    assert asked(monday) == [
        ("AAA", date(2024, 1, 6), date(2024, 1, 8)),
        ("NEW", date(2024, 1, 1), date(2024, 1, 8)),
    ]
    assert asked(monday - timedelta(minutes=1)) == [("NEW", date(2024, 1, 1), date(2024, 1, 5))]
    with pytest.raises(Stopped, match="no bar of NEW yet: declare a start"):
        fetching.due(home, msgspec.structs.replace(source, start=None), now=monday)


def declared(home, text):
    (home.root / "pipeline.toml").write_text(text)
    return declaration.load(home).sources.enabled()


def test_sources_are_off_until_they_are_declared(home):
    assert declared(home, "") == {}
    found = declared(home, '[sources.tiingo]\nsymbols = ["AAPL"]\nstart = 2020-01-01\n[sources.synthetic]\nsize = 5')
    assert list(found) == ["tiingo", "synthetic"]
    assert found["tiingo"].start == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[sources.tiingo]\nkey = "0123456789abcdef"', r"matching regex '^env:"),
        ("[sources.stooq]", "unknown field `stooq`"),
        ("[sources.tiingo]\nper_minute = 0", "Expected `int` >= 1 - at `$.sources.tiingo.per_minute`"),
    ],
)
def test_a_key_in_the_file_and_an_unknown_source_are_refused(home, text, said):
    with pytest.raises(declaration.BadDeclaration) as refused:
        declared(home, text)
    assert said in str(refused.value)


def test_a_page_that_was_dropped_into_landing_under_a_sources_name_is_quarantined(home):
    home.landing.mkdir()
    (home.landing / "tiingo--AAPL--2020-08-27--2020-08-31.csv").write_text(PAGE)
    assert ingest.take_in(home)[0].reasons == {"html-page": 1}
    assert len(list(quarantine.entries(home))) == 1


@pytest.mark.slow
def test_a_declared_source_becomes_an_asset_with_a_schedule_and_a_partition_for_each_session(home):
    (home.root / "pipeline.toml").write_text(
        '[calendars]\nsymbols = { "X*" = "XLON" }\n[sources.synthetic]\nsize = 2\nstart = 2024-01-02\n'
    )
    told = """
        from datetime import UTC, datetime
        import dagster as dg
        from pipelines.definitions import defs
        graph = defs.resolve_asset_graph()
        node = graph.get(dg.AssetKey(["source", "synthetic"]))
        schedule = defs.resolve_schedule_def("fetch_synthetic_daily")
        job = defs.resolve_job_def("fetch_synthetic")
        refreshed = defs.resolve_job_def("refresh").asset_layer.selected_asset_keys
        print(node.group_name, schedule.default_status.value, node.key in refreshed)
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_schedule_context(instance, scheduled_execution_time=datetime(2024, 1, 9, tzinfo=UTC))
            request = schedule(context)
            print(*(request.tags[f"dagster/asset_partition_range_{side}"] for side in ("start", "end")))
            done = job.execute_in_process(instance=instance, tags=request.tags)
            made = done.asset_materializations_for_node("source__synthetic")
            print(done.success, made[0].metadata["landed"].value, *(each.partition for each in made))
            again = job.execute_in_process(instance=instance, partition_key="2024-01-05")
            (made,) = again.asset_materializations_for_node("source__synthetic")
            print(made.partition, made.metadata["landed"].value)
    """
    environment = {**os.environ, "KALPI_HOME": str(home.root)}
    argv = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(told)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    assert done.stdout.splitlines() == [
        "sources RUNNING False",
        "2024-01-02 2024-01-08",
        "True 1 2024-01-02 2024-01-03 2024-01-04 2024-01-05 2024-01-08",
        "2024-01-05 1",
    ], done.stderr[-2000:]
    assert len(list(home.landing.iterdir())) == 2
