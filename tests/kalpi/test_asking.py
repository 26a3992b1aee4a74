"""`kalpi warehouse sql` and `export` give a snapshot's rows in every format, and change nothing."""

import datetime as dt
import json
import re

import polars as pl
import pytest
from click.testing import Result
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from kalpi.cli import app
from tests.world import SAMPLE
from warehouse import snapshots

LAST = "select symbol, date, close from daily.bars where date >= '2013-02-28' order by symbol, date"
READ = {"csv": pl.read_csv, "parquet": pl.read_parquet, "arrow": pl.read_ipc, "json": pl.read_json}


@pytest.fixture(autouse=True)
def published(world, monkeypatch):
    monkeypatch.setenv("KALPI_HOME", str(world.root))


def kalpi(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ("warehouse", *words), input=given)


def sample():
    bars = pl.read_parquet(SAMPLE / "bars.parquet").filter(pl.col("date") >= dt.date(2013, 2, 28))
    return bars.sort("symbol", "date").select("symbol", "date", "close")


@pytest.mark.parametrize("form", READ)
def test_the_rows_are_the_samples_in_every_format(tmp_path, form):
    out = tmp_path / f"rows.{form}"
    done = kalpi("sql", LAST, "--format", form, "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    found = READ[form](out)
    if found.schema["date"] == pl.String:
        found = found.with_columns(pl.col("date").str.to_date())
    assert_frame_equal(found, sample())
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_the_screen_shows_a_table_and_standard_output_takes_the_rest():
    shown = kalpi("sql", LAST).stdout
    assert "AAPL" in shown
    assert "430.47" in shown
    assert len(json.loads(kalpi("sql", LAST, "--format", "json").stdout)) == sample().height
    assert kalpi("sql", "-", "--format", "csv", given="select 1 as a").stdout == '"a"\n1\n'


def test_a_long_answer_is_cut_on_the_screen_and_says_so():
    shown = kalpi("sql", "select range as n from range(60)").stdout
    assert "the first 50 rows" in shown
    assert "│ 49 │" in shown
    assert "│ 50 │" not in shown


def test_what_json_does_not_know_is_null():
    told = kalpi(
        "sql", "select 'nan'::double as a, 'inf'::double as b, null as c, interval 1 day as d", "--format", "json"
    )
    (row,) = json.loads(told.stdout)
    assert [row["a"], row["b"], row["c"]] == [None, None, None]


def test_a_named_snapshot_is_asked(world):
    served = snapshots.current_id(world)
    assert kalpi("sql", "select 1 as a", "--snapshot", served, "--format", "csv").stdout == '"a"\n1\n'
    refused = kalpi("sql", "select 1", "--snapshot", "20200101T000000Z-abcdef")
    assert refused.exit_code == 2
    assert f"kept: {served}" in refused.stderr


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("drop table daily.bars", "ask one statement that answers with rows"),
        ("create temp table mine as select 1", "ask one statement that answers with rows"),
        ("insert into mart.returns from mart.returns", "ask one statement that answers with rows"),
        ("copy mart.returns to 'mine.csv'", "ask one statement that answers with rows"),
        ("select 1; select 2", "ask one statement that answers with rows"),
        ("set enable_external_access = true", "ask one statement that answers with rows"),
        ("", "ask one statement that answers with rows"),
        ("from read_text('/etc/hostname')", "file system operations are disabled"),
        ("from '/etc/hostname'", "file system operations are disabled|does not exist"),
        ("select nothing from mart.returns", '"nothing" not found'),
        ("selekt 1", "syntax error"),
    ],
)
def test_a_query_reads_the_snapshot_and_nothing_else(query, said):
    done = kalpi("sql", query)
    assert done.exit_code == 2
    assert re.search(said, done.stderr)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sql", "select 1", "--format", "xlsx"), "allowed: table, csv, json, parquet, arrow"),
        (("sql", "select 1", "--out", "a.csv"), "--format table is not known for a.csv; allowed: csv, json"),
        (("sql", "select [1] as a", "--format", "csv"), "csv can't hold these rows"),
        (("export", "mart.retuns"), "no table or view 'mart.retuns' in this snapshot; near it: mart.returns"),
        (("export", "mart.returns", "--format", "table"), "--format table is not known"),
        (("export", "mart.returns", "--out", "no-such-folder/a.parquet"), "no-such-folder"),
    ],
)
def test_what_can_t_be_done_is_refused_in_a_sentence(words, said):
    done = kalpi(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("table", ["raw.actions", "daily.wide", "daily.volatility_long", "meta.lineage"])
def test_a_table_or_a_view_is_exported_whole(tmp_path, monkeypatch, table):
    monkeypatch.chdir(tmp_path)
    done = kalpi("export", table)
    assert done.stdout == f"{table}.parquet\n", done.stderr
    (counted,) = json.loads(kalpi("sql", f"select count(*) as n from {table}", "--format", "json").stdout)
    assert pl.read_parquet(tmp_path / f"{table}.parquet").height == counted["n"] > 0


def test_a_file_that_was_there_stays_when_an_export_fails(tmp_path):
    out = tmp_path / "rows.csv"
    out.write_text("mine")
    assert kalpi("sql", "select [1] as a", "--format", "csv", "--out", str(out)).exit_code == 2
    assert out.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]
