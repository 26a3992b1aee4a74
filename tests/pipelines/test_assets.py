"""What all steps have in common."""

from contextlib import suppress
from datetime import date, timedelta

import dagster as dg
import duckdb
import pytest

from pipelines import assets
from pipelines.assets import patient
from pipelines.calendar import calendar
from pipelines.partitions import sessions


def attempts(fault, *, faults_first):
    """Run a step that fails at first, and return whether it came to an end, and how often it was begun."""
    begun = []

    @dg.multi_asset(specs=[dg.AssetSpec("table")])
    @patient(pause=0.01)
    def made():
        begun.append(1)
        if len(begun) <= faults_first:
            raise fault
        yield dg.MaterializeResult(asset_key="table")

    interrupted = suppress(KeyboardInterrupt, dg.DagsterExecutionInterruptedError)
    with interrupted, dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([made], instance=instance, raise_on_error=False)
        return done.success, len(begun)
    return False, len(begun)


@pytest.mark.check(10)
@pytest.mark.parametrize("fault", [OSError(28, "no space left"), MemoryError(), duckdb.IOException("could not write")])
def test_a_fault_that_may_pass_is_tried_again(fault):
    assert attempts(fault, faults_first=assets.RETRIES) == (True, assets.RETRIES + 1)
    assert attempts(fault, faults_first=assets.RETRIES + 1) == (False, assets.RETRIES + 1)


@pytest.mark.check(10)
@pytest.mark.parametrize("fault", [ValueError("bad bars"), KeyboardInterrupt()])
def test_a_fault_of_what_was_asked_is_not_and_neither_is_a_cancelled_run(fault):
    assert attempts(fault, faults_first=1) == (False, 1)


def test_the_last_of_a_graph_are_those_that_nothing_reads():
    specs = [dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"]), dg.AssetSpec("c", deps=["a"])]

    @dg.multi_asset(specs=specs)
    def made():
        yield

    assert assets.unread([made]) == [dg.AssetKey("b"), dg.AssetKey("c")]


@pytest.mark.check(11)
def test_partitions_are_the_exchanges_sessions():
    first, last = date(2015, 1, 2), date(2026, 11, 24)
    keys = sessions(first).get_partition_keys()
    expected = [day.isoformat() for day in calendar().sessions(first, last)]
    assert keys[: len(expected)] == expected
    assert {"2024-07-03", "2024-11-29"} <= set(keys)  # half days
    assert not {"2018-12-05", "2025-01-09", "2024-12-25"} & set(keys)  # mourning twice, Christmas
    assert date.fromisoformat(keys[-1]) >= date.today() - timedelta(days=5)  # noqa: DTZ011  (Dagster's clock is ours)
