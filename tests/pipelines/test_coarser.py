import shutil

import dagster as dg
import pytest

from pipelines import steps
from pipelines.assets import key
from pipelines.defs import coarser
from pipelines.warehouse_resource import Warehouse
from tests.world import world  # noqa: F401 - a fixture
from warehouse.intervals import COARSER


@pytest.fixture
def home(world, tmp_path):  # noqa: F811
    shutil.copytree(world.work, tmp_path / "work")
    return str(tmp_path)


def test_any_table_of_an_interval_can_be_made_alone(home):
    wanted = {key("weekly.trend"), key("monthly.bars")}
    done = dg.materialize(coarser.assets, selection=list(wanted), resources={"warehouse": Warehouse(home=home)})
    assert {event.asset_key for event in done.get_asset_materialization_events()} == wanted


def test_every_table_is_an_asset_in_its_intervals_group():
    for interval, assets in zip(COARSER, coarser.assets, strict=True):
        tables = {key(step.table.name) for step in (*steps.resampling(interval), *steps.families(interval))}
        assert {spec.key for spec in assets.specs if spec.group_name == interval.schema} == tables
