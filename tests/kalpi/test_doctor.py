"""Each thing that `kalpi doctor` looks at, broken once."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import msgspec
import psycopg
import pytest
import redis
from typer.testing import CliRunner

from kalpi.cli import app
from kalpi.doctor import Patient, examine
from kalpi.environment import prepare
from kalpi.processes import own_record, record_path, write_record
from tests.services import free_port, valkey_server, wait_for
from warehouse import runs, snapshots

AHEAD = 86_400.0
HOLD = """
import sys, time
from pathlib import Path
from warehouse.home import Home
from warehouse.lock import writer_lock
with writer_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def environ():
    return {}


@pytest.fixture
def examined(home, environ):
    """Examine the home; give the findings about one thing."""

    def examined(about, **ports):
        found = list(examine(Patient(home, environ, ports)))
        return [each for each in found if each.about == about]

    return examined


@pytest.fixture
def published(home, world):
    shutil.copytree(world.snapshots, home.snapshots, symlinks=True)
    return home.snapshots / snapshots.current_id(home)


def only_problem(findings):
    (found,) = [each for each in findings if each.level == "problem"]
    assert found.sentence[0].isupper() or found.sentence.startswith(("/", "KALPI_"))
    assert found.sentence.endswith(".")
    assert found.remedy.endswith(".")
    return found.sentence


def no_problem(findings):
    return findings != [] and all(each.level != "problem" for each in findings)


@pytest.mark.usefixtures("published")
def test_a_whole_installation_has_no_problem(home, environ, database_url, redis_url):
    prepare(home)
    environ |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    found = list(examine(Patient(home, environ, {"--port": free_port()})))
    assert [each.sentence for each in found if each.level == "problem" and each.about != "disk"] == []
    assert {"home", "ports", "settings", "secrets", "postgres", "redis", "data", "writer"} <= {
        each.about for each in found
    }


def test_a_home_that_is_not_ours(examined, home, monkeypatch):
    assert no_problem(examined("home"))

    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    if os.geteuid() == 0:  # whom nothing stops
        monkeypatch.setattr("kalpi.doctor.places.tempfile.NamedTemporaryFile", refuse)
    home.root.chmod(0o500)
    assert "can't be written by user" in only_problem(examined("home"))
    home.root.chmod(0o700)


def test_a_disk_that_is_nearly_full(examined, monkeypatch):
    def left(free, total):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free, total=total, used=total - free))

    left(50 << 30, 100 << 30)
    assert no_problem(examined("disk"))
    left(50 << 20, 100 << 30)
    assert "a run that fills it fails" in only_problem(examined("disk"))
    left(3 << 30, 100 << 30)
    assert "3.2 of 107.4 GB" in only_problem(examined("disk"))


def test_a_port_that_somebody_has(examined, home):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = only_problem(examined("ports", **{"--port": port}))
        assert f"Port {port} can't be used" in told
        assert f"process {os.getpid()}" in told
        write_record(record_path(home, "kalpi"), own_record("http://127.0.0.1:1"))
        assert no_problem(examined("ports", **{"--port": port}))  # it is ours


@pytest.mark.parametrize(
    ("name", "value"),
    [("KALPI_WORKERS", "many"), ("KALPI_LOG_LEVEL", "loud"), ("KALPI_METRICS_BIND", "here"), ("KALPI_PROXY_HOPS", "2")],
)
def test_a_setting_that_means_nothing(examined, environ, name, value):
    assert no_problem(examined("settings"))
    environ[name] = value
    assert name in only_problem(examined("settings"))


def test_a_declaration_that_means_nothing(examined, home):
    (home.root / "pipeline.toml").write_text("[calendars]\nends = yesterday\n")
    assert "pipeline.toml" in only_problem(examined("settings"))


def test_no_secret(examined, home, environ):
    assert no_problem(examined("secrets"))  # nothing is hashed with one yet
    (home.services / "postgres").mkdir()
    assert "is worth nothing" in only_problem(examined("secrets"))
    environ["KALPI_SECRET"] = "s" * 32
    assert [each for each in examined("secrets") if each.level == "problem"] == []


def test_a_secret_that_is_empty_or_for_all_to_read(examined, home):
    prepare(home)
    path = home.secrets / "server"
    assert no_problem(examined("secrets"))
    path.chmod(0o644)
    assert "can be read by others" in only_problem(examined("secrets"))
    path.write_text("\n")
    assert "is empty" in only_problem(examined("secrets"))


def test_a_signing_key_that_is_none(examined, home):
    prepare(home)
    folder = home.secrets / "tokens"
    folder.mkdir()
    (folder / "1.pem").touch(0o600)
    assert "Of 1 signing keys" in only_problem(examined("secrets"))


def test_postgres_that_does_not_run_or_answer(examined, environ):
    assert "does not run" in examined("postgres")[0].sentence
    environ["DATABASE_URL"] = f"postgresql://ada:hidden-password@127.0.0.1:{free_port()}/kalpi"
    told = only_problem(examined("postgres"))
    assert "does not answer at postgresql" in told
    assert "hidden-password" not in told
    environ["DATABASE_URL"] = "sqlite://"
    assert "DATABASE_URL" in only_problem(examined("postgres"))


@pytest.mark.check(40)
def test_postgres_that_is_frozen(examined, environ, postgres, database_url):
    environ["DATABASE_URL"] = database_url
    with postgres.frozen():
        assert "does not answer" in only_problem(examined("postgres"))
    assert no_problem(examined("postgres"))


@pytest.mark.check(41)
def test_a_schema_of_another_version(examined, environ, database_url, empty_database_url):
    environ["DATABASE_URL"] = database_url
    assert no_problem(examined("postgres"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update alembic_version set version_num = '0001'")
        assert "is 0001, and this version needs" in only_problem(examined("postgres"))
        connection.execute("update alembic_version set version_num = '9999'")
        assert "9999, which this version does not know" in only_problem(examined("postgres"))
    environ["DATABASE_URL"] = empty_database_url
    assert "has no tables of ours" in only_problem(examined("postgres"))


def test_redis_that_does_not_answer(examined, environ):
    assert "does not run" in examined("redis")[0].sentence
    environ["REDIS_URL"] = f"redis://:hidden-password@127.0.0.1:{free_port()}/0"
    told = only_problem(examined("redis"))
    assert "does not answer" in told
    assert "hidden-password" not in told


def test_redis_that_forgets(examined, environ):
    with valkey_server(maxmemory="100mb") as server:
        environ["REDIS_URL"] = server.tcp_url
        assert no_problem(examined("redis"))
        with redis.Redis.from_url(server.tcp_url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
        assert "allkeys-lru" in only_problem(examined("redis"))


def test_clocks_that_disagree(examined, environ, database_url, redis_url, monkeypatch):
    environ |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    now = time.time
    monkeypatch.setattr("kalpi.doctor.servers.time", SimpleNamespace(time=lambda: now() + AHEAD))
    assert "ahead of that of Postgres" in only_problem(examined("postgres"))
    assert "86400 s ahead of that of Redis" in only_problem(examined("redis"))


def test_nothing_published(examined):
    assert only_problem(examined("data")) == "Nothing is published."


@pytest.mark.check(3)
def test_a_snapshot_that_is_damaged(examined, published):
    assert no_problem(examined("data"))
    file = published / "warehouse.duckdb"
    file.chmod(0o644)
    with file.open("r+b") as damaged:
        damaged.seek(5000)
        damaged.write(b"damage")
    assert "warehouse.duckdb is not the file that was published" in only_problem(examined("data"))
    shutil.rmtree(published)
    assert "The served snapshot is broken" in only_problem(examined("data"))


@pytest.mark.check(44)
def test_data_that_is_late(examined, published):
    path = published / snapshots.MANIFEST
    manifest = snapshots.read_manifest(published)
    days = tuple(datetime.now(UTC).date() - timedelta(days=back) for back in (4, 3))
    path.chmod(0o644)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, awaited={"XNYS": days})))
    told = only_problem(examined("data"))
    assert f"{date(2013, 3, 1)}, and 2 sessions since then are due" in told


@pytest.mark.check(10)
def test_a_writer_that_does_not_end(examined, home, environ):
    assert no_problem(examined("writer"))
    told = {**os.environ, "KALPI_HOME": "elsewhere"}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(home.root)], stdout=subprocess.PIPE, env=told) as holder:
        try:
            holder.stdout.readline()
            assert "a run is under way" in examined("writer")[0].sentence
            environ["KALPI_RUN_SECONDS"] = "60"
            os.utime(home.work / ".lock", (time.time() - 300,) * 2)
            assert f"Process {holder.pid} has held the warehouse for 5 minutes" in only_problem(examined("writer"))
            holder.send_signal(signal.SIGSTOP)
            wait_for(lambda: "is stopped" in only_problem(examined("writer")))
        finally:
            holder.kill()
    assert no_problem(examined("writer"))


def test_looking_at_the_writer_keeps_nobody_out(examined, home):
    home.work.mkdir()
    (home.work / ".lock").touch()
    examined("writer")
    with (home.work / ".lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_run_that_failed_and_what_waits_in_quarantine(examined, home):
    now = datetime.now(UTC)
    run = runs.Run(
        id="r1",
        job="refresh",
        started_at=now,
        ended_at=now,
        success=False,
        succeeded_at=None,
        rows={},
        steps={},
        quarantined={},
    )
    runs.keep(home, run)
    assert "The last run (r1) failed" in only_problem(examined("runs"))
    note = {"code": "not-parquet", "detail": "", "file": "a", "sha256": "", "quarantined_at": now.isoformat()}
    (home.quarantine / "one").mkdir(parents=True)
    (home.quarantine / "one" / "reason.json").write_text(json.dumps(note))
    assert examined("quarantine")[0].sentence == "Deliveries that lie in quarantine: 1."


def test_what_cannot_be_looked_at_is_a_finding(examined, home):
    home.runs.write_text("")
    (home.root / "pipeline.toml").mkdir()
    assert "could not be looked at: IsADirectoryError" in only_problem(examined("settings"))
    assert examined("data") != []


def test_the_command_tells_people_and_programs_and_fails_where_there_is_a_problem(home):
    shown = CliRunner().invoke(app, ["doctor", "--port", str(free_port()), "--dagster-port", str(free_port())])
    assert shown.exit_code == 1
    assert "PROBLEM data       Nothing is published." in shown.stdout
    assert str(home.root) in shown.stdout
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert {"about", "level", "sentence", "remedy"} == set(told[0])
