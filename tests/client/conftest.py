"""The client against a gunicorn of our own, waited for and awaited."""

import asyncio

import pytest

from kalpi_client import AsyncClient, Client
from tests.api.conftest import *  # noqa: F403  (the API's fixtures)
from tests.api.conftest import serving


@pytest.fixture(scope="session")
def server(world, accounts_url, shared_valkey):
    """A plain HTTP client of the server, to ask the same without ours."""
    with serving(world, accounts_url, shared_valkey.unix_url) as client:
        yield client


@pytest.fixture(scope="session")
def url(server):
    return str(server.base_url)


@pytest.fixture
def kalpi(url, keys):
    with Client(url, keys["premium"]) as client:
        yield client


@pytest.fixture
def plain(server, keys):
    """Ask without our client, and have JSON."""

    def ask(path, body=None, key=keys["premium"], **query):
        method, content = ("GET", None) if body is None else ("POST", body)
        answer = server.request(method, path, params=query, json=content, headers={"X-API-Key": key})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


@pytest.fixture(params=["waited for", "awaited"])
def ask(request, url, keys):
    """Ask with either client: `ask(lambda kalpi: kalpi.me())`."""

    def waited(question, key=keys["premium"], address=url, **options):
        with Client(address, key, **options) as client:
            return question(client)

    async def awaited(question, key=keys["premium"], address=url, **options):
        async with AsyncClient(address, key, **options) as client:
            return await question(client)

    return waited if request.param == "waited for" else lambda *args, **rest: asyncio.run(awaited(*args, **rest))
