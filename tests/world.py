"""The fixture world: the real sample bars, taken in and published as `kalpi run` does, in a folder of its own."""

import shutil
from pathlib import Path

import pytest

from dbt_like_sql import project
from pipelines import coverage, dictionary, ingest, sql_models, steps
from warehouse.home import Home
from warehouse.intervals import INTERVALS
from warehouse.lock import writer_lock
from warehouse.snapshots import Manifest
from warehouse.work import Check, WorkStore

MODELS = project.load()
SAMPLE = Path(__file__).parents[1] / "data" / "sample"


def land_sample(home: Home) -> None:
    """Put the sample files into landing."""
    home.landing.mkdir(parents=True, exist_ok=True)
    for path in SAMPLE.glob("*.parquet"):
        shutil.copy(path, home.landing)
    shutil.copy(SAMPLE / "pipeline.toml", home.root)  # which says that the data is meant to end


def publish_world(home: Home) -> Manifest:
    """Do every step of the pipeline but Great Expectations' (seconds to import, and tested on its own)."""
    store = WorkStore(home)
    with writer_lock(home) as lock:
        ingest.take_in(home)
        derive(store)
        describe(store)
        return steps.publish(store, MODELS, lock)


def derive(store: WorkStore) -> None:
    """Bring the bars and the indicators up to date with what was taken in."""
    steps.raw_bars(store)
    steps.raw_actions(store)
    steps.daily_bars(store)
    store.record_checks("daily.bars", [Check("stands_in", passed=True, blocking=True)])
    steps.bars_adjusted(store)
    for interval in INTERVALS:
        for step in (*steps.resampling(interval), *steps.families(interval)):
            step.run(store)


def describe(store: WorkStore) -> None:
    """Bring up to date what follows from them: the SQL models, the coverage and the dictionary."""
    coverage.write(store)
    for model in MODELS.models:
        sql_models.build(store, model)
    dictionary.write(store, steps.published_tables(MODELS))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the sample published; read only."""
    home = Home(tmp_path_factory.mktemp("world"))
    land_sample(home)
    publish_world(home)
    return home
