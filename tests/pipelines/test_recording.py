"""What is kept and logged of runs that hold the warehouse."""

import json
import logging
from contextlib import nullcontext

import dagster as dg
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from pipelines import ingest, quarantine, recording
from pipelines.warehouse_resource import Warehouse
from tests.pipelines.frames import bars, broken
from tests.pipelines.poison import parquet
from warehouse import runs
from warehouse.home import Home


@dg.asset
def first(warehouse: Warehouse):
    ingest.take_in(warehouse.store.home)


@dg.asset(deps=[first])
def second(warehouse: Warehouse):
    if (warehouse.store.home.root / "fail").exists():
        raise ValueError("on purpose")


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.landing.mkdir()
    return home


def run(home, instance=None):
    with nullcontext(instance) if instance else dg.DagsterInstance.ephemeral() as instance:  # noqa: PLR1704
        return dg.materialize(
            [first, second],
            instance=instance,
            resources={"warehouse": Warehouse(home=str(home.root))},
            run_config={"loggers": {"console": {"config": {"log_level": "ERROR"}}}},
            raise_on_error=False,
        )


def lines(capfd):
    return [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]


@pytest.mark.check(43)
def test_a_run_logs_its_begin_its_batches_and_its_end_under_its_id(home, capfd):
    (home.landing / "good.parquet").write_bytes(parquet(bars()))
    (home.landing / "bad.parquet").write_bytes(b"no parquet")
    done = run(home)
    begun, *files, ended = lines(capfd)
    assert {line["run_id"] for line in (begun, *files, ended)} == {done.run_id}
    assert (begun["event"], ended["event"], ended["success"], ended["level"]) == (
        "run started",
        "run ended",
        True,
        "info",
    )
    assert ended["accepted"] == 4
    told = {line["file"]: line for line in files}
    assert told["bad.parquet"]["level"] == "warning"
    assert told["good.parquet"]["event"] == "file taken"
    assert told["good.parquet"]["batches"] == repr(tuple(batch.id for batch in ingest.batches(home)))


def test_how_it_ended_is_kept(home):
    (home.landing / "some.parquet").write_bytes(parquet(broken("high", 0.0)))
    (home.landing / "bad.parquet").write_bytes(b"no parquet")
    done = run(home)
    kept = runs.last(home)
    assert (kept.id, kept.success, kept.succeeded_at) == (done.run_id, True, kept.ended_at)
    assert set(kept.steps) == {"first", "second"}
    assert 0 < sum(kept.steps.values()) <= kept.seconds
    assert kept.rows["rejected"] >= 1
    assert kept.rows["accepted"] + kept.rows["rejected"] == 4
    assert "not-parquet" in kept.quarantined
    assert sum(kept.quarantined.values()) == 1 + kept.rows["rejected"]


def test_a_failed_run_says_so_and_when_one_last_ended_well(home, capfd):
    run(home)
    well = runs.last(home).ended_at
    (home.root / "fail").touch()
    capfd.readouterr()
    failed = run(home)
    kept = runs.last(home)
    assert (kept.id, kept.success, kept.succeeded_at) == (failed.run_id, False, well)
    ended = lines(capfd)[-1]
    assert (ended["success"], ended["level"]) == (False, "error")


def test_what_was_released_is_counted_no_more(home):
    (home.landing / "bad.parquet").write_bytes(b"no parquet")
    run(home)
    assert runs.last(home).quarantined == {"not-parquet": 1}
    (entry,) = quarantine.entries(home)
    quarantine.release(home, entry.id)
    for path in home.landing.iterdir():
        path.unlink()
    run(home)
    assert runs.last(home).quarantined == {}


def test_a_record_that_cannot_be_kept_fails_no_run(home, capfd):
    home.runs.write_text("a file where the folder should be")
    assert run(home).success
    told = [line for line in lines(capfd) if line["event"] == "how the run ended could not be kept"]
    assert "NotADirectoryError" in told[0]["exception"]


def test_the_log_is_left_as_it_was(home):
    logger = logging.getLogger("kalpi")
    before = list(logger.handlers), logger.level, logger.propagate
    run(home)
    assert (list(logger.handlers), logger.level, logger.propagate) == before


def test_a_run_is_a_span_with_its_steps_in_it(home):
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with dg.DagsterInstance.ephemeral() as instance:
        done = run(home, instance)
        recording.trace(provider.get_tracer("t"), runs.last(home), instance.get_run_step_stats(done.run_id))
    first_step, second_step, whole = exporter.get_finished_spans()
    assert (first_step.name, second_step.name) == ("first", "second")
    assert {each.parent.span_id for each in (first_step, second_step)} == {whole.context.span_id}
    assert whole.attributes["kalpi.run_id"] == done.run_id
    assert whole.start_time <= first_step.start_time < second_step.start_time < second_step.end_time <= whole.end_time
