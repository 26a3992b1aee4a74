"""`kalpi mcp` as its users start it, asked by the protocol's own client over standard input and output."""

import json
import sys
from contextlib import contextmanager

import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters


@pytest.fixture(scope="session")
def started(served, tmp_path_factory):
    """Start a server with a key: a way to call the methods of a client of it."""

    @contextmanager
    def start(key, **environ):
        home = str(tmp_path_factory.mktemp("home"))
        told = {"KALPI_URL": str(served.client.base_url), "KALPI_API_KEY": key, "KALPI_HOME": home, **environ}
        server = StdioServerParameters(command=sys.executable, args=["-m", "kalpi", "mcp"], env=told)
        with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(server)) as client:
            yield lambda method, *words: portal.call(getattr(client, method), *words)

    return start


@pytest.fixture(scope="session")
def tools(started, keys):
    """One server for all that need no other: to start it takes longest."""
    with started(keys["premium"]) as call:
        yield call


@pytest.fixture(scope="session")
def ask(tools):
    """Call a tool, and have whether it is an error, its text and what that says."""
    return lambda tool, arguments, call=tools: read(call("call_tool", tool, arguments))


def read(result):
    (content,) = result.content
    return result.is_error, content.text, json.loads(content.text) if content.text.startswith("{") else None
