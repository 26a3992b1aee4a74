"""When runs start by themselves."""

import os
import time
import warnings

import dagster as dg
import pytest

from pipelines.assets import key
from pipelines.definitions import defs
from pipelines.defs import automation
from pipelines.warehouse_resource import Warehouse


@dg.op
def nothing():
    pass


@dg.job
def idle():
    nothing()


@pytest.fixture
def landing(tmp_path, monkeypatch):
    """The sensor's answer over a home with a file in landing, and the instance whose runs it looks at."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "bars.parquet").write_bytes(b"x")
    monkeypatch.setattr(automation, "SETTLED_SECONDS", -1)
    with dg.DagsterInstance.ephemeral() as instance:

        def answer():
            resources = {"warehouse": Warehouse(home=str(tmp_path))}
            with dg.build_sensor_context(instance=instance, resources=resources) as context:
                return automation.landing(context)

        yield tmp_path / "landing", instance, answer


def ended(instance, request, status):
    """Record that a run that was asked for has ended."""
    run = instance.create_run_for_job(idle, tags=request.tags, status=status)
    if status == dg.DagsterRunStatus.FAILURE:
        instance.report_run_failed(run)
    return run


def age(monkeypatch, seconds):
    now = time.time() + seconds
    monkeypatch.setattr(automation.time, "time", lambda: now)


@pytest.mark.check(11)
def test_one_run_is_asked_for_each_set_of_settled_files(landing, monkeypatch):
    folder, _, answer = landing
    first = answer()
    assert isinstance(first, dg.RunRequest)
    assert answer().run_key == first.run_key
    (folder / "more.parquet").write_bytes(b"y")
    assert answer().run_key != first.run_key
    monkeypatch.setattr(automation, "SETTLED_SECONDS", 60)
    assert "still being written" in answer().skip_message
    for path in folder.iterdir():
        path.unlink()
    assert answer().skip_message == "landing is empty"


@pytest.mark.check(11)
def test_files_that_a_failed_run_left_are_tried_again_ever_later_and_not_for_ever(landing, monkeypatch):
    _, instance, answer = landing
    keys, waited = [], 0.0
    for tries in range(automation.TRIES):
        request = answer()
        keys.append(request.run_key)
        run = ended(instance, request, dg.DagsterRunStatus.FAILURE)
        if tries < automation.TRIES - 1:
            pause = automation.FIRST_PAUSE_SECONDS * 2**tries
            assert run.run_id[:8] in answer().skip_message
            waited += pause + 1
            age(monkeypatch, waited)
    assert len(set(keys)) == automation.TRIES
    assert answer().skip_message.startswith("5 runs for these files failed")


@pytest.mark.check(11)
def test_nothing_is_asked_for_while_a_run_for_the_same_files_is_under_way(landing):
    _, instance, answer = landing
    ended(instance, answer(), dg.DagsterRunStatus.STARTED)
    assert "is under way" in answer().skip_message


@pytest.mark.check(11)
def test_a_cancelled_run_is_not_begun_again_until_the_files_are_put_there_anew(landing):
    folder, instance, answer = landing
    ended(instance, answer(), dg.DagsterRunStatus.CANCELED)
    assert "was cancelled" in answer().skip_message
    os.utime(folder / "bars.parquet", (0, 0))
    assert isinstance(answer(), dg.RunRequest)


class Tables:
    """All tables, made once and checked, and what the automation asks for after that."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance, self.graph, self.cursor = instance, defs.resolve_asset_graph(), None
        self.asked()
        for asset in self.graph.toposorted_asset_keys:
            self.made(asset)
        for check in self.graph.asset_check_keys:
            self.checked(check, passed=True)
        assert self.asked() == set()

    def made(self, asset: dg.AssetKey) -> None:
        self.instance.report_runless_asset_event(dg.AssetMaterialization(asset))

    def checked(self, check: dg.AssetCheckKey, *, passed: bool) -> None:
        blocking = self.graph.get_check_spec(check).blocking
        self.instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(asset_key=check.asset_key, check_name=check.name, passed=passed, blocking=blocking)
        )

    def asked(self) -> set[str]:
        with warnings.catch_warnings(action="ignore"):  # its own default is in beta
            told = dg.evaluate_automation_conditions(defs, self.instance, cursor=self.cursor)
        self.cursor = told.cursor
        keys = {each.key for each in told.results if each.true_subset.size and isinstance(each.key, dg.AssetKey)}
        return {".".join(asset.path) for asset in keys}


@pytest.fixture
def tables():
    with dg.DagsterInstance.ephemeral() as instance:
        yield Tables(instance)


def test_what_comes_after_a_table_that_was_made_alone_follows_at_once(tables):
    tables.made(key("daily.bars_adjusted"))
    asked = tables.asked()
    assert {"daily.trend", "weekly.bars_adjusted", "monthly.patterns", "mart.latest_values", "snapshot"} <= asked
    assert not {"daily.bars", "daily.bars_adjusted", "weekly.bars", "meta.indicators"} & asked
    assert tables.asked() == set()


def test_nothing_follows_a_table_that_failed_a_blocking_check(tables):
    tables.made(key("daily.bars"))
    tables.checked(dg.AssetCheckKey(key("daily.bars"), "unique_key"), passed=False)
    assert not {"daily.bars_adjusted", "weekly.bars", "snapshot"} & tables.asked()
