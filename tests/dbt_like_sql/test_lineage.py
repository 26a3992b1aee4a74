"""A column's lineage is read from the SQL, through common table expressions, windows and joins."""

from pathlib import Path

import pytest

from dbt_like_sql import project
from dbt_like_sql.errors import ProjectError
from dbt_like_sql.lineage import Origin, origins
from dbt_like_sql.model import Model

COLUMNS = {"daily.bars": ("symbol", "date", "close", "volume"), "daily.trend": ("symbol", "date", "sma_50", "sma_200")}


def traced(sql):
    model = Model(
        name="m",
        schema="mart",
        materialized="table",
        sql=sql,
        depends_on=tuple(COLUMNS),
        description="",
        columns=(),
        order=(),
        path=Path("models/m.sql"),
        tests=(),
    )
    return origins(model, COLUMNS)


def sources(sql, column="a"):
    return {(each.from_table, each.from_column) for each in traced(sql) if each.column == column}


def test_an_expression_names_its_columns_and_says_how():
    assert traced("select cast(close * volume as double) as a from daily.bars") == (
        Origin("a", "daily.bars", "close", "bars.close * bars.volume"),
        Origin("a", "daily.bars", "volume", "bars.close * bars.volume"),
    )


def test_an_expression_is_told_where_it_is_computed_and_not_where_it_is_handed_on():
    sql = """
        with moved as (
            select symbol, close / lag(close) over (partition by symbol order by date) - 1 as move from daily.bars
        ),
        handed as (select move as b from moved)
        select cast(b as double) as a from handed
    """
    (origin,) = traced(sql)
    assert (origin.from_table, origin.from_column) == ("daily.bars", "close")
    assert origin.expression == "bars.close / lag(bars.close) - 1"


def test_what_rows_are_joined_filtered_grouped_or_parted_by_is_not_what_a_value_is_computed_from():
    sql = """
        select trend.symbol, cast(max(bars.close) as double) as a
        from daily.trend as trend inner join daily.bars as bars using (symbol, date)
        where trend.sma_50 > 1 group by trend.symbol having min(bars.volume) > 0
    """
    assert sources(sql.replace("trend.symbol, cast", "cast")) == {("daily.bars", "close")}


def test_a_rank_is_computed_from_what_it_is_ordered_by():
    inline = "select cast(rank() over (partition by date order by close) as bigint) as a from daily.bars"
    named = "select cast(row_number() over w as bigint) as a from daily.bars window w as (order by date)"
    assert sources(inline) == {("daily.bars", "close")}
    assert sources(named) == {("daily.bars", "date")}


def test_a_filter_inside_an_aggregate_counts():
    sql = """
        select cast(count(*) filter (where bars.close > trend.sma_200) as bigint) as a
        from daily.bars as bars left join daily.trend as trend using (symbol, date)
    """
    assert sources(sql) == {("daily.bars", "close"), ("daily.trend", "sma_200")}


def test_a_constant_comes_from_nowhere():
    assert traced("select cast(count(*) as bigint) as a from daily.bars") == ()


@pytest.mark.parametrize(
    ("column", "message"), [("bars.sma_9", "can't be traced: Unknown column: sma_9"), ("sma_9", "computed from sma_9")]
)
def test_a_column_that_no_table_has_is_refused(column, message):
    with pytest.raises(ProjectError, match=f"models/m.sql: .*{message}"):
        traced(f"select cast({column} + trend.sma_50 as double) as a from daily.bars as bars, daily.trend as trend")


def test_every_column_of_every_model_is_traced_but_what_counts_rows():
    models = project.load().models
    known = {model.relation: [column.name for column in model.columns] for model in models}
    counted = {
        "mart.drawdowns": {"sessions_below"},
        "mart.market_breadth": {"symbols"},
        "mart.data_quality": {"bars", "superseded_bars"},
        "mart.symbol_summary": {"bars"},
        "intermediate.int_monthly_moments": {"sessions"},
    }
    for model in models:
        own = {each.from_table for each in traced_model(model, known)}
        assert own <= set(model.depends_on)
        untraced = set(known[model.relation]) - {each.column for each in traced_model(model, known)}
        assert untraced == counted.get(model.relation, set()), model.relation


def traced_model(model, known):
    from indicators import stored_columns  # noqa: PLC0415

    bars = ("symbol", "date", "open", "high", "low", "close", "volume", "split_factor", "split_div_factor")
    raw = ("symbol", "date", "ex_date", "kind", "value", "batch")
    outside = {"daily.bars_adjusted": bars, "raw.bars": raw, "raw.actions": raw}
    families = {name: ("symbol", "date", *stored_columns()) for name in model.depends_on if name.startswith("daily.")}
    return origins(model, known | families | outside)
