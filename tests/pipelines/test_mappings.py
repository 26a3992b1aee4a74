"""Files in others' words become bars in ours, as declared; what is not declared is not guessed."""

import gzip
from datetime import date

import polars as pl
import pytest

from pipelines import declaration, ingest, quarantine
from tests.pipelines.frames import bars
from tests.pipelines.poison import BEYOND, comma, parquet
from warehouse.home import Home

OURS = ["symbol", "date", "open", "high", "low", "close", "volume"]


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path)
    made.landing.mkdir()
    return made


def declare(home, text):
    (home.root / "pipeline.toml").write_text(text)


def land(home, name, content):
    (home.landing / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return ingest.take_in(home)[0]


def used(home, kind="bars"):
    return ingest.accepted(home, kind).drop("batch")


@pytest.mark.parametrize("name", ["bars.csv", "bars.csv.gz", "bars.txt"])
def test_csv_in_our_own_words_needs_no_declaration(home, name):
    content = comma(bars())
    taken = land(home, name, gzip.compress(content) if name.endswith("gz") else content)
    assert (taken.outcome, taken.rows) == ("taken", 4), taken
    assert used(home).equals(bars())


def test_a_german_export_is_read_as_declared(home):
    declare(
        home,
        """
        [[landing]]
        files = "kurse_*.csv"
        delimiter = ";"
        decimal = ","
        thousands = "."
        encoding = "latin-1"
        date_format = "%d.%m.%Y"
        symbol_from = "kurse_{symbol}.csv"
        ignore = ["Währung"]
        [landing.columns]
        date = "Datum"
        open = "Erster"
        high = "Hoch"
        low = "Tief"
        close = "Schlusskurs"
        volume = "Stücke"
        """,
    )
    lines = [
        "Datum;Erster;Hoch;Tief;Schlusskurs;Stücke;Währung",
        "02.01.2024;1.234,50;1.240,00;1.230,25;1.239,75;1.000.000;EUR",
        "03.01.2024;1.239,75;1.250,00;1.230,00;1.245,00; ;EUR",
        "04.01.2024;1.240,00;1.250,00;1.230,00;1.245,00;12;EUR",
    ]
    taken = land(home, "kurse_SAP.DE.csv", "\r\n".join([*lines, ""]).encode("latin-1"))
    assert taken.reasons == {"unreadable-volume": 1}
    assert used(home).rows() == [
        ("SAP.DE", date(2024, 1, 2), 1234.5, 1240.0, 1230.25, 1239.75, 1_000_000.0),
        ("SAP.DE", date(2024, 1, 4), 1240.0, 1250.0, 1230.0, 1245.0, 12.0),
    ]


def test_massives_day_files_are_known_by_their_header(home):
    """The columns and the figures of `window_start` are those of the vendor's documentation; midnight in New York."""
    content = (
        "ticker,volume,open,close,high,low,window_start,transactions\n"
        "AAPL,84457122,147.805,150.47,153.14,147.7,1678680000000000000,733111\n"  # 2023-03-13, summer time
        "AAPL,81034528,171.0,171.5,173.0,170.1,1700024400000000000,700000\n"  # 2023-11-15, winter time
        "BRK.A,3000,470000,471000.5,472000,469000,1678680000000000000,2000\n"
    )
    taken = land(home, "2023-03-13.csv.gz", gzip.compress(content.encode()))
    assert (taken.outcome, taken.rows) == ("taken", 3), taken
    assert used(home)["date"].to_list() == [date(2023, 3, 13), date(2023, 11, 15), date(2023, 3, 13)]
    assert used(home).row(2) == ("BRK.A", date(2023, 3, 13), 470000.0, 472000.0, 469000.0, 471000.5, 3000.0)
    assert ingest.batches(home)[0].source == "massive"


def test_bars_that_bring_their_dividends_and_splits_become_two_batches(home):
    declare(
        home,
        """
        [[landing]]
        files = "eod.csv"
        columns = { split = "splitFactor", dividend = "divCash" }
        """,
    )
    frame = bars().with_columns(divCash=pl.Series([0.0, 0.5, 0.0, 0.0]), splitFactor=pl.Series([1.0, 1.0, 0.0, 2.0]))
    taken = land(home, "eod.csv", comma(frame))
    assert (taken.outcome, taken.rows) == ("taken", 6)
    assert used(home).equals(bars())
    assert used(home, "actions").rows() == [
        ("AAA", date(2024, 1, 5), "split", 2.0, "eod.csv"),
        ("AAA", date(2024, 1, 3), "dividend", 0.5, "eod.csv"),
    ]
    assert [(batch.kind, batch.parts) for batch in ingest.batches(home)] == [("actions", 2), ("bars", 2)]
    assert land(home, "again.csv", comma(frame)).outcome == "known"


def test_a_kill_between_the_two_batches_is_made_good_by_the_next_run(home, monkeypatch):
    declare(home, '[[landing]]\nfiles = "eod.csv"\ncolumns = { dividend = "divCash" }')
    frame = bars().with_columns(divCash=pl.Series([0.0, 0.5, 0.0, 0.0]))
    record = ingest.Intake._record
    with monkeypatch.context() as patch:
        patch.setattr(
            ingest.Intake,
            "_record",
            lambda self, batch: (
                record(self, batch) if batch.kind == "actions" else (_ for _ in ()).throw(KeyboardInterrupt)
            ),
        )
        with pytest.raises(KeyboardInterrupt):
            land(home, "eod.csv", comma(frame))
    assert [batch.kind for batch in ingest.batches(home)] == ["actions"]
    (taken,) = ingest.take_in(home)
    assert (taken.outcome, taken.rows) == ("taken", 4)
    assert [batch.kind for batch in ingest.batches(home)] == ["actions", "bars"]
    assert used(home, "actions").height == 1


ZONED = ["2024-01-02T23:30:00-05:00", "2024-01-04T04:30:00Z", "2024-01-04T20:00:00-05:00", "2024-01-06T04:59:59Z"]


def test_times_with_zones_become_the_declared_zones_days(home):
    declare(home, '[[landing]]\nfiles = "*.csv"\ntime_zone = "America/New_York"')
    assert land(home, "a.csv", comma(bars().with_columns(date=pl.Series(ZONED)))).rows == 4
    assert used(home)["date"].to_list() == [date(2024, 1, day) for day in (2, 3, 4, 5)]


def test_typed_times_with_a_zone_become_the_declared_zones_days(home):
    declare(home, '[[landing]]\nfiles = "*.parquet"\ntime_zone = "America/New_York"')
    zoned = bars().with_columns(date=pl.Series(ZONED).str.to_datetime("%+", time_zone="UTC"))
    assert land(home, "a.parquet", parquet(zoned)).rows == 4
    assert used(home)["date"].to_list() == [date(2024, 1, day) for day in (2, 3, 4, 5)]


def test_a_zone_that_only_some_times_bear_is_refused_whatever_is_declared(home):
    declare(home, '[[landing]]\nfiles = "*.csv"\ntime_zone = "America/New_York"')
    mixed = [*ZONED[:3], "2024-01-05T10:00:00"]
    taken = land(home, "a.csv", comma(bars().with_columns(date=pl.Series(mixed))))
    assert taken.reasons == {"mixed-time-zones": 1}


def test_one_zone_that_nobody_declared_is_refused(home):
    utc = [text[:19] + "Z" for text in ZONED]
    assert land(home, "a.csv", comma(bars().with_columns(date=pl.Series(utc)))).reasons == {"zoned-time": 1}


def test_a_file_named_otherwise_than_declared_has_no_symbol(home):
    declare(home, '[[landing]]\nfiles = "*.csv"\nsymbol_from = "{symbol}_daily.csv"')
    assert land(home, "AAPL.csv", comma(bars().drop("symbol"))).reasons == {"no-symbol-in-name": 1}
    assert land(home, "AAPL_daily.csv", comma(bars().drop("symbol"))).rows == 4
    assert set(used(home)["symbol"]) == {"AAPL"}


def test_columns_may_be_ignored_by_name_or_all(home):
    extra = bars().with_columns(vwap=pl.lit(1.0), trades=pl.lit(1))
    declare(home, '[[landing]]\nfiles = "a.*"\nignore = ["vwap"]\n[[landing]]\nfiles = "b.*"\nignore = ["*"]')
    refused = land(home, "a.parquet", parquet(extra))
    assert refused.reasons == {"extra-column": 1}
    assert refused.detail.startswith("trades: nothing declares it")
    assert land(home, "b.parquet", parquet(extra)).rows == 4


def test_the_declared_universe_quarantines_others_or_skips_them(home):
    two = parquet(pl.concat([bars(symbol="AAA"), bars(symbol="ZZZ")]))
    declare(home, '[universe]\nsymbols = ["AAA"]')
    assert land(home, "a.parquet", two).reasons == {"unknown-symbol": 4}
    declare(home, '[universe]\nsymbols = ["AAA"]\nothers = "skip"')
    taken = land(home, "b.parquet", parquet(pl.concat([bars(symbol="AAA"), bars(symbol="YYY")])))
    assert (taken.rows, taken.rejected_rows, taken.skipped_rows) == (4, 0, 4)
    assert set(used(home)["symbol"]) == {"AAA"}


@pytest.mark.parametrize("kind", BEYOND)
def test_days_beyond_all_days_are_told_and_kill_nobody(home, kind):
    taken = land(home, "a.parquet", parquet(BEYOND[kind]))
    assert taken.reasons["unreadable-date"] == 2
    assert used(home)["date"].to_list()[0] == date(2024, 1, 2)


@pytest.mark.parametrize("ticks", [2**62, -(2**62), 10**19])
def test_an_epoch_beyond_all_days_is_told(home, ticks):
    declare(home, '[[landing]]\nfiles = "*.csv"\ndate_format = "epoch_ms"\ntime_zone = "America/New_York"')
    moments = pl.Series([str(ticks), "1704171600000", "1704258000000", "1704344400000"])
    assert land(home, "a.csv", comma(bars().with_columns(date=moments))).reasons == {"unreadable-date": 1}
    assert used(home)["date"].to_list() == [date(2024, 1, day) for day in (2, 3, 4)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("landing = 1", "Expected `array`, got `int` - at `$.landing`"),
        ('[[landing]]\nfile = "x"', "unknown field `file` - at `$.landing[0]`"),
        ('[[landing]]\nfiles = "x"\ndelimiter = "||"', "delimiter '||': one character is needed"),
        ('[[landing]]\nfiles = "x"\nsymbol_from = "x.csv"', "write {symbol} where the symbol stands"),
        ('[[landing]]\nfiles = "x"\ndecimal = ","', "decimal ',' is also the thousands mark or the delimiter"),
        ("[[landing", "pipeline.toml: "),
        ('[universe]\nothers = "drop"', "Invalid enum value 'drop' - at `$.universe.others`"),
    ],
)
def test_a_declaration_that_can_not_be_meant_is_refused_with_its_place(home, text, said):
    declare(home, text)
    (home.landing / "a.parquet").write_bytes(parquet(bars()))
    with pytest.raises(declaration.BadDeclaration) as refused:
        ingest.take_in(home)
    assert said in str(refused.value)
    assert not list(quarantine.entries(home))
    assert len(list(home.landing.iterdir())) == 1
