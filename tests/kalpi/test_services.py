import os
import signal
import subprocess
import sys

import psycopg
import pytest
import redis

from kalpi import services
from kalpi.environment import for_children
from kalpi.errors import Refusal
from kalpi.processes import ROOT
from kalpi.supervisor import Supervisor
from tests.kalpi.conftest import living
from tests.services import wait_for
from warehouse.home import Home


def serve(supervisor: Supervisor) -> tuple[str, str]:
    told = for_children(supervisor.home)
    found = services.postgres(supervisor.home, told), services.valkey(supervisor.home, told)
    for service in found:
        supervisor.serve(service)
    return tuple(service.program.address for service in found)


def test_both_answer_and_keep_what_they_were_told(home):
    with Supervisor(home) as supervisor:
        database, cache = serve(supervisor)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("create table kept as select 7 as value")
        with redis.Redis.from_url(cache) as client:
            client.set("kept", 7)
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("port") == {"port": "0"}
    assert living(home) == []
    with Supervisor(home) as supervisor:
        database, cache = serve(supervisor)
        with psycopg.connect(database) as connection:
            assert connection.execute("select value from kept").fetchone() == (7,)
            assert connection.execute("show listen_addresses").fetchone() == ("",)
        with redis.Redis.from_url(cache) as client:
            assert client.get("kept") == b"7"


def test_a_start_after_a_hard_kill_reaps_and_serves(home):
    told = "from tests.kalpi.test_services import *; s = Supervisor(Home.from_environment()); s.__enter__(); serve(s)"
    script = f"{told}; print('up', flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout.readline() == b"up\n"
        starter.send_signal(signal.SIGKILL)
    with Supervisor(home) as supervisor:
        database, _ = serve(supervisor)
        with psycopg.connect(database) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert sum(process.name() == "valkey-server" for process in living(home)) == 1
    wait_for(lambda: living(home) == [])


def test_a_cluster_that_was_half_made_is_made_again(home):
    (home.services / ".postgres-new").mkdir()
    (home.services / ".postgres-new" / "PG_VERSION").write_text("18")
    services.postgres(home, for_children(home))
    assert (home.services / "postgres" / "postgresql.conf").exists()
    assert not (home.services / ".postgres-new").exists()


def test_sockets_of_a_long_home_lie_in_a_short_folder(home):
    deep = Home(home.root / ("d" * 90))
    folder = services.socket_folder(deep)
    try:
        assert len(str(folder)) < 80
        assert folder.stat().st_mode & 0o077 == 0
        assert services.socket_folder(deep) == folder
        assert services.socket_folder(Home(home.root / ("e" * 90))) != folder
    finally:
        for short in folder.parent.glob(f"kalpi-{os.getuid()}-*"):
            if not any(short.iterdir()):
                short.rmdir()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
def test_a_short_folder_of_somebody_else_is_refused(home):
    deep = Home(home.root / ("f" * 90))
    folder = services.socket_folder(deep)
    os.chown(folder, 12345, 12345)
    with pytest.raises(Refusal, match="is not ours"):
        services.socket_folder(deep)
    folder.rmdir()
