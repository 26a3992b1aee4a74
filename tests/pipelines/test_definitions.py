import json
import os
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml

from dbt_like_sql import project
from pipelines import dictionary, steps
from pipelines.assets import Group
from pipelines.definitions import defs
from pipelines.defs import automation
from pipelines.steps import FAMILIES
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
    assert {"mart.latest_values", "weekly.trend", "monthly.bars", "meta.lineage"} <= upstream("snapshot")
    assert "daily.bars" not in upstream("snapshot")  # what others read lies behind them


def test_whatever_is_published_comes_before_the_snapshot(graph):
    before = {".".join(key.path) for key in graph.get_ancestor_asset_keys(dg.AssetKey("snapshot"))}
    assert before == set(steps.published_tables(project.load()))
    before_lineage = {".".join(key.path) for key in graph.get_ancestor_asset_keys(dg.AssetKey(["meta", "lineage"]))}
    assert before - before_lineage == {table.name for table in dictionary.TABLES}


def test_the_boxes_of_the_graph_are_those_of_the_picture(graph):
    boxes = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert {*boxes, "sources"} == set(get_args(Group))
    for box in boxes:  # the page shows the last part of a key
        names = [key.path[-1] for key in graph.get_all_asset_keys() if graph.get(key).group_name == box]
        assert len(names) == len(set(names)), box


def test_every_asset_tells_what_it_is_and_whose(graph):
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name != "default", key
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key
        assert node.tags["layer"] in {"bronze", "silver", "gold"}, key
        assert node.pools == {"warehouse"}, key
    assert graph.get(dg.AssetKey(["weekly", "trend"])).tags["interval"] == "1w"


def test_what_is_derived_is_kept_up_to_date(graph):
    kept = {key.path[0] for key in graph.get_all_asset_keys() if graph.get(key).automation_condition}
    assert kept == {key.path[0] for key in graph.get_all_asset_keys()} - {"raw"}
    assert graph.get(dg.AssetKey("snapshot")).freshness_policy


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
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    assert project["code_location_target_module"] == "pipelines.definitions"
    assert project["code_location_name"] == entry["python_module"]["location_name"]


@pytest.mark.slow
def test_dg_checks_and_lists_the_definitions(tmp_path):
    environment = {**os.environ, "KALPI_HOME": str(tmp_path)}
    dg_command = Path(sys.executable).with_name("dg")
    for words in (["check", "defs"], ["list", "defs", "--json"]):
        done = subprocess.run(
            [dg_command, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert {each["asset_key"] for each in json.loads(done.stdout)["assets"]} >= {
        "daily/bars",
        "mart/returns",
        "snapshot",
    }


def test_schedule_and_sensor_are_on_by_default():
    assert automation.after_the_close.default_status == dg.DefaultScheduleStatus.RUNNING
    assert automation.landing.default_status == dg.DefaultSensorStatus.RUNNING
    assert automation.up_to_date.default_status == dg.DefaultSensorStatus.RUNNING


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
