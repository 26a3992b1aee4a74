"""`kalpi mcp` as its users start it, asked by the protocol's own client over standard input and output."""

import asyncio
import json
import sys

import pytest
from mcp import Client, StdioServerParameters


@pytest.fixture(scope="session")
def converse(served, keys, tmp_path_factory):
    """Have a conversation with a server of its own: `converse(talk, key=)`, where `talk` awaits a client."""
    home = str(tmp_path_factory.mktemp("home"))

    def run(talk, key=keys["premium"], **environ):
        told = {"KALPI_URL": str(served.client.base_url), "KALPI_API_KEY": key, "KALPI_HOME": home, **environ}
        server = StdioServerParameters(command=sys.executable, args=["-m", "kalpi", "mcp"], env=told)

        async def converse():
            async with Client(server) as client:
                return await talk(client)

        return asyncio.run(converse())

    return run


@pytest.fixture(scope="session")
def ask(converse):
    """Call tools, and have for each whether it is an error, its text and what that says."""

    def call(*calls, **rest):
        async def talk(client):
            return [await client.call_tool(tool, arguments) for tool, arguments in calls]

        return [_read(result) for result in converse(talk, **rest)]

    return call


def _read(result):
    (content,) = result.content
    return result.is_error, content.text, json.loads(content.text) if content.text.startswith("{") else None
