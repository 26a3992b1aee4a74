"""The client against a gunicorn of our own, waited for and awaited."""

import asyncio
from uuid import uuid4

import pytest

from kalpi_client import AsyncClient, Client


@pytest.fixture
def url(served):
    return str(served.client.base_url)


@pytest.fixture
def free_key(accounts):
    """A key whose quotas nobody else takes from."""
    return accounts.create_key(f"{uuid4().hex}@example.org", "free").key


@pytest.fixture
def kalpi(url, keys):
    with Client(url, keys["premium"]) as client:
        yield client


@pytest.fixture
def plain(served, keys):
    """Ask without our client, and have JSON."""

    def ask(path, body=None, key=keys["premium"], **query):
        method, content = ("GET", None) if body is None else ("POST", body)
        answer = served.client.request(method, path, params=query, json=content, headers={"X-API-Key": key})
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
