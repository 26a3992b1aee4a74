"""`kalpi mcp`: the API as tools for a language model."""

import os
from typing import Annotated

import typer

from kalpi.errors import Refusal, refusing

_MISSING = (
    "kalpi mcp needs the extra `mcp` and the package in client/: pip install 'kalpi[mcp]' ./client, from the repository"
)


def mcp(
    url: Annotated[str, typer.Option(envvar="KALPI_URL", help="the API's address")] = "http://127.0.0.1:8000",
) -> None:
    """Serve the API's answers to a language model over standard input and output, by the Model Context Protocol.

    The key comes from KALPI_API_KEY, or is the one that `kalpi up` made in KALPI_HOME.
    """
    try:
        from kalpi.mcp.server import server  # noqa: PLC0415
        from kalpi_client import AsyncClient  # noqa: PLC0415
    except ModuleNotFoundError as ex:
        if (ex.name or "").partition(".")[0] not in {"mcp", "kalpi_client"}:
            raise
        raise Refusal(_MISSING) from ex
    with refusing(ValueError):
        kalpi = AsyncClient(url, _key())
    server(kalpi).run()


def _key() -> str | None:
    """Return the key of the environment, else this installation's own, if there is one."""
    from kalpi.environment import DEMO_KEY, read_secret  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    return os.environ.get("KALPI_API_KEY") or read_secret(Home.from_environment(), DEMO_KEY)
