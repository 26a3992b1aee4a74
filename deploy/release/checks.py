"""What a version must answer before it is given anybody's requests."""

import json
import time
from collections.abc import Callable
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

Get = Callable[[str], dict]
"""Asks a path, and returns the JSON that it answers with."""
SECONDS = 10


class NotFit(Exception):
    """The new version must not be used; the message says why."""


def asking(url: str, key: str | None = None) -> Get:
    """Return what asks a server."""

    def get(path: str) -> dict:
        try:
            with urlopen(Request(url + path, headers={"X-API-Key": key} if key else {}), timeout=SECONDS) as answer:  # noqa: S310 - the operator's URL
                return json.load(answer)
        except HTTPError as ex:
            raise NotFit(f"{url}{path} answered {ex.code}: {ex.read(500).decode(errors='replace')}") from ex
        except (OSError, HTTPException, ValueError) as ex:
            raise NotFit(f"{url}{path}: {ex}") from ex

    return get


def wait_until_ready(get: Get, *, seconds: float, ended: Callable[[], bool] = lambda: False) -> None:
    """Return once a server serves a snapshot.

    Raises:
        NotFit: it has ended, or did not get that far in time.
    """
    until, why = time.monotonic() + seconds, ""
    while time.monotonic() < until and not ended():
        try:
            get("/readyz")
        except NotFit as ex:
            why = str(ex)
            time.sleep(0.2)
        else:
            return
    raise NotFit(f"the server has ended: {why}" if ended() else f"not ready within {seconds:.0f} s: {why}")


def try_out(get: Get, *, with_key: bool) -> None:
    """Ask what clients ask; with a key data, too.

    Raises:
        NotFit: one answer was not as it has to be.
    """
    snapshot = get("/readyz")["snapshot"]
    if "paths" not in get("/openapi.json"):
        raise NotFit("/openapi.json describes nothing")
    if not with_key:
        return
    symbols = get("/v1/symbols?limit=1")["items"]
    if not symbols:
        raise NotFit(f"snapshot {snapshot} has no symbols")
    told = get(f"/v1/symbols/{symbols[0]['symbol']}/at/latest?columns=close,rsi_14")
    if told["snapshot"] < snapshot or not isinstance(told["values"]["close"], float):
        raise NotFit(f"the latest values of {symbols[0]['symbol']} are not right: {told}")
