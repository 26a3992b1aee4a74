import socket
import stat

import pytest

from kalpi import environment
from kalpi.errors import Refusal


def test_the_secret_is_made_once_and_kept_from_others(home):
    environment.prepare(home)
    secret = environment.read_secret(home, "server")
    environment.prepare(home)
    assert environment.read_secret(home, "server") == secret
    assert len(secret) == 64
    assert stat.S_IMODE((home.secrets / "server").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700


def test_children_are_told_the_home_and_to_be_quiet(home, monkeypatch):
    monkeypatch.setenv("DO_NOT_TRACK", "0")
    told = environment.for_children(home)
    assert told["KALPI_HOME"] == str(home.root)
    assert told["DAGSTER_HOME"] == str(home.dagster)
    assert (told["DO_NOT_TRACK"], told["DAGSTER_DISABLE_TELEMETRY"], told["GX_ANALYTICS_ENABLED"]) == (
        "1",
        "1",
        "false",
    )


def test_an_empty_home_is_seeded_with_the_samples_and_only_an_empty_one(home):
    names = environment.seed(home)
    assert set(names) == {path.name for path in home.landing.iterdir()}
    assert names
    assert environment.seed(home) == ()
    for path in home.landing.iterdir():
        path.unlink()
    (home.raw / "batches").mkdir(parents=True)
    (home.raw / "batches" / "000001.json").write_text("{}")
    assert environment.seed(home) == ()


def test_a_delivered_file_bears_its_name_once_it_is_whole(home, tmp_path):
    (tmp_path / "bars.parquet").write_bytes(b"PAR1")
    target = environment.deliver(tmp_path / "bars.parquet", home)
    assert target.read_bytes() == b"PAR1"
    assert [path.name for path in home.landing.iterdir()] == ["bars.parquet"]


def test_a_taken_port_is_refused_with_the_option_that_changes_it():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Refusal, match=f"port {port} .*--dagster-port"):
            environment.refuse_taken({"--dagster-port": port})
    environment.refuse_taken({"--dagster-port": port})
