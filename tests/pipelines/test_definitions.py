from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml

from dbt_like_sql import project
from pipelines import automation
from pipelines.definitions import defs
from pipelines.steps import FAMILIES
from pipelines.warehouse_resource import Warehouse
from warehouse.intervals import COARSER

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def graph():
    return defs.resolve_asset_graph()


def test_the_graph_reads_as_the_data_flows(graph):
    def upstream(*path):
        return {".".join(key.path) for key in graph.get(dg.AssetKey(path)).parent_keys}

    assert upstream("daily", "bars") == {"raw.bars"}
    assert upstream("daily", "bars_adjusted") == {"daily.bars", "raw.actions"}
    assert all(upstream("daily", family) == {"daily.bars_adjusted"} for family in FAMILIES)
    for each in (interval.schema for interval in COARSER):
        assert upstream(each, "bars") == {"daily.bars"}
        assert upstream(each, "bars_adjusted") == {"daily.bars_adjusted"}
        assert all(upstream(each, family) == {f"{each}.bars_adjusted"} for family in FAMILIES)
    assert "daily.trend" in upstream("mart", "latest_values")
    assert {"mart.latest_values", "daily.trend", "daily.bars", "weekly.trend", "monthly.bars"} <= upstream("snapshot")


def test_every_asset_has_a_group_a_description_and_an_owner(graph):
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name != "default", key
        assert node.description, key
        assert node.owners, key


def test_what_is_checked_blocks(graph):
    checks = [spec for key in graph.asset_check_keys if (spec := graph.get_check_spec(key))]
    of_bars = [check for check in checks if check.asset_key == dg.AssetKey(["daily", "bars"])]
    assert len(of_bars) > 15
    told = {"actions_usable", "leaps_explained", "complete", "fresh"}
    assert {check.name for check in checks if not check.blocking} == told


def test_one_model_can_be_made_alone():
    (models,) = [each for each in defs.assets if isinstance(each, dg.AssetsDefinition) and each.op.name == "sql_models"]
    assert models.can_subset
    assert len(models.keys) == len(project.load().models)


def test_the_workspace_names_the_definitions():
    (entry,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    assert entry["python_module"]["module_name"] == "pipelines.definitions"


def test_schedule_and_sensor_are_on_by_default():
    assert automation.after_the_close.default_status == dg.DefaultScheduleStatus.RUNNING
    assert automation.landing.default_status == dg.DefaultSensorStatus.RUNNING


@pytest.mark.parametrize(
    ("day", "runs"),
    [("2024-07-03", True), ("2024-07-04", False), ("2024-11-29", True), ("2025-01-09", False), ("2024-03-29", False)],
)
@pytest.mark.check(11)
def test_the_schedule_runs_on_sessions_only(day, runs):
    moment = datetime.fromisoformat(f"{day}T18:30").replace(tzinfo=ZoneInfo("America/New_York"))
    with dg.build_schedule_context(scheduled_execution_time=moment) as context:
        answer = automation.after_the_close(context)
    assert isinstance(answer, dg.RunRequest) == runs


@pytest.mark.check(11)
def test_the_sensor_asks_for_one_run_for_each_set_of_settled_files(tmp_path, monkeypatch):
    warehouse = Warehouse(home=str(tmp_path))
    (tmp_path / "landing").mkdir()

    def answer():
        with dg.build_sensor_context(resources={"warehouse": warehouse}) as context:
            return automation.landing(context)

    assert isinstance(answer(), dg.SkipReason)
    (tmp_path / "landing" / "bars.parquet").write_bytes(b"x")
    assert "still being written" in answer().skip_message
    monkeypatch.setattr(automation, "SETTLED_SECONDS", -1)
    first = answer()
    assert isinstance(first, dg.RunRequest)
    assert answer().run_key == first.run_key
    (tmp_path / "landing" / "more.parquet").write_bytes(b"y")
    assert answer().run_key != first.run_key
