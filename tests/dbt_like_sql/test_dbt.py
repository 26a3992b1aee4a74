"""dbt itself, on the same published bars, gives the tables that Kalpi gives, when made and when brought up to date."""

import os
import shutil
import subprocess

import duckdb
import pytest
from polars.testing import assert_frame_equal

from dbt_like_sql import project
from tests.analyst_tools import tool
from tests.world import world  # noqa: F401 - a fixture
from warehouse import snapshots

pytestmark = pytest.mark.slow
MODELS = project.load().models
OFFLINE = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}


@pytest.fixture
def published(world):  # noqa: F811
    return world.snapshots / snapshots.current_id(world) / snapshots.DATABASE


@pytest.fixture
def copy(published, tmp_path):
    """The snapshot without the models' tables."""
    path = tmp_path / "copy.duckdb"
    shutil.copyfile(published, path)
    with duckdb.connect(str(path)) as connection:
        for schema in {model.schema for model in MODELS}:
            connection.execute(f"drop schema {schema} cascade")
    return path


def build(copy, *words):
    """Run every model and data test with dbt, and return where its files are."""
    target = copy.parent / "target"
    options = ["--profiles-dir", ".", "--target-path", str(target), "--log-path", str(copy.parent / "logs")]
    done = subprocess.run(
        [tool("dbt"), "--no-version-check", "build", *options, *words],
        cwd=project.ROOT,
        env=os.environ | OFFLINE | {"KALPI_DBT_DUCKDB": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    tests = sum(len(model.tests) for model in MODELS)
    assert f"PASS={len(MODELS) + tests} WARN=0 ERROR=0 SKIP=0" in done.stdout
    return target


def rows(path, model):
    order = ", ".join(model.key)
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(f"from {model.relation} order by {order}").pl()


def differing(copy, published):
    differing = []
    for model in MODELS:
        try:
            assert_frame_equal(rows(copy, model), rows(published, model), check_exact=True)
        except AssertionError as ex:
            differing.append(f"{model.relation}: {ex}")
    return differing


def test_dbt_gives_the_same_tables(copy, published):
    build(copy)
    assert differing(copy, published) == []
    with duckdb.connect(str(copy), read_only=True) as connection:
        views = connection.execute("select schema_name || '.' || view_name from duckdb_views()").fetchall()
    assert {model.relation for model in MODELS if model.materialized == "view"} <= {name for (name,) in views}


def test_dbt_brings_tables_up_to_date_as_they_are_made_from_nothing(copy, published):
    older = """
        create table kept as select * from daily.momentum;
        delete from daily.bars_adjusted where date = (select max(date) from daily.bars);
        update daily.momentum set rsi_14 = 100 - rsi_14 where date = '2010-03-01';
    """
    newer = f"""
        attach '{published}' as published (read_only);
        insert into daily.bars_adjusted
            from published.daily.bars_adjusted where date = (select max(date) from published.daily.bars);
        update daily.momentum as falsified set rsi_14 = kept.rsi_14
            from kept where kept.symbol = falsified.symbol and kept.date = falsified.date and kept.date = '2010-03-01';
    """
    with duckdb.connect(str(copy)) as connection:
        connection.execute(older)
    target = build(copy)
    assert any("mart.ranks" in told for told in differing(copy, published))
    with duckdb.connect(str(copy)) as connection:
        connection.execute(newer)
    build(copy)
    assert "changed as (" in (target / "compiled" / "kalpi" / "models" / "marts" / "ranks.sql").read_text()
    assert differing(copy, published) == []
