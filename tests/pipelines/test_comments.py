"""What the analysts' file says of a stored column: all that the catalogue does."""

import duckdb

import indicators
from tests.world import world  # noqa: F401 - a fixture
from warehouse import snapshots


def test_every_stored_column_is_told_of(world):  # noqa: F811
    path = world.snapshots / snapshots.current_id(world) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'daily' and comment is not null"
        ).fetchall()
    comments = dict(rows)
    for name, (indicator, place) in indicators.stored_columns().items():
        told, output = indicators.describe(type(indicator)), indicator.outputs[place]
        for text in (told.title, output.description, told.formula or "", told.source, told.memory, f"[{output.unit}]"):
            assert text in comments[name], name
        assert f"first {indicator.lookback()} bars" in comments[name]
        assert all(f"{key} {value}" in comments[name] for key, value in indicator.params().items())
