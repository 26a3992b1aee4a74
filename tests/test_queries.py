"""The example queries and the recipes for analysts run on a published snapshot and answer."""

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.analyst_tools import tool
from tests.world import world  # noqa: F401 - a fixture
from warehouse import snapshots

ROOT = Path(__file__).parents[1]
QUERIES = sorted((ROOT / "docs" / "queries").glob("*.sql"))
ANALYSTS = (ROOT / "docs" / "analysts.md").read_text()
NOTEBOOK = ROOT / "notebooks" / "market.py"


@pytest.fixture(scope="module")
def folder(world):  # noqa: F811
    return world.snapshots / snapshots.current_id(world)


@pytest.fixture(scope="module")
def database(folder):
    with duckdb.connect(str(folder / snapshots.DATABASE), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_answers_its_question(database, path):
    text = path.read_text()
    assert re.match(r"-- [A-Z][^\n]+\?\n", text)
    assert "\n".join(text.splitlines()[1:]) == "\n".join(text.splitlines()[1:]).lower()
    assert database.execute(text).fetchall()


def test_every_query_is_listed_with_its_question():
    assert len(QUERIES) == 15
    for path in QUERIES:
        question = path.read_text().splitlines()[0].removeprefix("-- ")
        assert f"- [{question}](queries/{path.name})" in ANALYSTS


def test_the_years_returns_are_those_of_the_sources_own_adjusted_close(database):
    years = database.execute((ROOT / "docs" / "queries" / "10-calendar-years.sql").read_text()).pl()
    adjusted = pl.read_parquet(ROOT / "tests" / "golden" / "wiki_adjusted_close.parquet")
    last = (
        adjusted.sort("symbol", "date")
        .group_by("symbol", pl.col("date").dt.year().cast(pl.Int64).alias("year"), maintain_order=True)
        .agg(close=pl.col("adjusted_close").last())
        .with_columns(expected=(pl.col("close") / pl.col("close").shift(1) - 1).over("symbol"))
        .drop_nulls("expected")
    )
    both = years.join(last, on=["symbol", "year"])
    assert both.height > 45
    # the source credits a dividend at the close of its ex-date, we at the close before: MSFT's of 2004 was a tenth
    assert both["total_return"].to_list() == pytest.approx(both["expected"].to_list(), abs=2.5e-3)
    without = both.filter(pl.col("symbol").is_in(["GOOG", "FB"]))
    assert without["total_return"].to_list() == pytest.approx(without["expected"].to_list(), rel=1e-9)


def test_the_recipes_run(folder, tmp_path):
    """Each Python block of the page, as it stands there, beside a `kalpi` that tells where the snapshot is."""
    code = re.findall(r"```python\n(.*?)```", ANALYSTS, flags=re.DOTALL)
    assert len(code) >= 3
    environment = os.environ | {"KALPI_WAREHOUSE": str(folder / snapshots.DATABASE)}
    for block in code:
        done = subprocess.run(
            [sys.executable, "-c", block], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"


@pytest.mark.slow
def test_the_notebook_runs_without_a_browser_and_says_what_the_warehouse_says(folder, database, tmp_path):
    script = f"""
import sys
sys.path.insert(0, {str(NOTEBOOK.parent)!r})
import market
outputs, found = market.app.run()
found["latest"].write_parquet("latest.parquet")
found["falls"].write_parquet("falls.parquet")
assert len([one for one in outputs if one is not None]) > 5
print(found["through"])
"""
    done = subprocess.run(
        [tool("python"), "-c", script],
        cwd=tmp_path,
        env=os.environ | {"KALPI_WAREHOUSE": str(folder / snapshots.DATABASE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(dt.date(2013, 3, 1))
    latest = pl.read_parquet(tmp_path / "latest.parquet")
    assert dict(latest.select("symbol", "close").rows())["AAPL"] == 430.47
    (deepest,) = database.execute("select min(depth) from mart.drawdowns").fetchone()
    assert pl.read_parquet(tmp_path / "falls.parquet")["depth"].min() == deepest
