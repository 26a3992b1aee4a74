"""Dagster's instance, as the environment asks for it."""

import dagster as dg
import pytest
import yaml

from pipelines import instance as module
from pipelines.instance import RUN_SECONDS, URL, BadSetting, fail_dead_runs, prepare
from warehouse.home import Home
from warehouse.lock import writer_lock


@dg.op
def nothing():
    pass


@dg.job
def idle():
    nothing()


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in (URL, RUN_SECONDS, "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return Home(tmp_path)


def settings(home):
    return yaml.safe_load((prepare(home) / "dagster.yaml").read_text())


def test_nothing_is_reported_to_others_and_one_run_writes_at_a_time(home):
    made = settings(home)
    assert made["telemetry"] == {"enabled": False}
    assert made["concurrency"]["pools"] == {"default_limit": 1, "granularity": "run"}
    assert made["run_monitoring"]["max_runtime_seconds"] == 3600
    assert "storage" not in made
    with dg.DagsterInstance.get() as instance:
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 1
        assert instance.freshness_enabled
        assert not instance.telemetry_enabled


def test_the_longest_run_is_as_the_environment_says(home, monkeypatch):
    monkeypatch.setenv(RUN_SECONDS, "60")
    assert settings(home)["run_monitoring"]["max_runtime_seconds"] == 60


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "an hour"])
def test_a_run_takes_whole_seconds(home, monkeypatch, text):
    monkeypatch.setenv(RUN_SECONDS, text)
    with pytest.raises(BadSetting, match=f"{RUN_SECONDS}={text}: .*whole number above 0"):
        prepare(home)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u@h/dagster", r"begins with postgresql://, and Dagster needs postgresql\+psycopg2://"),
        ("postgresql+psycopg://u@h/dagster", r"Dagster needs postgresql\+psycopg2://"),
        ("nonsense", "is no URL of a database"),
        ("postgresql+psycopg2://u:secret@h/kalpi", "name the same database"),
    ],
)
def test_a_url_that_dagster_can_not_use_is_refused_without_its_password(home, monkeypatch, url, told):
    monkeypatch.setenv(URL, url)
    monkeypatch.setenv("DATABASE_URL", "postgresql://v@h/kalpi")
    with pytest.raises(BadSetting, match=told) as refused:
        prepare(home)
    assert "secret" not in str(refused.value)


def test_runs_are_recorded_in_postgres_where_one_is_named(home, empty_database_url, monkeypatch):
    monkeypatch.setenv(URL, empty_database_url.replace("postgresql://", f"{module.DRIVER}://"))
    assert settings(home)["storage"] == {"postgres": {"postgres_url": {"env": URL}}}
    with dg.DagsterInstance.get() as instance:
        run = instance.create_run_for_job(idle)
        instance.report_run_failed(run)  # an event, which Postgres notifies of
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
    with dg.DagsterInstance.get() as instance:
        assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE


@pytest.mark.check(10)
def test_a_run_that_nobody_works_on_any_more_is_failed_at_the_next_start(home):
    prepare(home)
    with dg.DagsterInstance.get() as instance:
        settled = (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.SUCCESS)
        runs = {
            status: instance.create_run_for_job(idle, status=status)
            for status in (dg.DagsterRunStatus.STARTED, *settled)
        }
        with writer_lock(home):  # somebody is at work
            assert fail_dead_runs(home) == ()
        dead = runs[dg.DagsterRunStatus.STARTED]
        assert fail_dead_runs(home) == (dead.run_id,)
        assert instance.get_run_by_id(dead.run_id).status == dg.DagsterRunStatus.FAILURE
        for status in settled:
            assert instance.get_run_by_id(runs[status].run_id).status == status
        assert fail_dead_runs(home) == ()
