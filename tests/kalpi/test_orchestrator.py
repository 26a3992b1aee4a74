"""Dagster's parts as processes of their own, as containers run them."""

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import ExitStack, contextmanager, suppress

import psycopg
import pytest

from kalpi.errors import Refusal
from kalpi.orchestrator import Address
from kalpi.processes import ROOT
from tests.services import free_port, wait_for

LOCATIONS = "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename } } } } }"
DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy required } } } }"


@pytest.mark.parametrize(
    ("text", "address"), [("code", Address("code", 4000)), ("10.0.0.1:4001", Address("10.0.0.1", 4001))]
)
def test_an_address_is_a_host_and_a_port(text, address):
    assert Address.parse(text) == address


@pytest.mark.parametrize("text", ["", ":4000", "code:http", "code:1:2"])
def test_no_other_address_is_taken(text):
    with pytest.raises(Refusal, match="allowed: host or host:port"):
        Address.parse(text)


@contextmanager
def part(told, *words):
    argv = [sys.executable, "-m", "kalpi", "dagster", *words]
    process = subprocess.Popen(argv, cwd=told["KALPI_HOME"], env=told)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()


def ask(port, query):
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", data=body, headers={"Content-Type": "application/json"}
    )
    with suppress(OSError), urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]
    return None


def loaded(port):
    told = ask(port, LOCATIONS)
    entries = told["workspaceOrError"]["locationEntries"] if told else []
    return [(one["name"], (one["locationOrLoadError"] or {}).get("__typename")) for one in entries]


def beating(port):
    told = ask(port, DAEMONS)
    statuses = told["instance"]["daemonHealth"]["allDaemonStatuses"] if told else []
    return {one["daemonType"] for one in statuses if one["healthy"] and one["required"]}


@pytest.mark.slow
@pytest.mark.check(41)
def test_the_parts_find_each_other_over_postgres(home, postgres):
    code, pages = free_port(), free_port()
    with postgres.database(template="template0") as url, ExitStack() as stack:
        told = {**os.environ, "KALPI_DAGSTER_URL": url.replace("postgresql://", "postgresql+psycopg2://")}
        told["PYTHONPATH"] = str(ROOT)
        stack.enter_context(part(told, "code", "--port", str(code)))
        stack.enter_context(part(told, "webserver", "--code", f"127.0.0.1:{code}", "--port", str(pages)))
        stack.enter_context(part(told, "daemon", "--code", f"127.0.0.1:{code}"))
        wait_for(lambda: loaded(pages) == [("kalpi", "RepositoryLocation")], seconds=180, every=1)
        wait_for(lambda: {"SENSOR", "SCHEDULER", "QUEUED_RUN_COORDINATOR"} <= beating(pages), seconds=180, every=1)
        with psycopg.connect(url) as connection:
            assert connection.execute("select count(*) from daemon_heartbeats").fetchone()[0] > 0
    assert not list((home.root / "dagster").rglob("*.db"))  # nothing is recorded in files
