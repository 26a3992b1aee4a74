"""Requests under way are counted over all workers, and those of a killed one are forgotten."""

import socket

import httpx2
import pytest
import redis

from tests.api.served.stage import ANYWHERE, staged
from tests.services import wait_for

pytestmark = pytest.mark.slow
PATIENCE = 60


@pytest.fixture
def stage(world, postgres, shared_valkey):
    with redis.Redis.from_url(shared_valkey.unix_url) as client:
        client.flushall()
    with staged(world, postgres, shared_valkey.unix_url, workers=2) as stage:
        yield stage


def unfinished(stage, issued):
    """Open a request whose body does not come."""
    address = stage.client.base_url.host, stage.client.base_url.port
    connection = socket.create_connection(address, timeout=PATIENCE)
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-API-Key: {issued.key}\r\nContent-Length: 100\r\n\r\n{{"
    connection.sendall(head.encode())
    return connection


def test_workers_count_together_and_forget_a_killed_one(stage):
    stage.tier("pro", concurrent_requests=2)
    issued = stage.key("pro")
    with stage.server.new_client(headers={"X-API-Key": issued.key, **ANYWHERE}, timeout=PATIENCE) as client:

        def status():
            try:
                return client.get("/v1/me").status_code
            except httpx2.TransportError:  # its worker was killed
                return 0

        assert status() == 200
        held = [unfinished(stage, issued) for _ in range(2)]
        try:
            wait_for(lambda: status() == 429, seconds=PATIENCE)
            assert [status() for _ in range(8)] == [429] * 8
            killed = stage.server.workers
            for worker in killed:
                worker.kill()
            wait_for(lambda: stage.server.serves(2, besides=killed), seconds=2 * PATIENCE)
            assert [status() for _ in range(8)] == [200] * 8
        finally:
            for connection in held:
                connection.close()
