"""The analysts' file of a published snapshot: everything in it is described, and its views say what its tables say."""

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dbt_like_sql import project
from pipelines import steps
from tests.world import world  # noqa: F401 - a fixture
from warehouse import snapshots

MODELS = project.load().models
KEY = ["symbol", "date"]


@pytest.fixture(scope="module")
def database(world):  # noqa: F811
    path = world.snapshots / snapshots.current_id(world) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def asked(database, sql):
    return database.execute(sql).pl()


def test_everything_bears_a_comment(database):
    undescribed = """
        select table_name from duckdb_tables() where comment is null
        union all select view_name from duckdb_views() where not internal and comment is null
        union all select table_name || '.' || column_name from duckdb_columns() where not internal and comment is null
    """
    assert database.execute(undescribed).fetchall() == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.relation)
def test_a_model_runs_as_pasted_into_a_shell_on_the_file(database, model):
    pasted, kept = asked(database, model.sql), asked(database, f"from {model.relation}")
    assert_frame_equal(pasted, kept, check_row_order=model.materialized != "view", check_exact=True)


def test_the_wide_view_has_every_column_of_the_bars_and_the_families(database):
    wide = asked(database, "from daily.wide order by symbol, date")
    expected = asked(database, "from daily.bars_adjusted")
    for family in steps.FAMILIES:
        expected = expected.join(asked(database, f"from daily.{family}"), on=KEY, maintain_order="left")
    assert_frame_equal(wide, expected, check_column_order=False, check_exact=True)


@pytest.mark.parametrize("family", steps.FAMILIES)
def test_a_long_view_has_a_row_for_each_value(database, family):
    expected = asked(database, f"from daily.{family}").unpivot(index=KEY, variable_name="indicator").drop_nulls("value")
    found = asked(database, f"from daily.{family}_long")
    assert_frame_equal(found, expected, check_row_order=False, check_exact=True)


def test_each_schema_of_indicators_has_its_views(database):
    views = "select schema_name, list(view_name) from duckdb_views() where not internal group by all"
    found = {schema: set(names) for schema, names in database.execute(views).fetchall()}
    families = "select distinct table_schema from information_schema.tables where table_name = 'momentum'"
    for (schema,) in database.execute(families).fetchall():
        assert {"wide", *(f"{family}_long" for family in steps.FAMILIES)} <= found[schema]


def test_the_staging_models_are_views(database):
    views = {
        f"{schema}.{name}"
        for schema, name in database.execute(
            "select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
    }
    assert {model.relation for model in MODELS if model.materialized == "view"} <= views


@pytest.mark.check(3)
def test_nothing_is_written_to_it(database):
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        database.execute("create table meta.mine as select 1 as a")


def test_the_sample_s_numbers_are_those_of_the_sample(database):
    apple = pl.read_parquet("data/sample/bars.parquet").filter(pl.col("symbol") == "AAPL").sort("date")
    found = asked(database, "from daily.bars where symbol = 'AAPL' order by date")
    assert_frame_equal(found.select("date", "close"), apple.select("date", "close"))
